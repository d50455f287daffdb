"""Whom a session is lent to, what a person was lent, and everything that is stored, to take along."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.web.forms import StyledForm, sent
from orchestrator.core.web.paging import keyset_page
from orchestrator.core.web.streaming import file_response
from process.queries.lending import lent_to, readers_of
from process.queries.sessions import own_session, session_of
from process.services import lending
from process.services.exports import Download, export_all, export_session


class LendForm(StyledForm):
    reader = forms.CharField(
        label="User name or e-mail address",
        max_length=254,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def readers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who reads the session, what they see of it, and somebody more."""
    user = person(request)
    session = session_of(user, pk)
    form, status = LendForm(sent(request)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                grant = lending.lend_session(user, pk, reader=form.cleaned_data["reader"])
            except InvalidInput as error:
                form.take(error)
            except DomainError as error:
                form.add_error(None, error.message)
                status = error.status
            else:
                messages.success(request, f"{grant.user.username} can read it now.")
                return redirect("process:readers", pk)
    context = {"session": session, "form": form, "grants": readers_of(session)}
    return render(request, "process/readers.html", context, status=status)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: UUID, reader_id: UUID) -> HttpResponse:
    lending.take_back(person(request), pk, reader_id=reader_id)
    messages.success(request, "Taken back. Nothing of it can be read there any more.")
    return redirect("process:readers", pk)


@login_required
@require_safe
def lent(request: HttpRequest) -> HttpResponse:
    """What others let the person read."""
    page = keyset_page(request, lent_to(person(request)), ordering="-id", size=20)
    return render(request, "process/lent.html", {"page": page})


@login_required
@require_POST
def give_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    lending.give_back(person(request), pk)
    messages.success(request, "Given back. It is no longer on your list.")
    return redirect("process:lent")


@login_required
@require_safe
def export(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Everything that is stored of a session, for its person alone."""
    return _sent(request, export_session(own_session(person(request), pk)))


@login_required
@require_safe
def everything(request: HttpRequest) -> HttpResponseBase:
    """All of the person's sessions at once."""
    return _sent(request, export_all(person(request)))


def _sent(request: HttpRequest, file: Download) -> HttpResponseBase:
    return file_response(request, file.pieces, name=file.name, content_type=file.content_type)
