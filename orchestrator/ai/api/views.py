"""One's keys for AI providers, and one's budget."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.api.permissions import HasScope, IsNoKey
from orchestrator.accounts.current import person
from orchestrator.ai.api import examples
from orchestrator.ai.api.serializers import (
    BudgetSerializer,
    CredentialSerializer,
    KeyCheckSerializer,
    SetKeySerializer,
    budget,
    credential,
)
from orchestrator.ai.queries import provider_for, providers_for, spending_by_provider, spending_of
from orchestrator.ai.services.checking import check_key
from orchestrator.ai.services.credentials import delete_credential, set_credential
from orchestrator.core.api.input import valid_data


class CredentialsView(APIView):
    """The AI providers, and whose key would be used."""

    permission_classes = [HasScope, IsNoKey]

    @extend_schema(
        responses=CredentialSerializer(many=True),
        tags=["ai"],
        operation_id="ai_credentials_list",
        examples=[examples.OWN],
    )
    def get(self, request: Request) -> Response:
        states = [credential(each) for each in providers_for(person(request))]
        return Response(CredentialSerializer(states, many=True).data)


class CredentialView(APIView):
    permission_classes = [HasScope, IsNoKey]

    @extend_schema(
        request=SetKeySerializer,
        responses=CredentialSerializer,
        tags=["ai"],
        operation_id="ai_credentials_set",
        examples=[examples.KEY, examples.OWN],
    )
    def put(self, request: Request, provider: str) -> Response:
        """Store your own key for a provider, in place of one you had. Runs that you start use it."""
        user = person(request)
        set_credential(user, provider, valid_data(SetKeySerializer(data=request.data))["key"])
        return Response(CredentialSerializer(credential(provider_for(user, provider))).data)

    @extend_schema(responses={204: None}, tags=["ai"], operation_id="ai_credentials_delete")
    def delete(self, request: Request, provider: str) -> Response:
        """Forget your key for a provider."""
        delete_credential(person(request), provider)
        return Response(status=status.HTTP_204_NO_CONTENT)


class KeyCheckView(APIView):
    permission_classes = [HasScope, IsNoKey]

    @extend_schema(
        request=None,
        responses=KeyCheckSerializer,
        tags=["ai"],
        operation_id="ai_credentials_test",
        examples=[examples.CHECKED],
    )
    def post(self, request: Request, provider: str) -> Response:
        """Make one tiny call with the key that your runs would use. Takes up to 20 s."""
        check = check_key(person(request), provider)
        return Response({"works": check.works, "message": check.message})


class BudgetView(APIView):
    @extend_schema(
        responses=BudgetSerializer, tags=["ai"], operation_id="ai_budget", examples=[examples.BUDGET]
    )
    def get(self, request: Request) -> Response:
        """What you may spend on AI calls this month, and have."""
        user = person(request)
        return Response(BudgetSerializer(budget(spending_of(user), spending_by_provider(user))).data)
