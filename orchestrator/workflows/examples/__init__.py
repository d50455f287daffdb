"""Ready graphs to begin a workflow with; each is a file as ``workflows/{id}/export/`` writes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from orchestrator.core import json


@dataclass(frozen=True, slots=True)
class Example:
    key: str
    name: str
    description: str
    nodes: list[Any]
    edges: list[Any]
    settings: dict[str, Any]
    category: str = ""
    tags: tuple[str, ...] = ()


@cache
def examples() -> tuple[Example, ...]:
    """In the order of their file names."""
    return tuple(_read(path) for path in sorted(Path(__file__).parent.glob("*.json")))


def _read(path: Path) -> Example:
    document = json.loads(path.read_bytes())
    return Example(
        key=path.stem.partition("_")[2],
        name=document["name"],
        description=document["description"],
        nodes=document["nodes"],
        edges=document["edges"],
        settings=document.get("settings", {}),
        category=document.get("category", ""),
        tags=tuple(document.get("tags", ())),
    )
