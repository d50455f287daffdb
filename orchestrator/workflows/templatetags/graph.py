"""``{% graph_picture nodes edges %}``: a graph as an SVG that needs no script to be read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orchestrator.workflows.comparing import NOTES, SAME
from orchestrator.workflows.drawing import DrawnEdge, DrawnNode, draw

register = template.Library()

MAX_LISTED: Final = 300
"""Nodes that are told in words, too; the picture of more says little in a list."""

STATE_ICONS: Final[Mapping[str, str]] = {
    "running": "loader-circle",
    "waiting": "hourglass",
    "retrying": "rotate-ccw",
    "done": "circle-check",
    "earlier": "circle-check",
    "skipped": "skip-forward",
    "failed": "circle-x",
    "cancelled": "circle-slash",
}
"""By state of a node; the same as in static/src/run/marks.ts."""
DIFFERENCE_ICONS: Final[Mapping[str, str]] = {
    "added": "plus",
    "removed": "minus",
    "changed": "pencil",
    "moved": "move",
}
"""By what became of a node from one version to another."""
_ICONS: Final = {**STATE_ICONS, **DIFFERENCE_ICONS}


@register.inclusion_tag("workflows/graph_picture.html")
def graph_picture(
    nodes: object, edges: object, marks: Mapping[str, Any] | None = None, name: str = ""
) -> dict[str, Any]:
    """``marks`` shows how far a run has come: ``{"nodes": {id: {"state": …, "note": …}}, "edges": [id]}``.

    Everything carries ``data-node`` or ``data-edge``, so that a script can go on from there.
    """
    drawing = draw(nodes, edges)
    states = (marks or {}).get("nodes", {})
    taken = frozenset((marks or {}).get("edges", ()))
    icons = static("dist/icons.svg")
    return {
        "drawing": drawing,
        "name": name,
        "marked": marks is not None,
        "words": drawing.nodes if len(drawing.nodes) <= MAX_LISTED else (),
        "states": states,
        "nodes": _joined(_with_state(node, states.get(node.id, {}), icons) for node in drawing.nodes),
        "edges": _joined(_with_taken(edge, edge.id in taken) for edge in drawing.edges),
        "is_dense": len(drawing.edges) > 60,
    }


@register.inclusion_tag("workflows/graph_picture.html")
def graph_difference(
    nodes: object,
    edges: object,
    node_states: Mapping[str, str],
    edge_states: Mapping[str, str],
    name: str = "",
) -> dict[str, Any]:
    """A graph whose parts are marked as added, removed, changed or moved; all others step back."""
    drawing = draw(nodes, edges)
    icons = static("dist/icons.svg")
    states = {key: {"state": state, "note": NOTES[state]} for key, state in node_states.items()}
    return {
        "drawing": drawing,
        "name": name,
        "compared": True,
        "words": drawing.nodes if len(drawing.nodes) <= MAX_LISTED else (),
        "states": states,
        "nodes": _joined(_with_state(node, states.get(node.id, {}), icons) for node in drawing.nodes),
        "edges": _joined(_with_fate(edge, edge_states.get(edge.id, SAME)) for edge in drawing.edges),
        "is_dense": len(drawing.edges) > 60,
    }


def _with_fate(edge: DrawnEdge, state: str) -> SafeString:
    before, after = _edge_parts(edge)
    return format_html('{} data-state="{}"{}', before, state, after)


@register.inclusion_tag("workflows/graph_preview.html")
def graph_preview(nodes: object, edges: object) -> dict[str, Any]:
    """A small picture of a graph, to be recognised rather than read."""
    drawing = draw(nodes, edges)
    icons = static("dist/icons.svg")
    return {
        "drawing": drawing,
        "nodes": _joined(_with_state(node, {}, icons) for node in drawing.nodes),
        "edges": _joined(_with_taken(edge, False) for edge in drawing.edges),
    }


def _joined(parts: Any) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308 - each part was made by format_html


def _with_state(node: DrawnNode, mark: Mapping[str, str], icons: str) -> SafeString:
    state = mark.get("state", "")
    before, middle, after = _node_parts(node, icons)
    icon = f"{icons}#{_ICONS[state]}" if state in _ICONS else ""
    note = mark.get("note") or _plain_note(node)
    return format_html("{}{}{}{}{}{}{}", before, state, middle, icon, after, note, _NODE_END)


_NODE_END: Final = mark_safe("</text></g>")


def _plain_note(node: DrawnNode) -> str:
    return "Disabled" if node.is_disabled else node.kind_title


@lru_cache(maxsize=4096)
def _node_parts(node: DrawnNode, icons: str) -> tuple[SafeString, SafeString, SafeString]:
    """The markup of a node around its state, its state's icon and its note."""
    box = node.box
    classes = ["node"]
    looks = {
        "narrow": node.is_narrow,
        "is-stack": node.is_stack,
        "is-nested": node.is_nested,
        "disabled": node.is_disabled,
    }
    classes += [name for name, holds in looks.items() if holds]
    before = format_html(
        '<g class="{}" data-node="{}" data-kind="{}" data-note="{}" data-state="',
        " ".join(classes), node.id, node.kind, _plain_note(node),
    )  # fmt: skip
    shadow = (
        format_html(
            '<rect class="node-under" x="{}" y="{}" width="{}" height="{}" rx="10"/>',
            box.x + 5, box.y + 5, box.width, box.height,
        )
        if node.is_stack
        else ""
    )  # fmt: skip
    inner = (
        format_html(
            '<rect class="node-inner" x="{}" y="{}" width="{}" height="{}" rx="7"/>',
            box.x + 3, box.y + 3, box.width - 6, box.height - 6,
        )
        if node.is_nested
        else ""
    )  # fmt: skip
    kind = (
        ""
        if node.is_narrow
        else format_html(
            '<use class="node-kind" href="{}#{}" x="{}" y="{}" width="16" height="16"/>',
            icons, node.icon, box.x + 12, box.y + 18,
        )
    )  # fmt: skip
    size, left = (12, 8) if node.is_narrow else (16, 37)
    middle = format_html(
        '"><title>{} ({})</title>{}<rect class="node-box" x="{}" y="{}" width="{}" height="{}" rx="10"/>{}{}'
        '<text class="node-title" x="{}" y="{}">{}</text>'
        '<use class="node-mark" x="{}" y="{}" width="{}" height="{}" href="',
        node.title, node.kind_title, shadow, box.x, box.y, box.width, box.height, inner, kind,
        box.x + left, box.y + 22, node.shown_title,
        box.right - size - 10, box.y + (9 if node.is_narrow else 18), size, size,
    )  # fmt: skip
    after = format_html('"/><text class="node-note" x="{}" y="{}">', box.x + left, box.y + 39)
    return before, middle, after


def _with_taken(edge: DrawnEdge, taken: bool) -> str:
    before, after = _edge_parts(edge)
    mark = ' data-taken=""' if taken else ""
    return f"{before}{mark}{after}"


@lru_cache(maxsize=8192)
def _edge_parts(edge: DrawnEdge) -> tuple[SafeString, SafeString]:
    line = edge.line
    label = (
        format_html(
            '<text class="edge-label" x="{}" y="{}">{}{}</text>',
            round(line.label.x, 1), round(line.label.y + 4, 1),
            format_html("<title>{}</title>", edge.label) if edge.label != edge.shown_label else "",
            edge.shown_label,
        )
        if edge.label
        else ""
    )  # fmt: skip
    before = format_html('<g class="edge" data-edge="{}"', edge.id)
    after = format_html(
        '><path class="edge-line" d="{}"/><polygon class="edge-head" points="{}"/>{}</g>',
        line.path, edge.arrow, label,
    )  # fmt: skip
    return before, after


@register.simple_tag
def node_words(node: DrawnNode, states: Mapping[str, Any]) -> SafeString:
    """A node in a sentence, for those who do not see the picture."""
    note = states.get(node.id, {}).get("note", "")
    return format_html("{}{}</span>", _words_before(node), f": {note}" if note else "")


@lru_cache(maxsize=4096)
def _words_before(node: DrawnNode) -> SafeString:
    follows = format_html(", leads to {}", ", ".join(node.leads_to)) if node.leads_to else ""
    return format_html('{} ({}){}<span data-node-words="{}">', node.title, node.kind_title, follows, node.id)
