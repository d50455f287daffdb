"""What differs between two versions, in parts that authors know: phases, ways, prompts, sections."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
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
    """One part that is not the same. ``fields`` names what changed in it: (before, after).

    Of a part that came or went, all that is filled in. ``position`` is its place among its like, from 1.
    """

    change: Change
    kind: str
    key: str
    fields: Mapping[str, tuple[Json, Json]]

    def as_json(self) -> dict[str, Json]:
        return {
            "change": self.change.value,
            "kind": self.kind,
            "key": self.key,
            "fields_changed": {name: [before, after] for name, (before, after) in self.fields.items()},
        }


def compare(before: Json, after: Json) -> list[Difference]:
    """The differences between two exported versions, part by part in the order of the newer."""
    old, new = cast(dict[str, Any], before), cast(dict[str, Any], after)
    found: list[Difference] = []
    for kind, parts in _PARTS.items():
        found += _differences(kind, parts(old), parts(new))
    return found


def _differences(kind: str, old: dict[str, Json], new: dict[str, Json]) -> Iterator[Difference]:
    moved = dict(_moved(kind, old, new))
    for key, part in new.items():
        if key not in old:
            yield Difference(Change.ADDED, kind, key, _filled(None, part))
        elif part != old[key] or key in moved:
            fields = _fields(old[key], part)
            yield Difference(
                Change.CHANGED, kind, key, fields | ({"position": moved[key]} if key in moved else {})
            )
    for key, part in old.items():
        if key not in new:
            yield Difference(Change.REMOVED, kind, key, _filled(part, None))


def _moved(
    kind: str, old: Mapping[str, Json], new: Mapping[str, Json]
) -> Iterator[tuple[str, tuple[Json, Json]]]:
    """The fewest parts that explain another order; prompts and ways have theirs within their phase."""
    for keys_before, keys_after in _groups(kind, old, new):
        before = {key: at for at, key in enumerate(keys_before)}
        after = {key: at for at, key in enumerate(keys_after)}
        both = [key for key in keys_after if key in before]
        stayed = {both[at] for at in _longest_rising([before[key] for key in both])}
        for key in both:
            if key not in stayed:
                yield key, (before[key] + 1, after[key] + 1)


def _groups(
    kind: str, old: Mapping[str, Json], new: Mapping[str, Json]
) -> Iterator[tuple[list[str], list[str]]]:
    def within(key: str) -> str:
        separator = {"prompt": ".", "way": " → "}.get(kind)
        return key.partition(separator)[0] if separator else ""

    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for parts, grouped in ((old, before), (new, after)):
        for key in parts:
            grouped[within(key)].append(key)
    for name, keys in after.items():
        yield before.get(name, []), keys


def _longest_rising(numbers: list[int]) -> list[int]:
    """Where a longest rising run of them stands: patience sorting, in n log n."""
    tops: list[int] = []
    last: list[int] = []
    previous: list[int] = []
    for at, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        previous.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [number]
        last[pile : pile + 1] = [at]
    found, at = [], last[-1] if last else -1
    while at >= 0:
        found.append(at)
        at = previous[at]
    return found


def _filled(old: Json, new: Json) -> dict[str, tuple[Json, Json]]:
    part = cast(dict[str, Json], new if old is None else old)
    blank: tuple[Json, ...] = (None, "", [], {}, False, {"type": "", "value": None})
    filled = {name: value for name, value in part.items() if value not in blank}
    return {name: (None, value) if old is None else (value, None) for name, value in filled.items()}


def _fields(old: Json, new: Json) -> dict[str, tuple[Json, Json]]:
    before, after = cast(dict[str, Json], old), cast(dict[str, Json], new)
    names = dict.fromkeys((*after, *before))
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


def _nodes(document: dict[str, Any]) -> dict[str, Json]:
    """Without their prompts, which are compared by themselves, and without their place in the picture."""
    left_out = {"prompts", "x", "y", "agent"}
    return {
        node["key"]: {name: value for name, value in node.items() if name not in left_out}
        | {f"agent_{name}": value for name, value in node.get("agent", {}).items()}
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
