"""What can be begun and what was, and one session: where the person stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, WrongState
from orchestrator.core.web.paging import keyset_page
from process.domain.answers import in_words
from process.domain.asking import prompts_here
from process.domain.journey import OpenPrompts
from process.domain.process import Prompt
from process.domain.vocabulary import SessionStatus
from process.queries.lending import lent_to
from process.queries.sessions import progress_of, session_of, sessions_of, version_to_begin
from process.services.journeys import Place, place_of
from process.services.screens import Given
from process.web.standing import standing_of


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What can be begun, and the person's own sessions, the latest first."""
    user = person(request)
    page = keyset_page(request, sessions_of(user), ordering="-id", size=12)
    progress = progress_of(page.items)
    rows = [(row, progress[row.pk]) for row in page.items]
    context = {"version": version_to_begin(), "rows": rows, "page": page, "lent": lent_to(user).exists()}
    return render(request, "process/list.html", context)


@login_required
@require_safe
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the person stands; ``?at=`` names another screen of the same phase."""
    return show_session(request, pk, at=request.GET.get("at", ""))


def show_session(
    request: HttpRequest,
    pk: UUID,
    *,
    at: str = "",
    notice: str = "",
    status: int = 200,
    shown: Sequence[Prompt] = (),
    typed: Mapping[UUID, Given] | None = None,
    errors: Mapping[UUID, DomainError] | None = None,
) -> HttpResponse:
    """The page of a session, with what was typed and not stored if a screen was refused."""
    place = place_of(session_of(person(request), pk))
    context: dict[str, Any] = {"notice": notice}
    if place.journey.status is not SessionStatus.ACTIVE:
        context |= {"session": place.session, "node": place.process.nodes[place.journey.node_key]}
        context["unsaved"] = [(prompt, in_words(prompt, typed[prompt.id].value)) for prompt in shown if typed]
        return render(request, "process/resting.html", context, status=status)
    context |= standing_of(place, at=at, shown=shown, typed=typed, errors=errors)
    return render(request, "process/session.html", context, status=status)


def refused(request: HttpRequest, pk: UUID, error: WrongState) -> HttpResponse:
    """The session as it is now, with the reason why the step was not made."""
    at = ""
    if isinstance(error, OpenPrompts):
        at = _first_missing(place_of(session_of(person(request), pk)))
    return show_session(request, pk, at=at, notice=error.message, status=error.status)


def _first_missing(place: Place) -> str:
    asked = prompts_here(place.process, place.journey)
    open_ones = (prompt for prompt in asked if prompt.required and prompt.id not in place.journey.answered)
    return next((str(prompt.id) for prompt in open_ones), "")


def to_session(pk: UUID, at: str = "") -> HttpResponse:
    """Back to the page of the session, at one of its screens."""
    return redirect(reverse("process:session", args=[pk]) + (f"?{urlencode({'at': at})}" if at else ""))
