"""The page of a session: its steps while they are made and reviewed, and its log; sessions in and out."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import texts_of
from orchestrator.core.web.following import follow, mark_of
from orchestrator.core.web.forms import sent
from orchestrator.core.web.paging import keyset_page
from orchestrator.core.web.streaming import file_response
from orchestrator.executions.models import Execution
from trading.strategy.access import May, find_session, rights_in
from trading.strategy.domain.documents import snake
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.queries.logs import CONTENT_TYPES, LogFilter, actors_in, events_in, log_file, log_of
from trading.strategy.queries.session_page import cards_of
from trading.strategy.queries.spending import spent_on
from trading.strategy.services.documents import export_session, import_session
from trading.strategy.web.forms import ImportForm

_LOG_FILTERS: Final = ("event", "actor")


@login_required
@require_safe
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All its steps, and its log; while its run works, it follows."""
    user = person(request)
    found = find_session(user, pk)
    cards = cards_of(found)
    has_run = found.execution_id is not None
    goes_on = has_run and found.status in (SessionStatus.ACTIVE, SessionStatus.PAUSED)
    chosen = texts_of(request.GET, _LOG_FILTERS)
    wanted = LogFilter(session=found.pk, event=chosen.get("event", ""), actor=chosen.get("actor", ""))
    context = {
        "here_tab": "sessions",
        "session": found,
        "cards": cards,
        "spent": spent_on(found),
        "done": sum(card.step.status == StepStatus.COMPLETED for card in cards),
        "may_work": (rights_in(user, found.corporation) or May.READ) >= May.WORK,
        "goes_on": goes_on,
        "run": Execution.objects.visible_to(user).filter(pk=found.execution_id).values("pk").first(),
        "log": keyset_page(request, log_of(user, wanted), ordering="-seq", size=30),
        "chosen": chosen,
        "events": events_in(found),
        "actors": actors_in(found),
    }
    return follow(
        request,
        context,
        page="strategy/session.html",
        part="strategy/_steps.html",
        goes_on=goes_on,
        mark=mark_of(found, *(card.step for card in cards)),
    )


@login_required
@require_safe
def document(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The session as a file of JSON, in the spelling of the schema, or with ``?case=snake`` in the API's."""
    told = export_session(person(request), pk)
    if request.GET.get("case") == "snake":
        told = snake(told)
    answer = HttpResponse(json.pretty(told), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="session-{pk}.json"'
    return answer


@login_required
@require_safe
def log(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """The whole log as a file: ``csv`` or ``jsonl``."""
    user = person(request)
    found = find_session(user, pk)
    if kind not in CONTENT_TYPES:
        raise InvalidInput("A log is given as csv or as jsonl.")
    pieces = log_file(user, LogFilter(session=found.pk), kind)
    return file_response(request, pieces, name=f"session-{pk}.{kind}", content_type=CONTENT_TYPES[kind])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """A session out of a document, from a file or as text."""
    user = person(request)
    form = ImportForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, is_new = import_session(user, form.document)
        except InvalidInput as error:
            form.take(error)
        else:
            told = "The session was imported." if is_new else "This session was imported before: here it is."
            messages.success(request, told)
            return redirect("strategy:session", made.pk)
    context = {"here_tab": "sessions", "form": form}
    return render(request, "strategy/import.html", context, status=400 if form.errors else 200)
