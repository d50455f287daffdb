"""Logging in and out, one's profile, one's API keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.api.permissions import HasScope, IsNoKey
from orchestrator.accounts.api.serializers import (
    ApiKeySerializer,
    LoginSerializer,
    NewApiKeySerializer,
    ProfileSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey
from orchestrator.accounts.services.keys import create_api_key, revoke_api_key
from orchestrator.accounts.services.people import update_profile
from orchestrator.accounts.services.tokens import TokenPair, close_family, log_in, rotate
from orchestrator.core.api.input import valid_data


class TokenView(APIView):
    """Log in: user name and password for an access and a refresh token."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(
        request=LoginSerializer, responses=TokenPairSerializer, tags=["auth"], operation_id="auth_log_in"
    )
    def post(self, request: Request) -> Response:
        given = valid_data(LoginSerializer(data=request.data))
        return _pair(log_in(given["username"], given["password"]))


class RefreshView(APIView):
    """A new pair of tokens for the newest refresh token; it is spent thereby."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(
        request=RefreshSerializer, responses=TokenPairSerializer, tags=["auth"], operation_id="auth_refresh"
    )
    def post(self, request: Request) -> Response:
        return _pair(rotate(valid_data(RefreshSerializer(data=request.data))["refresh"]))


class LogoutView(APIView):
    """End the log-in that a refresh token belongs to."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(
        request=RefreshSerializer, responses={204: None}, tags=["auth"], operation_id="auth_log_out"
    )
    def post(self, request: Request) -> Response:
        close_family(valid_data(RefreshSerializer(data=request.data))["refresh"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """One's own profile and preferences."""

    @extend_schema(responses=ProfileSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(person(request)).data)

    @extend_schema(
        request=ProfileSerializer, responses=ProfileSerializer, tags=["me"], operation_id="me_update"
    )
    def patch(self, request: Request) -> Response:
        """Change one's own profile and preferences; what is not given stays."""
        user = person(request)
        fields = valid_data(ProfileSerializer(user, data=request.data, partial=True))
        return Response(ProfileSerializer(update_profile(user, **fields)).data)


@extend_schema_view(get=extend_schema(tags=["me"], operation_id="api_keys_list"))
class ApiKeysView(ListAPIView[ApiKey]):
    """One's API keys."""

    serializer_class = ApiKeySerializer
    permission_classes = [HasScope, IsNoKey]
    queryset = ApiKey.objects.none()

    def get_queryset(self) -> Any:
        return ApiKey.objects.visible_to(self.request.user)

    @extend_schema(
        request=ApiKeySerializer,
        responses={201: NewApiKeySerializer},
        tags=["me"],
        operation_id="api_keys_create",
    )
    def post(self, request: Request) -> Response:
        """Make a key. Its secret stands in this answer and nowhere else."""
        given = valid_data(ApiKeySerializer(data=request.data))
        key, secret = create_api_key(person(request), **given)
        answer = {**ApiKeySerializer(key).data, "key": secret}
        return Response(answer, status=status.HTTP_201_CREATED)


class ApiKeyView(APIView):
    permission_classes = [HasScope, IsNoKey]

    @extend_schema(responses={204: None}, tags=["me"], operation_id="api_keys_revoke")
    def delete(self, request: Request, key_id: UUID) -> Response:
        """Revoke a key. It stops working at once."""
        revoke_api_key(person(request), key_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _pair(pair: TokenPair) -> Response:
    return Response({"access": pair.access, "refresh": pair.refresh})
