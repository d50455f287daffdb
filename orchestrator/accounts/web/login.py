"""Logging in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from orchestrator.accounts.services.people import DEMO_PASSWORD, demo_people
from orchestrator.accounts.web.forms import LoginForm


@method_decorator(never_cache, name="dispatch")
class Login(LoginView):
    """Django's log-in page. Where the demo may exist and does, its people are offered."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_people() if settings.DEMO_ALLOWED else []
        return super().get_context_data(**kwargs, demo_people=people, demo_password=DEMO_PASSWORD)
