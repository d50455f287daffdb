"""The API of characters: who agreed to what, beginning EVE's log-in, and letting go. Never a token."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from trading.eve.sso import SCOPES
from trading.strategy.access import May, find_corporation
from trading.strategy.models import Character
from trading.strategy.services import characters as services
from trading.strategy.services.log_ins import keep_attempt

TAG: Final = ["corporations"]
_WALLETS: Final = "esi-wallet.read_corporation_wallets.v1"
SCOPE_CHOICES: Final = [(scope, reason) for scope, reason in SCOPES.items()]


class CharacterSerializer(serializers.ModelSerializer[Character]):
    character_id = serializers.CharField(help_text="EVE's own number")
    scopes = serializers.ListField(child=serializers.CharField(), help_text="What its player agreed to")
    fault = serializers.CharField(help_text="Why it can no longer be used; empty: it can")

    class Meta:
        model = Character
        fields = ("id", "character_id", "name", "scopes", "fault", "created_at", "updated_at")


class BeginLogInSerializer(serializers.Serializer[Any]):
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=SCOPE_CHOICES),
        max_length=len(SCOPE_CHOICES),
        help_text="What may be read",
    )


class AskedScopeSerializer(serializers.Serializer[Any]):
    scope = serializers.CharField()
    reason = serializers.CharField(help_text="What it is for, as its player should be told before")


class BegunLogInSerializer(serializers.Serializer[Any]):
    url = serializers.URLField(help_text="To be opened in a browser that is logged in here as you")
    scopes = AskedScopeSerializer(many=True)
    expires_at = serializers.DateTimeField(help_text="Until when EVE's answer is taken")


CHARACTER: Final = OpenApiExample(
    "A character",
    value={
        "id": "019a1b2c-5555-7f50-8a6b-7c8d9e0f1a2b",
        "character_id": "90000001",
        "name": "Generated Pilot",
        "scopes": [_WALLETS],
        "fault": "",
        "created_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-22T12:00:00Z",
    },
    response_only=True,
    status_codes=["200", "202"],
)
BEGIN: Final = OpenApiExample("Wallets only", value={"scopes": [_WALLETS]}, request_only=True)
BEGUN: Final = OpenApiExample(
    "Where to go",
    value={
        "url": "https://login.example/v2/oauth/authorize?response_type=code&state=…",
        "scopes": [{"scope": _WALLETS, "reason": SCOPES[_WALLETS]}],
        "expires_at": "2026-11-22T12:15:00Z",
    },
    response_only=True,
)


@extend_schema_view(get=extend_schema(tags=TAG, operation_id="corporations_characters", examples=[CHARACTER]))
class CorporationCharactersView(ListAPIView[Character]):
    """Characters that agreed to have the corporation read. For its owner."""

    queryset = Character.objects.none()
    serializer_class = CharacterSerializer

    def get_queryset(self) -> QuerySet[Character]:
        if getattr(self, "swagger_fake_view", False):
            return Character.objects.none()
        corporation = find_corporation(person(self.request), self.kwargs["pk"], May.OWN)
        return corporation.characters.defer("access_token", "refresh_token")

    @extend_schema(
        request=BeginLogInSerializer,
        responses=BegunLogInSerializer,
        examples=[BEGIN, BEGUN],
        tags=TAG,
        operation_id="corporations_begin_log_in",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Begin EVE's log-in: open the address in a browser.

        EVE sends the browser back to this server, where you must be logged in; then the character is
        connected. 409 for a generated corporation, and where the server is not registered with EVE.
        """
        user, data = person(request), valid_data(BeginLogInSerializer(data=request.data))
        chosen = frozenset(data["scopes"])
        back = settings.BASE_URL + reverse("strategy:eve-back")
        attempt = services.begin_connecting(user, pk, scopes=chosen, redirect_uri=back)
        until = keep_attempt(user, pk, attempt)
        asked = [{"scope": scope, "reason": SCOPES[scope]} for scope in SCOPES if scope in chosen]
        begun = {"url": attempt.url, "scopes": asked, "expires_at": until}
        return Response(BegunLogInSerializer(begun).data)


class CharacterView(APIView):
    @extend_schema(
        responses={202: CharacterSerializer},
        examples=[CHARACTER],
        tags=TAG,
        operation_id="corporations_disconnect_character",
    )
    def delete(self, request: Request, pk: UUID) -> Response:
        """Disconnect it: it is not used any more, and gone when EVE was told to forget the consent."""
        leaving = services.disconnect_character(person(request), pk)
        return Response(CharacterSerializer(leaving).data, status=status.HTTP_202_ACCEPTED)
