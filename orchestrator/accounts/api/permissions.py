"""What a logged-in person or a program with a key may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from orchestrator.accounts.models import ApiKey, ApiScope

if TYPE_CHECKING:  # DRF's views load this module while they are being loaded
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsNoKey(BasePermission):
    """For what makes or takes keys: a key that leaks must not be able to make itself others."""

    message = "An API key cannot make or revoke keys. Log in to do it."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.method in SAFE_METHODS or not isinstance(request.auth, ApiKey)


class HasScope(BasePermission):
    """Logged in; and a key must have the scope that the view asks for: ``required_scope`` on the view,
    else ``read`` for reading and ``write`` for the rest.
    """

    message = "You may not do this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        if not isinstance(request.auth, ApiKey):
            return True
        needed = self._needed(request, view)
        self.message = f'This API key lacks the scope "{needed}".'
        return needed in request.auth.scopes

    @staticmethod
    def _needed(request: Request, view: APIView) -> str:
        if request.method in SAFE_METHODS:
            return ApiScope.READ.value
        scope: str = getattr(view, "required_scope", ApiScope.WRITE.value)
        return scope
