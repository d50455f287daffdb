"""Pages of test sessions: figures and list of a workspace, starting one, the chart where it is reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.json import Json
from orchestrator.core.web.paging import keyset_page
from workspaces.access import May, find_workspace, rights_in
from workspaces.domain.archive import columns_of, part, unpack
from workspaces.domain.detectors import PATTERNS
from workspaces.domain.vocabulary import SessionStatus
from workspaces.models import CandleSet, PatternSession, PatternWorkspace
from workspaces.queries.sessions import (
    cart_counts,
    cart_rows,
    detection_columns,
    rated_lately,
    sessions_of,
    workspace_stats,
)
from workspaces.services.detecting import current_algorithm, settled_parameters
from workspaces.services.reviewing import DIRECTIONS
from workspaces.services.sessions import (
    complete_session,
    find_session,
    reopen_session,
    start_session,
)
from workspaces.web.head import head_of
from workspaces.web.session_forms import PREFIX, StartForm
from workspaces.web.trend import trends_of

MOST_BARS: Final = 10_000


@login_required
@require_safe
def listing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How well the algorithm does, and its sessions, the newest first."""
    user = person(request)
    workspace = find_workspace(user, pk)
    rows = sessions_of(workspace)
    status = request.GET.get("status", "")
    if status in list(SessionStatus):
        rows = rows.filter(status=status)
    stats = workspace_stats(workspace)
    context = {
        **head_of(user, workspace, "sessions"),
        "page": keyset_page(request, rows, ordering="-id", size=30),
        "stats": stats,
        "trends": trends_of(stats["versions"], rated_lately(workspace)),
        "status": status,
    }
    return render(request, "workspaces/sessions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A form for candles, range and parameters; then the session's chart."""
    user = person(request)
    workspace = find_workspace(user, pk, May.WORK)
    algorithm = current_algorithm(workspace)
    settled = settled_parameters(workspace, algorithm, {})
    chosen = _like(request, workspace)
    data = request.POST if request.method == "POST" else None
    form = StartForm(user, workspace, settled, data, initial=chosen)
    if data is not None and form.is_valid():
        try:
            session = start_session(user, pk, **form.given())
        except InvalidInput as error:
            form.take(error, prefix="parameters.")
        else:
            return redirect("workspaces:session", pk, session.pk)
    context = {
        **head_of(user, workspace, "sessions"),
        "form": form,
        "prefix": PREFIX,
        "version": algorithm.number if algorithm is not None else workspace.version,
    }
    return render(request, "workspaces/new_session.html", context, status=400 if form.errors else 200)


def _like(request: HttpRequest, workspace: PatternWorkspace) -> dict[str, Any]:
    """What an earlier session looked at, if the address names one: to see what other parameters change."""
    try:
        wanted = UUID(request.GET.get("like", ""))
    except ValueError:
        return {}
    found = PatternSession.objects.filter(workspace=workspace, pk=wanted).first()
    if found is None:
        return {}
    parameters = {f"{PREFIX}{name}": value for name, value in found.parameters.items()}
    bars = {"first_bar": found.first_bar, "last_bar": found.last_bar}
    return {"candles": str(found.candles_id), **bars, **parameters}


@login_required
@require_safe
def session(request: HttpRequest, pk: UUID, session_id: UUID) -> HttpResponse:
    """The chart: what was seen, reviewed by keyboard, with the bars played one by one if one likes."""
    found = _session(request, pk, session_id)
    workspace = found.workspace
    candles = CandleSet.objects.defer("data").get(pk=found.candles_id)
    pattern = PATTERNS[workspace.pattern_type]
    api = reverse("api:pattern-session", args=[found.pk])
    cart = cart_rows(found)
    about: dict[str, Any] = {
        "firstBar": found.first_bar,
        "lastBar": found.last_bar,
        "stepSeconds": candles.step_seconds,
        "kinds": pattern.kinds,
        "isOpen": found.status == SessionStatus.OPEN,
        "mayWork": _may_work(request, workspace),
        "bars": reverse("workspaces:session-bars", args=[pk, found.pk]),
        "detections": reverse("workspaces:session-detections", args=[pk, found.pk]),
        "api": api,
        "person": str(person(request).pk),
        "feedback": reverse("api:feedback-item", args=[found.pk]).replace(str(found.pk), "{id}"),
        "cart": cart,
        "elsewhere": cart_counts(workspace)["waiting"] - len(cart),
        "counts": {
            "detections": found.detection_count,
            "reviewed": found.reviewed_count,
            "right": found.right_count,
            "missed": found.missed_count,
        },
    }
    context = {
        "workspace": workspace,
        "session": found,
        "filters": _filters(pattern.kinds),
        "candles": candles,
        "about": about,
        "parameters": ", ".join(_in_words(name, value) for name, value in found.parameters.items()),
        "may_work": about["mayWork"],
    }
    return render(request, "workspaces/session.html", context)


def _filters(kinds: Sequence[str]) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Name, legend and choices of what the chart can be narrowed to."""
    return [
        ("kind", "Kind", [(kind, kind.replace("_", " ").capitalize()) for kind in kinds]),
        ("direction", "Direction", [(each, each.capitalize()) for each in DIRECTIONS]),
        (
            "verdict",
            "Review",
            [("open", "To review"), ("right", "Right"), ("wrong", "Wrong"), ("adjust", "Adjusted")],
        ),
    ]


def _in_words(name: str, value: Json) -> str:
    words = name.replace("_", " ")
    return f"{words} {('off', 'on')[value] if isinstance(value, bool) else value}"


@login_required
@require_safe
def bars(request: HttpRequest, pk: UUID, session_id: UUID) -> HttpResponse:
    """Bars ``first`` to ``last`` of the session as doubles, column after column, some thousands at a time.

    They never change, so browsers keep them.
    """
    found = _session(request, pk, session_id)
    first, last = (_bar(request, name) for name in ("first", "last"))
    if not found.first_bar <= first <= last <= found.last_bar:
        raise InvalidInput(f"This session has the bars {found.first_bar:,} to {found.last_bar:,}.")
    if last - first >= MOST_BARS:
        raise InvalidInput(f"At most {MOST_BARS:,} bars at a time.")
    candles = unpack(CandleSet.objects.values_list("data", flat=True).get(pk=found.candles_id))
    answer = HttpResponse(columns_of(part(candles, first, last)), content_type="application/octet-stream")
    patch_cache_control(answer, private=True, max_age=86_400, immutable=True)
    return answer


def _bar(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidInput(f"{name}: give the number of a bar.")
    return int(text)


@login_required
@require_safe
def detections(request: HttpRequest, pk: UUID, session_id: UUID) -> HttpResponse:
    """All detections with their verdicts, a list a column."""
    found = _session(request, pk, session_id)
    answer = HttpResponse(detection_columns(found), content_type="application/json")
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@login_required
@require_POST
def complete(request: HttpRequest, pk: UUID, session_id: UUID) -> HttpResponse:
    _session(request, pk, session_id)
    done = complete_session(person(request), session_id)
    rate = "" if done.success_rate is None else f" {done.success_rate:.0%} of what was reviewed is right."
    messages.success(request, f"The session is completed.{rate}")
    return redirect("workspaces:sessions", pk)


@login_required
@require_POST
def reopen(request: HttpRequest, pk: UUID, session_id: UUID) -> HttpResponse:
    _session(request, pk, session_id)
    reopen_session(person(request), session_id)
    messages.success(request, "The session is open again. It counts when you complete it.")
    return redirect("workspaces:session", pk, session_id)


def _session(request: HttpRequest, workspace_id: UUID, session_id: UUID) -> PatternSession:
    found = find_session(person(request), session_id)
    if found.workspace_id != workspace_id:
        raise NotFound("There is no such session in this workspace.")
    return found


def _may_work(request: HttpRequest, workspace: PatternWorkspace) -> bool:
    return (rights_in(person(request), workspace) or May.READ) >= May.WORK
