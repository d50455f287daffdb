"""The graph view of a version in the admin: its page, and what it reads, checks and stores as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from unfold.decorators import action

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError, InvalidInput, NotAllowed
from orchestrator.core.json import Json
from orchestrator.core.problems import CONTENT_TYPE, problem_of
from process.domain.conditions import BadCondition, compile_condition, unknown_names
from process.domain.drawing import read_redrawing
from process.domain.wording import in_words
from process.models import ProcessNode, ProcessSection, ProcessVersion
from process.queries.compiled import process_of
from process.queries.graph import flag_labels, graph_of, words_for_forms
from process.queries.versions import find_version
from process.services.graphing import redraw

_PAGE = "admin/process/processversion/graph.html"
_ANY = "00000000-0000-0000-0000-000000000000"
"""Stands for an id in an address that the page fills in."""


class VersionGraph:
    """The page of a version's graph, and its three doors: ``state``, ``changes`` and ``condition``."""

    admin_site: Any
    get_object: Any
    has_view_permission: Any
    opts: Any

    @action(description="Graph", url_path="graph", permissions=["view"])  # type: ignore[untyped-decorator]  # has no types
    def graph(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404
        context = {**self.admin_site.each_context(request), "opts": self.opts, "is_fullwidth": "1"}
        context |= {
            "title": f"Graph of {version}",
            "version": version,
            "settings": _settings(request, version),
        }
        return TemplateResponse(request, _PAGE, context)

    def get_urls(self) -> list[URLPattern]:
        doors = {"state": self._state, "changes": self._changes, "condition": self._condition}
        own = [
            path(
                f"<uuid:object_id>/graph/{name}/",
                self.admin_site.admin_view(_as_json(door)),
                name=f"process_processversion_graph_{name}",
            )
            for name, door in doors.items()
        ]
        rest: list[URLPattern] = super().get_urls()  # type: ignore[misc]  # a mix-in of ModelAdmin
        return own + rest

    def _state(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise NotAllowed("You may not see versions.")
        return _answer(graph_of(find_version(object_id)))

    def _changes(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Do what the page asks to the revision that it shows; answers with what is there now."""
        wanted = read_redrawing(_posted(request))
        version, made = redraw(person(request), object_id, revision=wanted.revision, changes=wanted.changes)
        return _answer({**graph_of(version), "made": [str(each) if each else None for each in made]})

    def _condition(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """What a condition would mean in this version; stores nothing."""
        asked = _posted(request)
        version = find_version(object_id)
        kind, value = (asked.get("type"), asked.get("value")) if isinstance(asked, dict) else (None, None)
        try:
            condition = compile_condition(str(kind or ""), value)
        except BadCondition as error:
            raise InvalidInput(str(error), fields={"condition": [str(error)]}) from error
        process = process_of(version)
        titles = {key: section.name for key, section in process.sections.items()}
        names = [prompt.name for prompt in process.prompts.values()]
        return _answer(
            {
                "words": in_words(str(kind or ""), value, flags=flag_labels(version), sections=titles),
                "source": condition.source,
                "unknown": list[Json](
                    unknown_names(condition, flags=process.flags, sections=process.sections, prompts=names)
                ),
            }
        )


def _as_json(view: Callable[[HttpRequest, UUID], HttpResponse]) -> Callable[..., HttpResponse]:
    """Errors as problem details; whoever writes must have the right to, whatever the state of the version."""

    def answer(request: HttpRequest, object_id: UUID) -> HttpResponse:
        writes = view.__name__ != "_state"
        if writes and request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            if writes and not request.user.has_perm("process.change_processversion"):
                raise NotAllowed("You may not change versions.")
            return view(request, object_id)
        except DomainError as error:
            return JsonResponse(problem_of(error), status=error.status, content_type=CONTENT_TYPE)

    return answer


def _posted(request: HttpRequest) -> Json:
    try:
        posted: Json = json.loads(request.body)
    except json.NotJson as error:
        raise InvalidInput(str(error)) from error
    return posted


def _answer(data: Json) -> HttpResponse:
    return HttpResponse(json.dumps(data), content_type="application/json")


def _settings(request: HttpRequest, version: ProcessVersion) -> dict[str, Json]:
    """What the island begins with."""
    user = person(request)
    may_change = user.is_admin and request.user.has_perm("process.change_processversion")
    here = [version.pk]
    return {
        "name": version.version_name,
        "is_frozen": version.is_frozen,
        "is_active": version.is_active,
        "may_change": may_change,
        "icons": static("dist/icons.svg"),
        "graph": graph_of(version),
        "words": words_for_forms(),
        "urls": {
            "state": reverse("admin:process_processversion_graph_state", args=here),
            "changes": reverse("admin:process_processversion_graph_changes", args=here),
            "condition": reverse("admin:process_processversion_graph_condition", args=here),
            "version": reverse("admin:process_processversion_change", args=here),
            "clone": reverse("admin:process_processversion_clone", args=here),
            "phase": _change_page(ProcessNode),
            "section": _change_page(ProcessSection),
        },
    }


def _change_page(model: type[ProcessNode | ProcessSection]) -> str:
    return reverse(f"admin:process_{model._meta.model_name}_change", args=[_ANY])
