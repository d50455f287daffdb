"""The workflows that a filter offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Choosable:
    """``choices`` are ids and names; ``visible`` is all that the person may see, None if that is more."""

    choices: list[tuple[str, str]]
    visible: list[UUID] | None


def choosable(user: User, chosen: str = "") -> Choosable:
    """The first MOST, and the one that is chosen already if it is not among them. One or two queries."""
    rows = Workflow.objects.visible_to(user).order_by("name").values_list("pk", "name")
    seen = list(rows[: MOST + 1])
    choices = [(str(pk), name) for pk, name in seen[:MOST]]
    if len(seen) <= MOST:
        return Choosable(choices, [pk for pk, _ in seen])
    if chosen and chosen not in dict(choices):
        choices += _one(user, chosen)
    return Choosable(choices, None)


def _one(user: User, chosen: str) -> list[tuple[str, str]]:
    try:
        found = Workflow.objects.visible_to(user).filter(pk=UUID(chosen)).values_list("name", flat=True)
    except ValueError:
        return []
    return [(chosen, name) for name in found]
