"""Two versions beside each other in the admin: every part that differs, and who stands where in the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from orchestrator.core import json
from orchestrator.core.json import Json
from process.admin.places import node_url, section_url, version_context, version_url
from process.domain import diffs
from process.domain.comparing import Difference
from process.domain.wording import in_words
from process.models import ProcessVersion
from process.queries.differences import Parts, counts, differences, side_of, usual_other
from process.queries.preview import standings

_PAGE: Final = "admin/process/processversion/compare.html"
_MOST_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference as the page tells it."""

    difference: Difference
    fields: list[tuple[str, list[diffs.Piece]]]
    url: str


def comparison(admin: Any, request: HttpRequest, version: ProcessVersion) -> HttpResponse:
    """From the other version (``?with=``) to this one; ``?kind=`` and ``?change=`` show some of it."""
    other = _other(request, version)
    context = version_context(admin, request, version, "compare", f"Compare {version}")
    context["others"] = ProcessVersion.objects.exclude(pk=version.pk).order_by("-id")[:200]
    if other is None:
        return TemplateResponse(request, _PAGE, context)
    found = differences(other, version)
    kind, change = request.GET.get("kind", ""), request.GET.get("change", "")
    wanted = [each for each in found if kind in ("", each.kind) and change in ("", each.change)]
    sides = (Parts.of(other), Parts.of(version))
    context |= {
        "other": other,
        "total": len(found),
        "counts": {name: (sum(number.values()), dict(number)) for name, number in counts(found).items()},
        "kind": kind,
        "change": change,
        "shown": [_shown(each, sides) for each in wanted[:_MOST_SHOWN]],
        "left_off": max(0, len(wanted) - _MOST_SHOWN),
        "standings": standings(version, of=other),
    }
    return TemplateResponse(request, _PAGE, context)


def _other(request: HttpRequest, version: ProcessVersion) -> ProcessVersion | None:
    asked = request.GET.get("with")
    if not asked:
        return usual_other(version)
    try:
        other = ProcessVersion.objects.filter(pk=UUID(asked)).first()
    except ValueError:
        other = None
    if other is None:
        raise Http404
    return other


def _shown(difference: Difference, sides: tuple[Parts, Parts]) -> Shown:
    fields = [
        (name, diffs.differences(_readable(name, before), _readable(name, after)))
        for name, (before, after) in difference.fields.items()
        if name != "key"
    ]
    return Shown(difference, fields, _url(difference, sides[side_of(difference)]))


def _readable(name: str, value: Json) -> str:
    """Conditions in words, as everywhere in the admin; other things than texts as JSON, None as nothing."""
    if name == "condition" and isinstance(value, dict):
        return in_words(str(value.get("type") or ""), value.get("value")) or "always"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value).decode()


def _url(difference: Difference, parts: Parts) -> str:
    match difference.kind:
        case "phase":
            return node_url(parts.nodes[difference.key])
        case "prompt":
            return node_url(parts.nodes[difference.key.partition(".")[0]])
        case "section":
            return section_url(parts.sections[difference.key])
        case "way":
            return f"{version_url(parts.version)}#edges-group"
        case "commitment":
            return f"{version_url(parts.version)}#commitments-group"
        case _:
            return version_url(parts.version)
