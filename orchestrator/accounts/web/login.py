"""Logging in and out: the password, and the one-time code where an account asks for one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from orchestrator.accounts.models import User
from orchestrator.accounts.services.logging_in import (
    BadCode,
    LockedOut,
    check_code,
)
from orchestrator.accounts.services.people import DEMO_PASSWORD, demo_people
from orchestrator.accounts.services.sessions import log_in_browser
from orchestrator.accounts.services.telling import tell_sockets
from orchestrator.accounts.services.two_step import has_two_steps
from orchestrator.accounts.web.forms import CodeForm, LoginForm
from orchestrator.core.clock import utc_now
from orchestrator.core.context import acts_for
from orchestrator.core.errors import DomainError, NotAllowed
from orchestrator.core.web.forms import sent

_PENDING: Final = "second_step"
_PENDING_FOR: Final = timedelta(minutes=10)


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """The log-in page of everything, the admin included. The demo's people are offered where they may be."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_people() if settings.DEMO_ALLOWED else []
        extra = {"demo_people": people, "demo_password": DEMO_PASSWORD, "sign_up": settings.SIGN_UP}
        return super().get_context_data(**kwargs, **extra)

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        user = form.get_user()
        leads_to = self.get_success_url()
        acts_for(user.pk)
        if has_two_steps(user):
            _remember(self.request, user, leads_to)
            return HttpResponseRedirect(reverse("accounts:second-step"))
        log_in_browser(self.request, user)
        return HttpResponseRedirect(leads_to)

    def form_invalid(self, form: Any) -> HttpResponse:
        answer = super().form_invalid(form)
        return _told(answer, form.refused)


class Logout(LogoutView):
    """The session goes, and with it the sockets that stood on it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        answer: HttpResponse = super().post(request, *args, **kwargs)
        if isinstance(user, User):
            tell_sockets(user)
        return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The one-time code of somebody whose password was right a moment ago."""
    user = _pending(request)
    if user is None:
        return redirect("accounts:login")
    form = CodeForm(sent(request))
    refused: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            acts_for(user.pk)
            check_code(request, user, form.cleaned_data["code"])
        except (BadCode, LockedOut) as error:
            refused = error
            form.add_error("code", error.message)
        else:
            leads_to = request.session[_PENDING]["next"]
            del request.session[_PENDING]
            log_in_browser(request, user)
            return HttpResponseRedirect(leads_to)
    return _told(render(request, "accounts/second_step.html", {"form": form}), refused)


def admin_login(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """In place of the admin's own form, which knows neither one-time codes nor sign-outs."""
    leads_to = request.GET.get("next") or reverse("admin:index")
    if request.user.is_authenticated:
        raise NotAllowed("The administration is for staff. Ask an administrator if you should have access.")
    return HttpResponseRedirect(f"{reverse('accounts:login')}?{urlencode({'next': leads_to})}")


def _remember(request: HttpRequest, user: User, leads_to: str) -> None:
    request.session[_PENDING] = {
        "user": str(user.pk),
        "until": (utc_now() + _PENDING_FOR).timestamp(),
        "proof": user.get_session_auth_hash(),
        "next": leads_to,
    }


def _pending(request: HttpRequest) -> User | None:
    """Whose code is awaited; nobody if it took too long, or the password was changed meanwhile."""
    pending = request.session.get(_PENDING)
    if pending is None or pending["until"] < utc_now().timestamp():
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == pending["proof"] else None


def _told(answer: HttpResponse, refused: DomainError | None) -> HttpResponse:
    if isinstance(refused, LockedOut):
        answer.status_code = refused.status
        answer["Retry-After"] = str(refused.wait)
    return answer
