"""The page of a session: its steps while they are made and reviewed; sessions in and out."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from orchestrator.accounts.current import person
from orchestrator.core import json
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.following import follow, mark_of
from orchestrator.core.web.forms import sent
from orchestrator.executions.models import Execution
from trading.strategy.access import May, find_session, rights_in
from trading.strategy.domain.documents import snake
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.queries.logs import LogFilter, log_of
from trading.strategy.queries.session_page import cards_of, now_of
from trading.strategy.queries.spending import spent_on
from trading.strategy.services.documents import export_session, import_session
from trading.strategy.web.forms import ImportForm

_NEWEST: Final = 6
"""Of the log; all of it has a page of its own."""


@login_required
@require_safe
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All its steps, and the newest of its log; while its run works, it follows."""
    user = person(request)
    found = find_session(user, pk)
    cards = cards_of(found)
    rights = rights_in(user, found.corporation) or May.READ
    has_run = found.execution_id is not None
    goes_on = has_run and found.status in (SessionStatus.ACTIVE, SessionStatus.PAUSED)
    context = {
        "here_tab": "sessions",
        "session": found,
        "cards": cards,
        "spent": spent_on(found),
        "done": sum(card.step.status == StepStatus.COMPLETED for card in cards),
        "now": now_of(found, cards),
        "may_work": rights >= May.WORK,
        "may_delete": rights >= (May.WORK if found.created_by_id == user.pk else May.OWN),
        "goes_on": goes_on,
        "run": Execution.objects.visible_to(user).filter(pk=found.execution_id).values("pk").first(),
        "log": list(log_of(user, LogFilter(session=found.pk)).order_by("-seq")[:_NEWEST]),
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
