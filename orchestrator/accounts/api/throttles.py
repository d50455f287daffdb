"""How often the API may be called: by each person, each key, and each address that nobody is known at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from orchestrator.accounts.models import ApiKey
from orchestrator.core.rates import seconds_to_wait

if TYPE_CHECKING:  # DRF's views load this module while they are being loaded
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ApiThrottle(BaseThrottle):
    """A refusal answers 429 and says in ``Retry-After`` when the window ends."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        kind, who = self._caller(request)
        self._wait = seconds_to_wait(f"api:{kind}", who, settings.API_RATES[kind])
        return not self._wait

    def wait(self) -> float:
        return self._wait

    def _caller(self, request: Request) -> tuple[str, str]:
        if isinstance(request.auth, ApiKey):
            return "key", str(request.auth.pk)
        if request.user.is_authenticated:
            return "user", str(request.user.pk)
        return "anonymous", address(request)


class LoginThrottle(ApiThrottle):
    """For what takes passwords, codes and tokens: by address, whoever it claims to be."""

    def _caller(self, request: Request) -> tuple[str, str]:
        return "login", address(request)


def address(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
