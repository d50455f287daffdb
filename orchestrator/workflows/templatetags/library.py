"""Small things that the templates of the library ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import template
from django.template.context import RequestContext

from orchestrator.workflows.queries.folders import FolderNode
from orchestrator.workflows.queries.found import Found

register = template.Library()


@register.filter
def path_levels(path: str) -> Iterator[tuple[str, str]]:
    """Each folder of a path with the path up to it, outermost first."""
    names = path.split("/")
    return ((name, "/".join(names[: depth + 1])) for depth, name in enumerate(names))


@register.filter
def of_row(found: Mapping[Any, Found], pk: Any) -> Found | None:
    """What a search matched in one row."""
    return found.get(pk)


@register.filter
def begins_with(tag: str, search: str) -> bool:
    """Whether a word of the tag begins with one that was searched for."""
    words = re.findall(r"\w+", search.lower())
    return any(part.startswith(word) for part in re.findall(r"\w+", tag) for word in words)


@register.filter
def indented(node: FolderNode) -> str:
    """A folder's name as an option of a select, moved in by its depth."""
    return "\N{NO-BREAK SPACE}" * 3 * (node.depth - 1) + node.name


@register.simple_tag(takes_context=True)
def toggled_tag(context: RequestContext, tag: str) -> str:
    """The address in which a tag is asked for besides the others, or no longer."""
    query = context["request"].GET.copy()
    tags = list(context["tags_on"])
    tags = [each for each in tags if each != tag] if tag in tags else [*tags, tag]
    query.pop("cursor", None)
    query.pop("tag", None)
    if tags:
        query["tag"] = ",".join(tags)
    return f"?{query.urlencode()}"
