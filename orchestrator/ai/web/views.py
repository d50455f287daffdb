"""The page of AI providers: one's keys, and what one has spent this month."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.ai.domain.catalog import PROVIDERS
from orchestrator.ai.queries import providers_for, spending_by_provider, spending_of
from orchestrator.ai.services.checking import check_key
from orchestrator.ai.services.credentials import delete_credential, keyed_provider, set_credential
from orchestrator.ai.web.forms import KeyForm
from orchestrator.core.errors import InvalidInput


@never_cache
@login_required
@require_safe
def settings_page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def set_key(request: HttpRequest, provider: str) -> HttpResponse:
    """Add or replace one's key; the page again, with what is wrong, if it cannot be one."""
    info = keyed_provider(provider)
    form = KeyForm.of(provider, request.POST)
    if form.is_valid():
        try:
            set_credential(person(request), provider, form.cleaned_data["key"])
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"Your key for {info.title} is stored.")
            return redirect("ai:settings")
    return _page(request, provider, form)


@login_required
@require_POST
def delete_key(request: HttpRequest, provider: str) -> HttpResponse:
    delete_credential(person(request), provider)
    messages.success(request, f"Your key for {PROVIDERS[provider].title} is deleted.")
    return redirect("ai:settings")


@login_required
@require_POST
def test_key(request: HttpRequest, provider: str) -> HttpResponse:
    check = check_key(person(request), provider)
    tell = messages.success if check.works else messages.error
    tell(request, check.message)
    return redirect("ai:settings")


def _page(request: HttpRequest, provider: str = "", form: KeyForm | None = None) -> HttpResponse:
    user = person(request)
    states = providers_for(user)
    names = {each.info.name: each.info.title for each in states}
    context = {
        "providers": [
            {"state": each, "form": form if each.info.name == provider else KeyForm.of(each.info.name)}
            for each in states
        ],
        "spending": spending_of(user),
        "by_provider": [
            (names.get(each.provider, each.provider), each) for each in spending_by_provider(user)
        ],
    }
    return render(request, "ai/settings.html", context, status=400 if form is not None else 200)
