"""The API of deleting old runs, for administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.clock import utc_now
from orchestrator.executions.services.cleaning import clean_by_hand

ALL: OpenApiExample = OpenApiExample("Only count", value={"days": 30, "dry_run": True}, request_only=True)


class CleanSerializer(serializers.Serializer[Any]):
    days = serializers.IntegerField(required=False, min_value=1, help_text="Default: the server's setting")
    failed_days = serializers.IntegerField(required=False, min_value=1, help_text="The same of failed runs")
    dry_run = serializers.BooleanField(default=False, help_text="Only count what would go")


class CleanedSerializer(serializers.Serializer[Any]):
    runs = serializers.IntegerField()
    children = serializers.IntegerField(help_text="Runs that these started")
    kept = serializers.IntegerField(help_text="Old enough, but with a run of theirs that has not ended")


class CleanView(APIView):
    @extend_schema(
        request=CleanSerializer,
        responses=CleanedSerializer,
        examples=[ALL],
        tags=["executions"],
        operation_id="executions_clean",
    )
    def post(self, request: Request) -> Response:
        """Delete runs that ended long ago, of everybody. For administrators."""
        given = valid_data(CleanSerializer(data=request.data))
        given.setdefault("days", settings.EXECUTION_RETENTION_DAYS or 30)
        given.setdefault("failed_days", settings.FAILED_EXECUTION_RETENTION_DAYS or 90)
        return Response(CleanedSerializer(clean_by_hand(person(request), now=utc_now(), **given)).data)
