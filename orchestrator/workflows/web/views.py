"""Saved views: the library's filters under a name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.services.views import forget_view, save_view


@login_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Under the name given; one of that name is replaced."""
    query = request.POST.get("query", "")
    try:
        view = save_view(person(request), name=request.POST.get("name", ""), query=query)
    except InvalidInput as error:
        messages.error(request, error.message)
        return redirect("workflows:list")
    messages.success(request, f"Saved as “{view.name}”.")
    return redirect(f"{reverse('workflows:list')}?{view.query}")


@login_required
@require_POST
def forget(request: HttpRequest, pk: UUID) -> HttpResponse:
    forget_view(person(request), pk)
    messages.success(request, "View forgotten. The workflows are where they were.")
    return redirect("workflows:list")
