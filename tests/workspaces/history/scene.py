"""Histories of an older product for tests, taken over and read back."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from django.db.models import Model

from orchestrator.core import json
from tests.factories import make_user
from workspaces import models
from workspaces.domain.history.example import EXAMPLE
from workspaces.domain.history.reading import History
from workspaces.services.history.importing import Report, import_history
from workspaces.services.history.people import CannotTake, People

KEPT: tuple[type[Model], ...] = (
    models.PatternWorkspace,
    models.WorkspaceMember,
    models.CandleSet,
    models.PatternSession,
    models.SessionDetection,
    models.FeedbackItem,
    models.RegressionCase,
    models.WorkspaceMessage,
    models.ImplementationSession,
    models.ImportedRecord,
)


def example() -> dict[str, Any]:
    return copy.deepcopy(EXAMPLE)


def make_people() -> None:
    make_user("ann", email="ann@example.com")
    make_user("ben")


def take(*given: dict[str, Any], dry_run: bool = False, **options: Any) -> Report:
    """Each as a file of its own: 1.json, 2.json …"""
    history = History()
    for number, each in enumerate(given, 1):
        history.read(json.dumps(each), f"{number}.json")
    return import_history(
        history,
        source=options.pop("source", "old"),
        people=People(options.pop("owner", None), options.pop("names", {})),
        beside=_nothing_beside,
        dry_run=dry_run,
        **options,
    )


def _nothing_beside(where: str, name: str) -> str:
    raise CannotTake(f"There is no {name}.")


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, to be compared with what they are later."""
    return {
        each._meta.label: [
            {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}
            for row in each._default_manager.order_by("pk").values()
        ]
        for each in KEPT
    }


def written(folder: Path, given: dict[str, Any], name: str = "history.json") -> Path:
    path = folder / name
    path.write_bytes(json.dumps(given))
    return path
