"""The API for doing one node by itself."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.accounts.models import ApiScope
from orchestrator.core.api.fields import JsonObjectField
from orchestrator.core.api.input import valid_data
from orchestrator.executions.services.trying import try_step

_ASKED: Final = OpenApiExample(
    "A transform with sample data",
    value={
        "node": {
            "id": "total",
            "type": "transform",
            "data": {"config": {"output": {"total": {"=": "input.price * input.pieces"}}}},
        },
        "scope": {"input": {"price": 2.5, "pieces": 4}},
    },
    request_only=True,
)
_GIVEN: Final = OpenApiExample(
    "What it gave",
    value={
        "status": "succeeded",
        "effect": "pure",
        "duration_ms": 1,
        "input": {"output": {"total": 10}},
        "output": {"total": 10},
        "ports": ["out"],
        "variables": {},
        "error": None,
        "notes": [],
    },
    response_only=True,
)


class TrySerializer(serializers.Serializer[Any]):
    node = JsonObjectField(help_text="A node as it stands in a graph")
    scope = JsonObjectField(
        required=False,
        help_text="`input`, `vars`, `nodes` (`{id: {output}}`), inside a map `item` and `index`",
    )
    confirmed = serializers.BooleanField(
        default=False, help_text="Do it although its effect cannot be taken back"
    )


class TrialSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(["succeeded", "failed", "waiting", "ended"])
    effect = serializers.CharField()
    duration_ms = serializers.IntegerField()
    input = serializers.JSONField(help_text="The configuration with its expressions evaluated")
    output = serializers.JSONField()
    ports = serializers.ListField(child=serializers.CharField())
    variables = JsonObjectField()
    error = JsonObjectField(allow_null=True, help_text="`code`, `message`")
    notes = serializers.ListField(child=serializers.CharField(), help_text="What a run would do here")


class TryNodeView(APIView):
    required_scope = ApiScope.RUN.value

    @extend_schema(
        request=TrySerializer,
        responses=TrialSerializer,
        examples=[_ASKED, _GIVEN],
        tags=["versions"],
        operation_id="workflows_try_node",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Do one node with sample data, for at most 10 s. Nodes that wait are described, and no run begins.

        409 `confirmation_needed` for a node whose effect must not be repeated blindly.
        """
        given = valid_data(TrySerializer(data=request.data))
        trial = try_step(
            person(request),
            pk,
            node=given["node"],
            scope=given.get("scope") or {},
            confirmed=given["confirmed"],
        )
        return Response(TrialSerializer(trial).data)
