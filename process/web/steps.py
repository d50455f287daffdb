"""Steps of a session by the buttons of its page: each calls a service and leads back to where one is then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, WrongState
from process.domain.asking import prompts_here
from process.domain.vocabulary import Form, SessionStatus
from process.models import Session
from process.queries.sessions import session_of
from process.services import sessions
from process.services.answering import set_profile, set_scope
from process.services.journeys import Place, place_of
from process.web.forms import ProfileForm, ScopeForm
from process.web.pages import refused, to_session
from process.web.questions import number_in
from process.web.standing import form_of


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin the active version."""
    return to_session(sessions.start_session(person(request)).pk)


@login_required
@require_POST
def choose_section(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, partial(sessions.select_section, key=request.POST.get("section", "")))


@login_required
@require_POST
def go_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.advance)


@login_required
@require_POST
def back(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.go_back)


@login_required
@require_POST
def leave_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.skip)


@login_required
@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.pause_session)


@login_required
@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.resume_session)


@login_required
@require_POST
def abandon(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, sessions.abandon_session)


@login_required
@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    sessions.delete_session(person(request), pk)
    messages.success(request, "The session and everything that you told in it is deleted.")
    return redirect("process:list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the person wants to tell of, by itself or as a phase of the session."""
    place = place_of(session_of(person(request), pk))
    if request.method != "POST":
        return _form_page(request, place, Form.SCOPE, form_of(place, Form.SCOPE))
    form = ScopeForm(request.POST)
    return _keep(
        request,
        place,
        Form.SCOPE,
        form,
        lambda seen: set_scope(person(request), pk, revision=seen, **form.scope()),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the person's life is made of and what to leave out, by itself or as a phase of the session."""
    place = place_of(session_of(person(request), pk))
    if request.method != "POST":
        return _form_page(request, place, Form.PROFILE, form_of(place, Form.PROFILE))
    form = ProfileForm(request.POST, own_flags=place.session.process_version.profile_flags)
    return _keep(
        request,
        place,
        Form.PROFILE,
        form,
        lambda seen: set_profile(person(request), pk, revision=seen, flags=form.cleaned_data),
    )


def _keep(
    request: HttpRequest,
    place: Place,
    kind: Form,
    form: ScopeForm | ProfileForm,
    keep: Callable[[int | None], Session],
) -> HttpResponse:
    """Store a form and go on where it was the phase's; shown again with what was typed if that fails."""
    if not form.is_valid():
        return _form_page(request, place, kind, form, status=400)
    try:
        session = keep(number_in(request.POST, "revision"))
    except InvalidInput as error:
        form.take(error)
        return _form_page(request, place, kind, form, status=400)
    except WrongState as error:
        form.add_error(None, error.message)
        return _form_page(request, place, kind, form, status=error.status)
    if "on" not in request.POST:
        messages.success(request, "Saved.")
        return to_session(session.pk)
    return _onward(request, session, kind)


def _onward(request: HttpRequest, session: Session, kind: Form) -> HttpResponse:
    """To the prompts of the phase whose form was stored, or past a phase that has none."""
    place = place_of(session_of(person(request), session.pk))
    asked = prompts_here(place.process, place.journey)
    if asked or place.process.nodes[place.journey.node_key].form is not kind:
        return to_session(session.pk, str(asked[0].id) if asked else "")
    return _made(request, session.pk, session.revision, sessions.advance)


def _form_page(
    request: HttpRequest, place: Place, kind: Form, form: ScopeForm | ProfileForm, *, status: int = 200
) -> HttpResponse:
    if place.journey.status is not SessionStatus.ACTIVE and status == 200:
        return to_session(place.session.pk)
    session = session_of(person(request), place.session.pk) if status != 200 else place.session
    context = {"session": session, "phase_form": form, "form_kind": kind.value, "on": "on" in request.POST}
    return render(request, "process/form.html", context, status=status)


def _step(request: HttpRequest, pk: UUID, step: Callable[..., object]) -> HttpResponse:
    """From the revision that the page shows."""
    return _made(request, pk, number_in(request.POST, "revision"), step)


def _made(request: HttpRequest, pk: UUID, seen: int | None, step: Callable[..., object]) -> HttpResponse:
    try:
        step(person(request), pk, revision=seen)
    except WrongState as error:
        return refused(request, pk, error)
    return to_session(pk)
