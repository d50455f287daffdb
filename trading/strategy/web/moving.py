"""Beginning sessions, moving them, and what people say of their steps."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.web.forms import sent
from trading.strategy.access import May, find_session
from trading.strategy.models import StrategicStep
from trading.strategy.services import reviewing, sessions
from trading.strategy.services.changing import put_away
from trading.strategy.web.edit_form import EditForm, is_free_form
from trading.strategy.web.forms import StartForm
from trading.strategy.web.rows import moved

_TOLD: Final = {
    "accept": "Accepted. The session goes on.",
    "again": "It is asked again, with your remark.",
    "retry": "It is tried again.",
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A form for corporation, objective and steps; then the session."""
    user = person(request)
    if not user.may_build:
        raise NotAllowed("Viewers may not begin sessions.")
    form = StartForm(user, sent(request), initial={"corporation": request.GET.get("corporation", "")})
    if request.method == "POST" and form.is_valid():
        try:
            session, _ = sessions.start_session(user, **form.given())
        except InvalidInput as error:
            form.take(error)
        except WrongState as error:
            form.add_error(None, error.message)
        else:
            return redirect("strategy:session", session.pk)
    context = {"here_tab": "sessions", "form": form}
    return render(request, "strategy/new.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    sessions.pause_session(person(request), pk)
    messages.success(request, "The session is paused: no further step begins.")
    return redirect("strategy:session", pk)


@login_required
@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    sessions.resume_session(person(request), pk)
    messages.success(request, "The session goes on.")
    return redirect("strategy:session", pk)


@login_required
@require_POST
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    put_away(person(request), pk)
    messages.success(request, "The session is archived and stays as it is.")
    return redirect("strategy:session", pk)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    sessions.delete_session(person(request), pk)
    messages.success(request, "The session is deleted.")
    return redirect("strategy:sessions")


@login_required
@require_POST
def review(request: HttpRequest, pk: UUID, position: int) -> HttpResponse:
    """``action``: accept, again with a remark, or retry after an error."""
    user, action = person(request), request.POST.get("action", "")
    match action:
        case "accept":
            reviewing.accept_step(user, pk, position, comment=request.POST.get("comment", ""))
        case "again":
            reviewing.ask_again(user, pk, position, remark=request.POST.get("remark", ""))
        case "retry":
            reviewing.retry_step(user, pk, position)
        case _:
            find_session(user, pk, May.WORK)
            raise InvalidInput("A step is accepted, asked again, or tried again.")
    messages.success(request, _TOLD[action])
    return redirect(_at(pk, position))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: UUID, position: int) -> HttpResponse:
    """Other words in place of an answer: field by field, or with ``?as=json`` as one text.

    ``act`` adds a row to a list of the form, takes one out or moves it, and stores nothing.
    """
    user = person(request)
    step = _step(request, pk, position)
    if not step.awaits_review:
        raise WrongState(f"Step {position + 1} does not wait for a review.")
    schema, as_json = reviewing.schema_of(step), request.GET.get("as") == "json"
    draft, focus = moved(request.POST, request.POST["act"]) if request.POST.get("act") else (None, None)
    form = EditForm(step, schema, None if draft else sent(request), draft=draft, as_json=as_json)
    if focus is not None and focus.verb == "add":
        form.focus(focus.row)
    if request.method == "POST" and draft is None and form.is_valid():
        try:
            reviewing.edit_step(user, pk, position, **form.given())
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, "Your words stand there now. Accept the step when it is right.")
            return redirect(_at(pk, position))
    context: dict[str, Any] = {
        "here_tab": "sessions",
        "session": step.session,
        "step": step,
        "form": form,
        "as_json": as_json,
        "may_json": is_free_form(schema),
        "focus": focus,
    }
    part = "strategy/_edit_form.html" if request.headers.get("HX-Request") else "strategy/edit_step.html"
    return render(request, part, context, status=400 if form.has_faults else 200)


def _step(request: HttpRequest, pk: UUID, position: int) -> StrategicStep:
    session = find_session(person(request), pk, May.WORK)
    step = session.steps.filter(position=position).prefetch_related("recommendations").first()
    if step is None:
        raise NotFound(f"This session has no step {position + 1}.")
    step.session = session
    return step


def _at(pk: UUID, position: int) -> str:
    return f"{reverse('strategy:session', args=[pk])}#step-{position}"
