"""The page of one's API keys."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey
from orchestrator.accounts.services.keys import create_api_key, revoke_api_key
from orchestrator.accounts.web.forms import ApiKeyForm
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys_page(request: HttpRequest) -> HttpResponse:
    """All keys, and the form for a new one, whose secret stands in the answer, this once."""
    user = person(request)
    context: dict[str, object] = {"now": utc_now()}
    form = _blank()
    if request.method == "POST":
        form = ApiKeyForm(request.POST, auto_id="key_%s")
        made = _made(request, form)
        if made is not None:
            context["new_key"], context["secret"] = made
            form = _blank()
    context |= {"key": form, "keys": ApiKey.objects.visible_to(user)}
    return render(request, "accounts/api_keys.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    key = revoke_api_key(person(request), pk)
    messages.success(request, f"“{key.name}” no longer works.")
    return redirect("accounts:api-keys")


def _made(request: HttpRequest, form: ApiKeyForm) -> tuple[ApiKey, str] | None:
    if not form.is_valid():
        return None
    given, lifetime = form.cleaned_data, form.lifetime_given()
    try:
        return create_api_key(
            person(request),
            name=given["name"],
            scopes=given["scopes"],
            expires_at=utc_now() + lifetime if lifetime else None,
        )
    except InvalidInput as error:
        form.take(error)
        return None


def _blank() -> ApiKeyForm:
    return ApiKeyForm(auto_id="key_%s", initial={"scopes": ["read"], "lifetime": "90"})
