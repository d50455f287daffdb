"""What people do to a run: each is one call of a service, and back to the run's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput, NotFound
from orchestrator.executions.models import Execution
from orchestrator.executions.services import retrying, steering
from orchestrator.executions.web.detail import run_page
from orchestrator.executions.web.forms import CancelForm, RetryForm, SignalForm


@login_required
@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    done = "Pausing: what is under way ends, nothing new begins."
    return _act(request, pk, lambda: steering.pause_execution(person(request), pk), done)


@login_required
@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _act(request, pk, lambda: steering.resume_execution(person(request), pk), "The run goes on.")


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = CancelForm(request.POST)

    def act() -> Execution:
        reason = _checked(form)["reason"]
        return steering.cancel_execution(person(request), pk, reason=reason)

    return _act(request, pk, act, "Cancelling: running steps are stopped, waits withdrawn.")


@login_required
@require_POST
def signal(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = SignalForm(request.POST)

    def act() -> Execution:
        given = _checked(form)
        return steering.signal_execution(person(request), pk, given["name"], given["payload"])

    return _act(request, pk, act, f"The signal {request.POST.get('name', '')[:100]} was sent.")


@login_required
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = RetryForm(request.POST)

    def act() -> Execution:
        version = _checked(form)["version"] or "original"
        return retrying.retry_execution(person(request), pk, start=form.begin(), version=version)

    return _act(request, pk, act, "This is the new run.")


def _act(request: HttpRequest, pk: UUID, act: Callable[[], Execution], done: str) -> HttpResponse:
    """Do it and show the run it gives; what stands against it is said on the page of the run."""
    try:
        run = act()
    except NotFound:
        raise
    except DomainError as error:
        return run_page(request, pk, error)
    messages.success(request, done)
    return redirect("executions:detail", run.pk)


def _checked(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        raise InvalidInput(f"{form.fields[name].label or name.capitalize()}: {faults[0]}")
    return form.cleaned_data
