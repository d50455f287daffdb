"""Candles, test sessions and corrections as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from orchestrator.core.api.fields import JsonObjectField
from workspaces.domain.vocabulary import SessionStatus, Verdict
from workspaces.models import CandleSet, FeedbackItem, PatternSession, SessionDetection
from workspaces.services.reviewing import DIRECTIONS

SESSION_STATUSES = [each.value for each in SessionStatus]
VERDICTS = [each.value for each in Verdict]
REVIEWS = [each.value for each in Verdict if each is not Verdict.MISSED]


class CandleSetSerializer(serializers.ModelSerializer[CandleSet]):
    owner = serializers.UUIDField(
        source="owner_id", allow_null=True, help_text="null: generated, for everybody"
    )

    class Meta:
        model = CandleSet
        fields = (
            "id", "name", "owner", "is_generated", "count", "step_seconds", "first_at", "last_at",
            "notices", "created_at",
        )  # fmt: skip


class CandleUploadSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    day_first = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Of dates such as 03/04/2024"
    )


class CandleNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)


class GeneratedSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    bars = serializers.IntegerField()
    seed = serializers.IntegerField()
    step_seconds = serializers.IntegerField(default=3_600)


class BarsSerializer(serializers.Serializer[Any]):
    first_bar = serializers.IntegerField()
    time = serializers.ListField(child=serializers.IntegerField(), help_text="Seconds since 1970, UTC")
    open = serializers.ListField(child=serializers.FloatField())
    high = serializers.ListField(child=serializers.FloatField())
    low = serializers.ListField(child=serializers.FloatField())
    close = serializers.ListField(child=serializers.FloatField())
    volume = serializers.ListField(child=serializers.FloatField())


class PatternSessionSerializer(serializers.ModelSerializer[PatternSession]):
    workspace = serializers.UUIDField(source="workspace_id")
    created_by = serializers.UUIDField(source="created_by_id")
    candles = serializers.UUIDField(source="candles_id")
    status = serializers.ChoiceField(SESSION_STATUSES)
    success_rate = serializers.FloatField(allow_null=True, help_text="Right ones among those reviewed")

    class Meta:
        model = PatternSession
        fields = (
            "id", "workspace", "created_by", "candles", "first_bar", "last_bar", "parameters", "version",
            "status", "detection_count", "reviewed_count", "right_count", "missed_count", "success_rate",
            "created_at", "completed_at",
        )  # fmt: skip


class StartPatternSessionSerializer(serializers.Serializer[Any]):
    candles = serializers.UUIDField()
    first_bar = serializers.IntegerField(required=False, min_value=0)
    last_bar = serializers.IntegerField(required=False, min_value=0)
    since = serializers.DateTimeField(required=False, help_text="In place of bars")
    until = serializers.DateTimeField(required=False)
    parameters = JsonObjectField(required=False, default=dict)

    def validate_parameters(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise serializers.ValidationError("This is an object of names and values.")
        return value


class DetectionSerializer(serializers.ModelSerializer[SessionDetection]):
    verdict = serializers.CharField(help_text="`right`, `wrong`, `adjust`, or empty until it is reviewed")

    class Meta:
        model = SessionDetection
        fields = (
            "number", "kind", "direction", "bar", "price", "confirmed_at", "reason", "top", "bottom",
            "origin", "verdict", "reviewed_by", "reviewed_at",
        )  # fmt: skip


class ReviewSerializer(serializers.Serializer[Any]):
    verdict = serializers.ChoiceField(REVIEWS)
    bar = serializers.IntegerField(required=False, min_value=0, help_text="Where it lies: with `adjust`")
    price = serializers.FloatField(required=False)
    note = serializers.CharField(required=False, allow_blank=True)


class MissedSerializer(serializers.Serializer[Any]):
    bar = serializers.IntegerField(min_value=0)
    kind = serializers.CharField(max_length=40)
    direction = serializers.ChoiceField(DIRECTIONS)
    price = serializers.FloatField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class FeedbackSerializer(serializers.ModelSerializer[FeedbackItem]):
    workspace = serializers.UUIDField(source="workspace_id")
    session = serializers.UUIDField(source="session_id")
    verdict = serializers.ChoiceField(VERDICTS)
    detection = serializers.IntegerField(
        source="detection.number", allow_null=True, default=None, help_text="Its number in the session"
    )
    execution = serializers.UUIDField(source="execution_id", allow_null=True)

    class Meta:
        model = FeedbackItem
        fields = (
            "id", "workspace", "session", "detection", "verdict", "kind", "direction", "bar", "price", "note",
            "created_by", "created_at", "sent_to_claude_at", "execution",
        )  # fmt: skip


class NoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(allow_blank=True)


class ReviewedSerializer(serializers.Serializer[Any]):
    """What one review changed: the detection or correction, and how far the session is."""

    detection = DetectionSerializer(allow_null=True)
    feedback = FeedbackSerializer(allow_null=True)
    reviewed_count = serializers.IntegerField()
    right_count = serializers.IntegerField()
    missed_count = serializers.IntegerField()


class VersionFiguresSerializer(serializers.Serializer[Any]):
    version = serializers.CharField()
    sessions = serializers.IntegerField()
    completed = serializers.IntegerField()
    detections = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    right = serializers.IntegerField()
    missed = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    last_at = serializers.DateTimeField()


class KindFiguresSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    right = serializers.IntegerField()
    wrong = serializers.IntegerField()
    adjust = serializers.IntegerField()
    missed = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)


class WorkspaceStatsSerializer(serializers.Serializer[Any]):
    sessions = serializers.IntegerField()
    completed = serializers.IntegerField()
    detections = serializers.IntegerField()
    reviewed = serializers.IntegerField()
    right = serializers.IntegerField()
    missed = serializers.IntegerField()
    success_rate = serializers.FloatField(allow_null=True)
    in_cart = serializers.IntegerField(help_text="Corrections that were not sent yet")
    versions = VersionFiguresSerializer(many=True)
    kinds = KindFiguresSerializer(many=True)
