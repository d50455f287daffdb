"""One's own profile, preferences and notifications: one page per subject under /settings/."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import Theme, User
from orchestrator.accounts.services.people import update_profile
from orchestrator.accounts.web.forms import (
    NotificationsForm,
    PreferencesForm,
    ProfileForm,
    time_zone_names,
)
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm

_PARTS: Final[dict[str, type[StyledForm]]] = {"profile": ProfileForm, "preferences": PreferencesForm}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile_page(request: HttpRequest) -> HttpResponse:
    """Profile and display; ``part`` says which of the forms was sent."""
    user = person(request)
    forms = {name: _unsent(user, kind, name) for name, kind in _PARTS.items()}
    part = request.POST.get("part", "")
    if part in _PARTS:
        forms[part] = _PARTS[part](request.POST, auto_id=f"{part}_%s")
        if _saved(user, forms[part]):
            messages.success(request, "Saved.")
            return redirect("accounts:settings")
    context = {**forms, "time_zones": time_zone_names()}
    return render(request, "accounts/settings.html", context, status=_status(*forms.values()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notifications_page(request: HttpRequest) -> HttpResponse:
    """How one is told, and about what."""
    user = person(request)
    form: StyledForm = _unsent(user, NotificationsForm, "id")
    if request.method == "POST":
        form = NotificationsForm(request.POST)
        if _saved(user, form):
            messages.success(request, "Saved.")
            return redirect("accounts:notifications")
    return render(request, "accounts/notifications.html", {"form": form}, status=_status(form))


@login_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Store the theme; a script is answered with nothing, a form goes back to its page."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        raise InvalidInput(f"Choose a theme: {', '.join(Theme.values)}.")
    update_profile(person(request), theme=theme)
    return _back(request)


@login_required
@require_POST
def set_time_zone(request: HttpRequest) -> HttpResponse:
    """The answer to the offer of the first visit: the browser's zone, or the one that was in use so far."""
    update_profile(person(request), time_zone=request.POST.get("time_zone", ""))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    if request.headers.get("x-requested-with") == "fetch":
        return HttpResponse(status=204)
    back = request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "home")


def _saved(user: User, form: StyledForm) -> bool:
    if not form.is_valid():
        return False
    try:
        update_profile(user, **form.cleaned_data)
    except InvalidInput as error:
        form.take(error)
        user.refresh_from_db()
        return False
    return True


def _unsent(user: User, kind: type[StyledForm], prefix: str) -> StyledForm:
    values: dict[str, Any] = {name: getattr(user, name) for name in kind.base_fields}
    return kind(initial=values, auto_id=f"{prefix}_%s")


def _status(*forms: StyledForm) -> int:
    return 400 if any(form.errors for form in forms) else 200
