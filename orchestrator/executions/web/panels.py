"""What products add to the page of a run: a panel for runs whose graph has a node of theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

Panel: TypeAlias = Callable[[HttpRequest, UUID], SafeString]
"""Draws it for whoever may see the run with this id; empty for nothing."""

_panels: dict[str, str] = {}


def register_panel(node_type: str, path: str) -> None:
    """``path`` is where the ``Panel`` is found, so that only processes that draw pages import it."""
    _panels[node_type] = path


def panels_of(request: HttpRequest, execution_id: UUID, nodes: Any) -> list[SafeString]:
    """Of the kinds of node that a graph has, in the order in which they were registered."""
    kinds = _kinds(nodes) if _panels else set()
    wanted = dict.fromkeys(path for kind, path in _panels.items() if kind in kinds)
    drawn = [import_string(path)(request, execution_id) for path in wanted]
    return [each for each in drawn if each]


def _kinds(nodes: Sequence[Mapping[str, Any]]) -> set[Any]:
    return {node.get("type") for node in nodes}
