"""Triggers and deliveries as the API shows and takes them."""

from __future__ import annotations

from datetime import UTC
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from orchestrator.accounts.api.serializers import PersonSerializer
from orchestrator.core.api.fields import JsonObjectField
from orchestrator.core.clock import utc_now
from orchestrator.workflows.domain.schedules import ScheduleError
from orchestrator.workflows.models import (
    MISSED_CHOICES,
    OVERLAP_CHOICES,
    UNIT_CHOICES,
    Signature,
    Trigger,
    TriggerDelivery,
    TriggerKind,
)
from orchestrator.workflows.queries import words_of

_NEXT: Final = 5


class TriggerSerializer(serializers.ModelSerializer[Trigger]):
    """A trigger. `url` is a webhook's secret address, for those who may edit the workflow."""

    run_as = PersonSerializer(read_only=True, allow_null=True)
    input = serializers.JSONField(read_only=True, allow_null=True)
    description = serializers.SerializerMethodField(help_text="A schedule in words")
    next_runs = serializers.SerializerMethodField(help_text="A schedule's next five moments")
    url = serializers.SerializerMethodField(help_text="Null for other kinds, and for viewers")
    has_signing_secret = serializers.SerializerMethodField()

    class Meta:
        model = Trigger
        fields = [
            "id", "kind", "name", "enabled", "version_number", "input", "run_as", "cron", "every", "unit",
            "anchor_at", "time_zone", "jitter_seconds", "missed", "catch_up", "overlap", "description",
            "next_run_at", "next_runs", "url", "condition", "signature", "signature_header",
            "has_signing_secret", "tolerance_seconds", "idempotency_header", "dedupe_seconds",
            "rate_per_minute", "last_run_at", "last_execution_id", "last_error", "last_error_at",
            "started_count", "skipped_count", "failed_count", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            name: {"default_timezone": UTC}
            for name in (
                "anchor_at", "next_run_at", "last_run_at", "last_error_at", "created_at", "updated_at",
            )
        }  # fmt: skip

    def get_description(self, trigger: Trigger) -> str:
        return words_of(trigger)

    def get_next_runs(self, trigger: Trigger) -> list[str]:
        try:
            schedule = trigger.schedule if trigger.enabled else None
        except ScheduleError:
            return []
        moments = islice(schedule.after(utc_now()), _NEXT) if schedule is not None else ()
        return [moment.isoformat().replace("+00:00", "Z") for moment in moments]

    def get_url(self, trigger: Trigger) -> str | None:
        if trigger.kind != TriggerKind.WEBHOOK or not self.context.get("edits"):
            return None
        return f"{settings.BASE_URL}{reverse('hook', args=[trigger.pk, trigger.address_secret])}"

    def get_has_signing_secret(self, trigger: Trigger) -> bool:
        return trigger.signing_secret is not None


class _TriggerFields(serializers.Serializer[Any]):
    """What people say about a trigger. Which fields a kind has, and their limits, the service checks."""

    name = serializers.CharField(max_length=100)
    enabled = serializers.BooleanField(required=False)
    version_number = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    input = serializers.JSONField(
        required=False, allow_null=True, help_text='JSON; `{"=": "…"}` is an expression over `trigger`'
    )
    cron = serializers.CharField(required=False, allow_blank=True, max_length=100)
    every = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    unit = serializers.ChoiceField(required=False, choices=UNIT_CHOICES)
    anchor_at = serializers.DateTimeField(required=False, allow_null=True)
    time_zone = serializers.CharField(required=False, max_length=64, help_text="Such as `Europe/Paris`")
    jitter_seconds = serializers.IntegerField(required=False, min_value=0)
    missed = serializers.ChoiceField(required=False, choices=MISSED_CHOICES)
    catch_up = serializers.IntegerField(required=False, min_value=1)
    overlap = serializers.ChoiceField(required=False, choices=OVERLAP_CHOICES)
    condition = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    signature = serializers.ChoiceField(required=False, choices=Signature.choices)
    signature_header = serializers.CharField(required=False, allow_blank=True, max_length=100)
    signing_secret = serializers.CharField(
        required=False, allow_blank=True, max_length=500, write_only=True, trim_whitespace=False
    )
    tolerance_seconds = serializers.IntegerField(required=False, min_value=0)
    idempotency_header = serializers.CharField(required=False, allow_blank=True, max_length=100)
    dedupe_seconds = serializers.IntegerField(required=False, min_value=0)
    rate_per_minute = serializers.IntegerField(required=False, min_value=1)


class TriggerWriteSerializer(_TriggerFields):
    """A new trigger."""

    kind = serializers.ChoiceField(choices=TriggerKind.choices)


class TriggerChangeSerializer(_TriggerFields):
    """What is to change of a trigger; its kind stays."""


class DeliverySerializer(serializers.ModelSerializer[TriggerDelivery]):
    """One call of a webhook. Headers that could hold a secret are hidden."""

    headers = JsonObjectField(read_only=True)
    query = JsonObjectField(read_only=True)

    class Meta:
        model = TriggerDelivery
        fields = [
            "id", "status", "http_status", "reason", "content_type", "headers", "query", "payload", "size",
            "digest", "ip_address", "execution_id", "replay_of", "received_at", "duration_ms",
        ]  # fmt: skip
        extra_kwargs = {"received_at": {"default_timezone": UTC}}
