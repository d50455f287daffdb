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
    LogInSerializer,
    LoginSerializer,
    NewApiKeySerializer,
    ProfileSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from orchestrator.accounts.api.throttles import LoginThrottle
from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiKey
from orchestrator.accounts.queries import log_ins_of
from orchestrator.accounts.services.keys import create_api_key, revoke_api_key
from orchestrator.accounts.services.people import update_profile
from orchestrator.accounts.services.sessions import end_log_in, end_log_ins
from orchestrator.accounts.services.tokens import TokenPair, close_family, log_in, rotate
from orchestrator.core.api.input import valid_data
from orchestrator.core.clock import utc_now


class TokenView(APIView):
    """Log in: user name and password, and the one-time code of an account that asks for one, for tokens."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = [LoginThrottle]

    @extend_schema(
        request=LoginSerializer, responses=TokenPairSerializer, tags=["auth"], operation_id="auth_log_in"
    )
    def post(self, request: Request) -> Response:
        given = valid_data(LoginSerializer(data=request.data))
        return _pair(log_in(request._request, given["username"], given["password"], given["code"]))


class RefreshView(APIView):
    """A new pair of tokens for the newest refresh token; it is spent thereby."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = [LoginThrottle]

    @extend_schema(
        request=RefreshSerializer, responses=TokenPairSerializer, tags=["auth"], operation_id="auth_refresh"
    )
    def post(self, request: Request) -> Response:
        return _pair(rotate(valid_data(RefreshSerializer(data=request.data))["refresh"]))


class LogoutView(APIView):
    """End the log-in that a refresh token belongs to."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = [LoginThrottle]

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


class LogInsView(APIView):
    """Where one is logged in."""

    permission_classes = [HasScope, IsNoKey]

    @extend_schema(responses=LogInSerializer(many=True), tags=["me"], operation_id="log_ins_list")
    def get(self, request: Request) -> Response:
        """Browsers and programs that are logged in as this person, the latest used first."""
        current = request._request.session.session_key
        log_ins = log_ins_of(person(request), now=utc_now(), current_session=current)
        return Response(LogInSerializer(log_ins, many=True).data)

    @extend_schema(responses={204: None}, tags=["me"], operation_id="log_ins_end_all")
    def delete(self, request: Request) -> Response:
        """Log out everywhere, here too: browsers, tokens and open sockets. API keys stay."""
        user = person(request)
        end_log_ins(user, user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class LogInView(APIView):
    permission_classes = [HasScope, IsNoKey]

    @extend_schema(responses={204: None}, tags=["me"], operation_id="log_ins_end")
    def delete(self, request: Request, log_in_id: UUID) -> Response:
        """Log one browser or program out."""
        end_log_in(person(request), log_in_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _pair(pair: TokenPair) -> Response:
    return Response({"access": pair.access, "refresh": pair.refresh})
