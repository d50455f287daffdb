"""Firing by hand: a trigger's own button, and a delivery once more."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.executions.services.firing import fire_by_hand
from orchestrator.executions.services.receiving import replay_delivery


@login_required
@require_POST
def fire(request: HttpRequest, pk: UUID, trigger_id: UUID) -> HttpResponse:
    """Start a run as the trigger would; what keeps it from starting is said on the trigger's page."""
    try:
        run = fire_by_hand(person(request), pk, trigger_id)
    except (InvalidInput, WrongState) as error:
        messages.error(request, error.message)
        return redirect("workflows:trigger", pk, trigger_id)
    messages.success(request, "This is the new run.")
    return redirect("executions:detail", run.pk)


@login_required
@require_POST
def replay(request: HttpRequest, pk: UUID, trigger_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Start a run from a delivery that is kept."""
    try:
        run = replay_delivery(person(request), pk, trigger_id, delivery_id)
    except (InvalidInput, WrongState) as error:
        messages.error(request, error.message)
        return redirect("workflows:trigger", pk, trigger_id)
    messages.success(request, "Delivered again: this is the new run.")
    return redirect("executions:detail", run.pk)
