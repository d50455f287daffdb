"""The page that says what each role may do."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.roles import RIGHTS


@login_required
@require_safe
def roles_page(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/roles.html", {"rights": RIGHTS})
