"""What expressions see: the scope of names at one place in an execution."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from orchestrator.core.json import JsonObject
from orchestrator.executions.domain.state import ROOT, State


def names_at(state: State, path: str, *, latest: Mapping[str, JsonObject] | None = None) -> dict[str, Any]:
    """``input``, ``vars``, ``nodes``, ``trigger``, ``execution`` and, inside a map, ``item`` and ``index``.

    Inside a map ``nodes`` shows the body's own nodes first and the outer ones behind them. ``latest``
    is laid over it: the output of a step that is being recorded, which its edges' conditions may use.
    """
    layers: list[Mapping[str, JsonObject]] = [latest] if latest else []
    names: dict[str, Any] = {
        "input": state.input,
        "vars": state.variables,
        "trigger": state.trigger,
        "execution": state.info,
    }
    if path:
        names["item"], names["index"] = item_at(state, path)
        while path:
            layers.append(state.scopes[path].nodes)
            path = path.rpartition(">")[0]
    layers.append(state.scopes[ROOT].nodes)
    names["nodes"] = layers[0] if len(layers) == 1 else ChainMap(*layers)  # type: ignore[arg-type]  # only read
    return names


def item_at(state: State, path: str) -> tuple[Any, int]:
    """The item, and its index, that the scope at ``path`` works on."""
    parent, _, last = path.rpartition(">")
    name, _, index = last.rpartition("/")
    progress = state.scopes[parent].firings[name].map
    assert progress is not None
    return progress.items[int(index)], int(index)
