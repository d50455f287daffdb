"""Further questions at an answer: asked for, replied to while typing, or dismissed. Fragments of pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.problems import CONTENT_TYPE, problem_of
from process.domain.material import Told
from process.domain.vocabulary import NO_HELP, Help, SessionStatus
from process.models import Answer, FollowUp
from process.queries.helping import HelpState, latest
from process.queries.sessions import session_of
from process.queries.texts import follow_ups_of
from process.services.assistance import chosen_provider
from process.services.further import dismiss_question, save_reply
from process.services.helping import ask_for_question
from process.services.journeys import Place, opened, place_of
from process.services.material import may_be_asked_further, told_in

_MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Further:
    """What stands below an answer: nothing, a button, a question under way, or one with its reply."""

    prompt: UUID
    may_ask: bool = False
    state: HelpState | None = None
    row: FollowUp | None = None

    @property
    def question(self) -> str:
        return opened(self.row.question) if self.row else ""

    @property
    def reply(self) -> str:
        return opened(self.row.reply) if self.row else ""

    @property
    def is_empty(self) -> bool:
        return self.row is None and not self.may_ask


def further_in(place: Place, told: Iterable[Told] | None = None) -> dict[UUID, Further]:
    """By prompt, for every answer: five queries, however many there are."""
    rows = {row.answer_id: row for row in follow_ups_of(place.session)}
    states = {state.request.answer_id: state for state in latest(place.session, Help.FOLLOW_UP)}
    open_here = place.session.status != SessionStatus.ABANDONED
    helped = open_here and chosen_provider(place.session) != NO_HELP
    found = {}
    for each in told_in(place) if told is None else told:
        row = rows.get(each.id)
        further = Further(each.prompt.id)
        if row is not None and row.dismissed_at is None:
            further = Further(each.prompt.id, row=row)
        elif row is None and helped and may_be_asked_further(place, each):
            further = Further(each.prompt.id, may_ask=True, state=states.get(each.id))
        found[each.prompt.id] = further
    return found


@login_required
@require_safe
def further(request: HttpRequest, pk: UUID, prompt_id: UUID) -> HttpResponse:
    """The fragment below one answer."""
    return _fragment(request, pk, prompt_id)


def _fragment(request: HttpRequest, pk: UUID, prompt_id: UUID) -> HttpResponse:
    place = place_of(session_of(person(request), pk))
    found = further_in(place).get(prompt_id, Further(prompt_id))
    return render(request, "process/_further.html", {"session": place.session, "further": found})


@login_required
@require_POST
def ask_further(request: HttpRequest, pk: UUID, prompt_id: UUID) -> HttpResponse:
    """Have something asked about an answer."""
    ask_for_question(person(request), pk, prompt=prompt_id)
    return _fragment(request, pk, prompt_id)


@login_required
@require_POST
def dismiss_further(request: HttpRequest, pk: UUID, further_id: UUID) -> HttpResponse:
    """Put the question away, and the reply with it."""
    row = dismiss_question(person(request), pk, further_id)
    prompt = Answer.objects.values_list("prompt", flat=True).get(pk=row.answer_id)
    return _fragment(request, pk, prompt)


@login_required
@require_POST
def reply(request: HttpRequest, pk: UUID, further_id: UUID) -> JsonResponse:
    """Keep a reply while it is typed: its new revision, or why not, in JSON."""
    try:
        value, seen = _read(request.body)
        row = save_reply(person(request), pk, further_id, value=value, expect=seen)
    except DomainError as error:
        return JsonResponse(problem_of(error), status=error.status, content_type=CONTENT_TYPE)
    moment = row.replied_at.isoformat() if row.replied_at else None
    return JsonResponse({"revision": row.revision, "saved_at": moment})


def _read(body: bytes) -> tuple[str, int]:
    try:
        sent = json.loads(body[: _MOST_BYTES + 1])
        value, seen = sent["value"], sent["revision"]
        if type(seen) is not int or not isinstance(value, str):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput("Send the value and the revision that was seen.") from error
    return value, seen
