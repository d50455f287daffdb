"""What differs between two versions, in parts that authors know: phases, ways, prompts, sections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from orchestrator.core.json import Json


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that is not the same. ``fields`` names what changed in it: (before, after)."""

    change: Change
    kind: str
    key: str
    fields: Mapping[str, tuple[Json, Json]]


def compare(before: Json, after: Json) -> list[Difference]:
    """The differences between two exported versions, part by part in the order of the newer."""
    old, new = cast(dict[str, Any], before), cast(dict[str, Any], after)
    found: list[Difference] = []
    for kind, parts in _PARTS.items():
        found += _differences(kind, parts(old), parts(new))
    return found


def _differences(kind: str, old: dict[str, Json], new: dict[str, Json]) -> Iterator[Difference]:
    for key, part in new.items():
        if key not in old:
            yield Difference(Change.ADDED, kind, key, {})
        elif part != old[key]:
            yield Difference(Change.CHANGED, kind, key, _fields(old[key], part))
    for key in old:
        if key not in new:
            yield Difference(Change.REMOVED, kind, key, {})


def _fields(old: Json, new: Json) -> dict[str, tuple[Json, Json]]:
    before, after = cast(dict[str, Json], old), cast(dict[str, Json], new)
    names = dict.fromkeys((*after, *before))
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


def _nodes(document: dict[str, Any]) -> dict[str, Json]:
    """Without their prompts, which are compared by themselves, and without their place in the picture."""
    left_out = {"prompts", "x", "y"}
    return {
        node["key"]: {name: value for name, value in node.items() if name not in left_out}
        for node in document["nodes"]
    }


def _prompts(document: dict[str, Any]) -> dict[str, Json]:
    return {
        f"{node['key']}.{prompt['key']}": prompt for node in document["nodes"] for prompt in node["prompts"]
    }


def _edges(document: dict[str, Any]) -> dict[str, Json]:
    """By the two ends, and a number where several lead from one node to another."""
    found: dict[str, Json] = {}
    for edge in document["edges"]:
        name, number = f"{edge['from']} → {edge['to']}", 1
        key = name
        while key in found:
            number += 1
            key = f"{name} ({number})"
        found[key] = edge
    return found


def _by(part: str, name: str) -> Any:
    return lambda document: {each[name]: each for each in document[part]}


_PARTS: Any = {
    "phase": _nodes,
    "prompt": _prompts,
    "way": _edges,
    "section": _by("sections", "key"),
    "commitment": _by("commitments", "title"),
    "flag": _by("profile_flags", "key"),
}
