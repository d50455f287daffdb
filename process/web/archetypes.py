"""Patterns in a story: looked for when it is time, shown when asked, and the person's to judge."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError, NotFound
from process.domain.patterns import PATTERNS, not_ready
from process.domain.vocabulary import Help
from process.models import Archetype
from process.queries.helping import latest
from process.queries.sessions import session_of
from process.queries.texts import approved_chapters, hidden_patterns, shown_patterns
from process.services.assistance import chosen_provider, title_of
from process.services.helping import ask_for_patterns
from process.services.journeys import opened, place_of
from process.services.patterns import judge_pattern, reveal_patterns
from process.web.assistance import with_link


@login_required
@require_safe
def patterns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was shown, whether there is more to show, or why it is too early."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: UUID, *, notice: str = "", status: int = 200) -> HttpResponse:
    place = place_of(session_of(person(request), pk))
    session = place.session
    states = latest(session, Help.ARCHETYPES)
    chosen = chosen_provider(session)
    context = {
        "session": session,
        "too_early": not_ready(place.process, place.journey, approved_chapters(session)),
        "rows": [_shown(row) for row in shown_patterns(session)],
        "hidden": hidden_patterns(session).count(),
        "state": with_link(states[0]) if states else None,
        "helper": {"name": chosen, "title": title_of(chosen)},
        "notice": notice,
    }
    return render(request, "process/patterns.html", context, status=status)


def _shown(row: Archetype) -> dict[str, object]:
    pattern = PATTERNS.get(row.archetype_type)
    return {
        "row": row,
        "title": pattern.title if pattern else row.archetype_type,
        "about": pattern.about if pattern else "",
        "percent": round(row.confidence_score * 100),
        "themes": json.loads(opened(row.themes)),
        "shape": opened(row.narrative_shape),
        "evidence": json.loads(opened(row.evidence)),
        "reframed": opened(row.user_reframed),
    }


@login_required
@require_POST
def find_patterns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have them looked for."""
    return _step(request, pk, lambda: ask_for_patterns(person(request), pk))


@login_required
@require_POST
def show_patterns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reveal what was seen with enough certainty."""
    return _step(request, pk, lambda: reveal_patterns(person(request), pk))


def _step(request: HttpRequest, pk: UUID, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except NotFound:
        raise
    except DomainError as error:
        return _page(request, pk, notice=error.message, status=error.status)
    return redirect("process:patterns", pk)


@login_required
@require_POST
def judge(request: HttpRequest, pk: UUID, pattern_id: UUID) -> HttpResponse:
    """The person's last word on one of them."""
    confirmed = request.POST.get("confirmed", "") == "1"
    judge_pattern(person(request), pk, pattern_id, confirmed=confirmed, words=request.POST.get("words"))
    messages.success(request, "Kept. You have the last word on this.")
    return redirect("process:patterns", pk)
