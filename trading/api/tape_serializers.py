"""Tapes as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from trading.domain.vocabulary import TapeOrigin, TapeStatus
from trading.models import Tape

TAPE_ORIGINS = [each.value for each in TapeOrigin]
TAPE_STATUSES = [each.value for each in TapeStatus]


class TapeSerializer(serializers.ModelSerializer[Tape]):
    owner = serializers.UUIDField(
        source="owner_id", allow_null=True, help_text="null: generated, for everybody"
    )
    origin = serializers.ChoiceField(choices=TAPE_ORIGINS)
    status = serializers.ChoiceField(choices=TAPE_STATUSES)

    class Meta:
        model = Tape
        fields = (
            "id", "name", "owner", "origin", "status", "tokens", "seed", "message_count", "byte_count",
            "gap_count", "first_at", "last_at", "heard_at", "lag_ms", "message_rate", "trouble",
            "stop_asked_at", "error", "created_at",
        )  # fmt: skip


class TapeNameSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)


class GenerateTapeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    seed = serializers.IntegerField()
    messages = serializers.IntegerField(default=20_000)
    markets = serializers.IntegerField(default=3)
    resolves = serializers.BooleanField(default=False, help_text="Whether each market ends with a winner")


class RecordTapeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    tokens = serializers.ListField(child=serializers.CharField(max_length=100), max_length=500)


class ImportTapeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RateSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    rate = serializers.FloatField(help_text="Messages a second of market time")


class GapSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    token = serializers.CharField()
    reason = serializers.CharField()


class ShapeSerializer(serializers.Serializer[Any]):
    bars = RateSerializer(many=True)
    gaps = GapSerializer(many=True)
    is_whole = serializers.BooleanField(help_text="false: a long tape, of which chunks were counted")
