"""The operations page: how the platform is doing, for those who run it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed
from orchestrator.executions.services.cleaning import clean_by_hand
from orchestrator.executions.services.operations import operations


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """With ``?part=live`` only what changes, for the page to refresh itself."""
    user = person(request)
    if not (user.is_staff or user.is_admin):
        raise NotAllowed("This page is for staff. Ask an administrator if you should have access.")
    context = {
        "found": operations(now=utc_now()),
        "kept_days": settings.EXECUTION_RETENTION_DAYS or 30,
        "kept_failed_days": settings.FAILED_EXECUTION_RETENTION_DAYS or 90,
        "may_clean": user.is_admin,
    }
    live = request.GET.get("part") == "live"
    return render(request, f"executions/{'_operations' if live else 'operations'}.html", context)


@login_required
@require_POST
def clean(request: HttpRequest) -> HttpResponse:
    """Delete old runs now, and not at the next full hour."""
    user = person(request)
    try:
        days, failed = (int(request.POST.get(name, "")) for name in ("days", "failed_days"))
        cleaned = clean_by_hand(user, now=utc_now(), days=days, failed_days=failed)
    except (ValueError, InvalidInput):
        if not user.is_admin:
            raise NotAllowed("Only administrators delete old runs for everybody.") from None
        messages.error(request, "Say after how many days runs are old: one at least.")
    else:
        told = f"{cleaned.runs:,} runs deleted, with {cleaned.children:,} that they started."
        messages.success(request, told)
    return redirect("operations:overview")
