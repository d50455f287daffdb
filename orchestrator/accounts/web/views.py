"""Logging in, and one's own settings."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey, Theme, User
from orchestrator.accounts.services.keys import create_api_key, revoke_api_key
from orchestrator.accounts.services.people import DEMO_PASSWORD, demo_people, update_profile
from orchestrator.accounts.web.forms import ApiKeyForm, LoginForm, PreferencesForm, ProfileForm
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm

_FORMS: Final[dict[str, type[StyledForm]]] = {"profile": ProfileForm, "preferences": PreferencesForm}


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """Django's log-in page. Where the demo may exist and does, its people are offered."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_people() if settings.DEMO_ALLOWED else []
        return super().get_context_data(**kwargs, demo_people=people, demo_password=DEMO_PASSWORD)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """Profile, preferences and keys; ``part`` says which of the forms was sent."""
    user = person(request)
    part = request.POST.get("part", "")
    if part not in _FORMS:
        return _settings(request, user, {})
    form = _FORMS[part](request.POST, auto_id=f"{part}_%s")
    if form.is_valid() and _saved(user, form):
        messages.success(request, "Saved.")
        return redirect("accounts:settings")
    return _settings(request, user, {part: form})


@login_required
@require_POST
def create_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show its secret in the answer, this once."""
    user = person(request)
    form = ApiKeyForm(request.POST, auto_id="key_%s")
    if form.is_valid():
        lifetime = form.lifetime_given()
        given = form.cleaned_data
        try:
            key, secret = create_api_key(
                user,
                name=given["name"],
                scopes=given["scopes"],
                expires_at=utc_now() + lifetime if lifetime else None,
            )
        except InvalidInput as error:
            form.take(error)
        else:
            return _settings(request, user, {}, new_key=key, secret=secret)
    return _settings(request, user, {"key": form})


@login_required
@require_POST
def revoke_key(request: HttpRequest, pk: UUID) -> HttpResponse:
    key = revoke_api_key(person(request), pk)
    messages.success(request, f"“{key.name}” no longer works.")
    return redirect("accounts:settings")


@login_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Store the theme; a script is answered with nothing, a form goes back to its page."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        raise InvalidInput(f"Choose a theme: {', '.join(Theme.values)}.")
    update_profile(person(request), theme=theme)
    if request.headers.get("x-requested-with") == "fetch":
        return HttpResponse(status=204)
    back = request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "home")


def _saved(user: User, form: StyledForm) -> bool:
    try:
        update_profile(user, **form.cleaned_data)
    except InvalidInput as error:
        form.take(error)
        user.refresh_from_db()
        return False
    return True


def _settings(
    request: HttpRequest, user: User, forms: dict[str, StyledForm], **extra: object
) -> HttpResponse:
    blank = {name: kind(initial=_values(user, kind), auto_id=f"{name}_%s") for name, kind in _FORMS.items()}
    key_form = ApiKeyForm(auto_id="key_%s", initial={"scopes": ["read"], "lifetime": "90"})
    context = {"key": key_form, **blank, **forms, **extra, "keys": ApiKey.objects.visible_to(user)}
    failed = any(form.errors for form in forms.values())
    return render(request, "accounts/settings.html", context, status=400 if failed else 200)


def _values(user: User, kind: type[StyledForm]) -> dict[str, Any]:
    return {name: getattr(user, name) for name in kind.base_fields}
