"""The page of recommendations: what became of them, and how well their confidence foretold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import text_of, texts_of
from orchestrator.core.web.paging import keyset_page
from trading.strategy.domain.judging import Judgement, possible
from trading.strategy.domain.vocabulary import Outcome, RecommendationStatus
from trading.strategy.models import Corporation, Recommendation, StrategicSession
from trading.strategy.queries.citing import Citation, citations_of
from trading.strategy.queries.recommendations import UNJUDGED, calibration_of, recommendations_for
from trading.strategy.queries.sessions import corporations_workable
from trading.strategy.services.judging import judge_recommendation, record_outcome
from trading.strategy.web import pictures
from trading.strategy.web.params import ids_of

_STATUSES: Final = [each.value for each in RecommendationStatus]
_OUTCOMES: Final = [each.value for each in Outcome]


@dataclass(frozen=True, slots=True)
class _Row:
    """A recommendation, on what it rests, and whether this person may say what became of it."""

    each: Recommendation
    citations: list[Citation]
    may_work: bool

    @property
    def possible(self) -> list[Judgement]:
        return possible(RecommendationStatus(self.each.status)) if self.may_work else []


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """By corporation, state and outcome, with the calibration of those that fit."""
    user = person(request)
    chosen = ids_of(request.GET, ["corporation", "session"]) | texts_of(
        request.GET, ["status", "outcome", "search"]
    )
    if chosen.get("status") not in _STATUSES:
        chosen.pop("status", None)
    if chosen.get("outcome") not in (*_OUTCOMES, UNJUDGED):
        chosen.pop("outcome", None)
    rows = recommendations_for(user, chosen)
    calibration = calibration_of(rows)
    page = keyset_page(request, rows, ordering="-id", size=20)
    able = {each.pk for each in corporations_workable(user)}
    citations = citations_of(page.items)
    context: dict[str, Any] = {
        "here_tab": "recommendations",
        "page": page,
        "rows": [
            _Row(each, citations[each.pk], each.step.session.corporation_id in able) for each in page.items
        ],
        "session": _session(user, chosen),
        "chosen": chosen,
        "corporations": list(Corporation.objects.visible_to(user).order_by("name")[:200]),
        "statuses": _STATUSES,
        "outcomes": _OUTCOMES,
        "calibration": calibration,
        "dots": pictures.dots(calibration),
        "here": request.get_full_path(),
    }
    return render(request, "strategy/recommendations.html", context)


@login_required
@require_POST
def judge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept it, dismiss it, say that it was carried out, think again."""
    word = text_of(request.POST, "judgement")
    if word not in [each.value for each in Judgement]:
        raise InvalidInput("Say what is to become of it.")
    row = judge_recommendation(person(request), pk, Judgement(word))
    messages.success(request, f"“{row.title}” is {row.status} now.")
    return _back(request)


@login_required
@require_POST
def outcome(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came of it, with a note."""
    word = text_of(request.POST, "outcome")
    if word not in _OUTCOMES:
        raise InvalidInput("Say what came of it: success, partial or failure.")
    note = request.POST.get("note", "").replace("\0", "")
    row: Recommendation = record_outcome(person(request), pk, Outcome(word), note=note)
    messages.success(request, f"The outcome of “{row.title}” was recorded.")
    return _back(request)


def _session(user: User, chosen: dict[str, str]) -> StrategicSession | None:
    """That whose recommendations are asked for, so that the page can say so."""
    if "session" not in chosen:
        return None
    return StrategicSession.objects.visible_to(user).filter(pk=chosen["session"]).first()


def _back(request: HttpRequest) -> HttpResponse:
    """To the same filters, and never to another site."""
    place = request.POST.get("next", "")
    home = reverse("strategy:recommendations")
    is_ours = url_has_allowed_host_and_scheme(place, allowed_hosts=None) and place.startswith("/")
    return redirect(place if is_ours else home)
