"""The timeline of a workspace: its page, what changed since, and notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError, InvalidInput
from workspaces.access import find_workspace
from workspaces.models import PatternWorkspace
from workspaces.queries import timeline as query
from workspaces.queries.timeline import Show
from workspaces.services.notes import write_note
from workspaces.web.entries import shown
from workspaces.web.forms import NoteForm, picker
from workspaces.web.head import head_of

_NAMES = {
    Show.NOTES: "Notes",
    Show.TESTS: "Tests",
    Show.FEEDBACK: "Feedback",
    Show.CODING: "Coding runs",
    Show.DEPLOYS: "Deployments",
    Show.RELEASES: "Status and versions",
}


@login_required
@require_safe
def timeline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest entries at the bottom; ``?before=`` reads on above, which the page asks for by itself."""
    workspace = find_workspace(person(request), pk)
    if request.headers.get("X-Part") == "older":
        return render(request, "workspaces/_stretch.html", _stretch(request, workspace))
    return _page(request, workspace)


def _page(
    request: HttpRequest, workspace: PatternWorkspace, form: NoteForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        **head_of(person(request), workspace, "timeline"),
        **_stretch(request, workspace),
        "since": utc_now().isoformat(),
        "choices": [(each.value, name) for each, name in _NAMES.items()],
        "form": form or NoteForm(),
        **picker(),
    }
    return render(request, "workspaces/timeline.html", context, status=status)


def _stretch(request: HttpRequest, workspace: PatternWorkspace) -> dict[str, Any]:
    chosen = _shows(request)
    found = query.stretch(workspace, before=_before(request), types=query.types_of(chosen))
    older = request.GET.copy()
    if found.older is not None:
        older["before"] = str(found.older)
    return {
        "workspace": workspace,
        "entries": shown(found.entries),
        "older_url": f"?{older.urlencode()}" if found.older is not None else "",
        "chosen": [each.value for each in chosen],
        "is_latest": "before" not in request.GET,
    }


@login_required
@require_safe
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Entries that are new or changed since ``?since=``, and the head of the page as it is now."""
    user = person(request)
    workspace = find_workspace(user, pk)
    found = query.changes(
        workspace, since=_since(request), now=utc_now(), types=query.types_of(_shows(request))
    )
    context = {
        **(head_of(user, workspace, "timeline") if found.entries else {}),
        "workspace": workspace,
        "entries": shown(found.entries),
        "since": found.since.isoformat(),
    }
    return render(request, "workspaces/_changes.html", context)


@login_required
@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The entry that was written, for a page that adds it; else back to the timeline."""
    user = person(request)
    files = request.FILES.getlist("files")
    try:
        message = write_note(user, pk, text=request.POST.get("text", ""), files=files)
    except DomainError as error:
        if request.headers.get("X-Part"):
            return JsonResponse({"detail": error.message}, status=error.status)
        if not isinstance(error, InvalidInput):
            raise
        form = NoteForm(request.POST)
        form.add_error("text", error.message)
        return _page(request, find_workspace(user, pk), form, error.status)
    if request.headers.get("X-Part"):
        entries = shown([query.one_entry(message)])
        return render(
            request, "workspaces/_stretch.html", {"workspace": message.workspace, "entries": entries}
        )
    return redirect("workspaces:timeline", pk)


def _shows(request: HttpRequest) -> list[Show]:
    known = {each.value: each for each in Show}
    return [known[each] for each in dict.fromkeys(request.GET.getlist("show")) if each in known]


def _before(request: HttpRequest) -> UUID | None:
    text = request.GET.get("before")
    try:
        return UUID(text) if text else None
    except ValueError:
        _refuse("before", "This is the id of no entry.")


def _since(request: HttpRequest) -> datetime:
    try:
        found = parse_datetime(request.GET.get("since", ""))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        _refuse("since", "Say since when, as a time with its zone.")
    return found


def _refuse(name: str, message: str) -> NoReturn:
    raise InvalidInput(message, fields={name: [message]})
