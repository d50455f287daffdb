"""The log of a session: a page of it, narrowed by what, who, which step and when, and the same as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.core.params import texts_of
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.paging import keyset_page
from orchestrator.core.web.streaming import file_response
from trading.strategy.access import find_session
from trading.strategy.models import StrategicSession
from trading.strategy.queries.logs import CONTENT_TYPES, LogFilter, actors_in, events_in, log_file, log_of


class _Moment(forms.DateTimeInput):
    """To the minute, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "input-sm"}, format="%Y-%m-%dT%H:%M")


class LogForm(StyledForm):
    """What a reader asks for; all of it may be left out."""

    event = forms.CharField(required=False, max_length=60)
    actor = forms.CharField(required=False, max_length=150)
    step = forms.IntegerField(required=False, min_value=0, max_value=100_000)
    after = forms.DateTimeField(required=False, label="From", widget=_Moment)
    before = forms.DateTimeField(required=False, label="To", widget=_Moment)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        after, before = data.get("after"), data.get("before")
        if after and before and before <= after:
            self.add_error("before", "This is not after the beginning.")
        return data

    def wanted(self, session: StrategicSession) -> LogFilter:
        """By what of it can be read."""
        data = self.cleaned_data
        return LogFilter(
            session=session.pk,
            event=data.get("event", ""),
            actor=data.get("actor", ""),
            step=data.get("step"),
            after=data.get("after"),
            before=data.get("before"),
        )


def _asked(request: HttpRequest) -> LogForm:
    given = texts_of(request.GET, LogForm.base_fields)
    form = LogForm(given, auto_id="log-%s")
    form.is_valid()
    return form


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest first."""
    user = person(request)
    session = find_session(user, pk)
    form = _asked(request)
    chosen = texts_of(request.GET, form.fields)
    context = {
        "here_tab": "sessions",
        "session": session,
        "form": form,
        "chosen": chosen,
        "query": urlencode(chosen),
        "log": keyset_page(request, log_of(user, form.wanted(session)), ordering="-seq", size=50),
        "events": events_in(session),
        "actors": actors_in(session),
        "steps": list(session.steps.order_by("position").values_list("position", "title")),
    }
    return render(request, "strategy/log.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def file(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """What fits the same filters, the oldest first: ``csv`` or ``jsonl``."""
    user = person(request)
    session = find_session(user, pk)
    if kind not in CONTENT_TYPES:
        raise InvalidInput("A log is given as csv or as jsonl.")
    form = _asked(request)
    if form.errors:
        raise InvalidInput(
            "These filters cannot be read.",
            fields={name: [str(each) for each in told] for name, told in form.errors.items()},
        )
    pieces = log_file(user, form.wanted(session), kind)
    return file_response(request, pieces, name=f"session-{pk}.{kind}", content_type=CONTENT_TYPES[kind])
