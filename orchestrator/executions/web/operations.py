"""The operations page: how the platform is doing, for those who run it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import NotAllowed
from orchestrator.executions.services.operations import operations


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """With ``?part=live`` only what changes, for the page to refresh itself."""
    user = person(request)
    if not (user.is_staff or user.is_admin):
        raise NotAllowed("This page is for staff. Ask an administrator if you should have access.")
    context = {"found": operations(now=utc_now())}
    live = request.GET.get("part") == "live"
    return render(request, f"executions/{'_operations' if live else 'operations'}.html", context)
