"""Corporations, whom they are lent to, and what is known of them, as the API shows and takes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from trading.strategy.api import corporation_examples as examples
from trading.strategy.domain.kinds import KINDS
from trading.strategy.domain.vocabulary import Access, SnapshotSource
from trading.strategy.models import Corporation, CorporationMember

ACCESSES = [each.value for each in Access]
KIND_NAMES = list(KINDS)
SOURCES = [each.value for each in SnapshotSource]


class CorporationSerializer(serializers.ModelSerializer[Corporation]):
    owner = serializers.CharField(source="owner.username", read_only=True)
    corporation_id = serializers.CharField(source="eve_id", help_text="EVE's own number")

    class Meta:
        model = Corporation
        fields = (
            "id", "corporation_id", "name", "ticker", "owner", "is_generated", "region_id", "created_at",
            "updated_at",
        )  # fmt: skip


class NewCorporationSerializer(serializers.Serializer[Any]):
    corporation_id = serializers.CharField(
        max_length=20, help_text="EVE's own number; its name is looked up at ESI"
    )


class ChangeCorporationSerializer(serializers.Serializer[Any]):
    region_id = serializers.IntegerField(help_text="EVE's number of the region whose market is looked at")


@extend_schema_serializer(examples=[examples.MEMBER])
class CorporationMemberSerializer(serializers.ModelSerializer[CorporationMember]):
    username = serializers.CharField(source="user.username")
    access = serializers.ChoiceField(choices=ACCESSES)

    class Meta:
        model = CorporationMember
        fields = ("username", "access", "created_at")


class LendCorporationSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    access = serializers.ChoiceField(choices=ACCESSES, default=Access.READER.value)

    def validate_access(self, value: str) -> Access:
        return Access(value)


@extend_schema_serializer(examples=[examples.REFRESH])
class RefreshSerializer(serializers.Serializer[Any]):
    is_running = serializers.BooleanField()
    done = serializers.IntegerField(help_text="Kinds of data that were asked for")
    total = serializers.IntegerField()
    kind = serializers.CharField(help_text="What is being asked for now", allow_blank=True)
    faults = serializers.DictField(child=serializers.CharField(), help_text="Why, by kind that did not come")
    at = serializers.DateTimeField()


class FactSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    text = serializers.CharField()
    value = serializers.CharField(allow_null=True)


class KnownSerializer(serializers.Serializer[Any]):
    """``as_of`` is when ESI found it out, ``until`` when it would say something newer."""

    kind = serializers.ChoiceField(choices=KIND_NAMES, source="kind.name.value")
    title = serializers.CharField(source="kind.title")
    scope = serializers.CharField(source="kind.scope", help_text="What a character has to agree to, if any")
    snapshot = serializers.UUIDField(source="snapshot.pk", default=None)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # not Field.source
        choices=SOURCES, source="snapshot.source", default=None
    )
    as_of = serializers.DateTimeField(source="snapshot.as_of", default=None)
    until = serializers.DateTimeField(source="snapshot.until", default=None)
    facts = FactSerializer(many=True)


@extend_schema_serializer(examples=[examples.KNOWN_WITH_DATA])
class KnownWithDataSerializer(KnownSerializer):
    data = serializers.DictField(  # type: ignore[assignment]  # not Serializer.data
        source="snapshot.data", default=None
    )
