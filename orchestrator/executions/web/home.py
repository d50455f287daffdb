"""The first page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.executions.queries.home import home_of
from orchestrator.executions.web.approvals import answerable


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """With ``?part=live`` only what changes by itself, for the page to refresh."""
    user = person(request)
    found = home_of(user, now=utc_now())
    context = {"home": found, "questions": answerable(user, found.approvals), "next": "/"}
    template = "executions/_home_live.html" if request.GET.get("part") == "live" else "executions/home.html"
    return render(request, template, context)
