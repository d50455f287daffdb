"""How API clients say who they are: an API key, or an access token from a log-in."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication

from orchestrator.accounts.models import ApiKey, User
from orchestrator.accounts.services.keys import use_api_key
from orchestrator.accounts.services.tokens import user_of_token
from orchestrator.core.clock import utc_now
from orchestrator.core.context import acts_for


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Api-Key orc_…``. The key becomes ``request.auth``, for its scopes."""

    keyword = "Api-Key"

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        kind, _, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != self.keyword.lower():
            return None
        key = use_api_key(secret.strip(), now=utc_now())
        if key is None:
            raise AuthenticationFailed("This API key is not valid, was revoked or has expired.")
        acts_for(key.user_id)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class AccessTokenAuthentication(JWTAuthentication):
    """``Authorization: Bearer …`` with an access token of a log-in that was not ended."""

    def get_user(self, validated_token: Any) -> User:  # type: ignore[override]  # a person of ours
        user = user_of_token(validated_token, now=utc_now())
        if user is None:
            raise AuthenticationFailed("This log-in was ended; log in again.", code="login_ended")
        return user

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            acts_for(found[0].pk)
        return found


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key orc_…`, the two words included. Made at `me/api-keys/`.",
        }


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = AccessTokenAuthentication
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token from `auth/token/`, good for minutes.",
        }
