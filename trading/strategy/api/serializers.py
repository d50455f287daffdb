"""Sessions and their log as the API shows and takes them.

One session is told in exactly the document's shape, which ``domain.documents`` reads and writes; the
serializers of it here say in the API's documentation what that is.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from orchestrator.ai.domain.catalog import OFFLINE
from trading.strategy.api import examples
from trading.strategy.domain.vocabulary import SessionStatus, StepStatus
from trading.strategy.models import StrategicSession

SESSION_STATUSES = [each.value for each in SessionStatus]
REVIEWS = ["accept", "edit", "again", "retry"]
STEP_STATUSES = [each.value for each in StepStatus]


@extend_schema_serializer(examples=[examples.ROW])
class SessionRowSerializer(serializers.ModelSerializer[StrategicSession]):
    session_id = serializers.SerializerMethodField(help_text="As its document says it")
    corporation_id = serializers.SerializerMethodField(help_text="EVE's number")
    corporation_name = serializers.CharField(source="corporation.name")
    status = serializers.ChoiceField(choices=SESSION_STATUSES)
    execution = serializers.UUIDField(source="execution_id", allow_null=True, help_text="null: imported")
    steps = serializers.IntegerField(source="step_count", help_text="How many there are")
    completed_steps = serializers.IntegerField(source="done_count")

    class Meta:
        model = StrategicSession
        fields = (
            "id", "session_id", "corporation_id", "corporation_name", "title", "objective", "initiator",
            "status", "current_step", "steps", "completed_steps", "execution", "created_at", "updated_at",
        )  # fmt: skip

    def get_session_id(self, session: StrategicSession) -> str:
        return session.imported_id or str(session.pk)

    def get_corporation_id(self, session: StrategicSession) -> str:
        return str(session.corporation.eve_id)


class StepDocumentSerializer(serializers.Serializer[Any]):
    step_type = serializers.CharField()
    status = serializers.ChoiceField(choices=STEP_STATUSES)
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(required=False)
    input = serializers.DictField(required=False)
    output = serializers.DictField(required=False)
    confidence_score = serializers.FloatField(required=False, min_value=0, max_value=1)
    recommendations = serializers.ListField(child=serializers.DictField(), required=False)


class LogDocumentSerializer(serializers.Serializer[Any]):
    timestamp = serializers.DateTimeField()
    event = serializers.CharField()
    details = serializers.DictField(required=False)


@extend_schema_serializer(examples=[examples.SHOWN])
class SessionDocumentSerializer(serializers.Serializer[Any]):
    """A session in the shape of the ``strategic_workflows`` collection."""

    corporation_id = serializers.CharField(help_text="EVE's number, as text")
    session_id = serializers.CharField()
    initiator = serializers.CharField(help_text="A person, or `agent:` and its name")
    status = serializers.ChoiceField(choices=SESSION_STATUSES)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    steps = StepDocumentSerializer(many=True)
    current_step = serializers.IntegerField(min_value=0)
    session_log = LogDocumentSerializer(many=True, required=False)


@extend_schema_serializer(examples=[examples.COST])
class SessionCostSerializer(serializers.Serializer[Any]):
    """What the AI calls of a session came to so far, failed ones included."""

    cost = serializers.DecimalField(max_digits=18, decimal_places=6, help_text="US dollars")
    tokens = serializers.IntegerField()
    calls = serializers.IntegerField()
    open_calls = serializers.IntegerField(help_text="Under way, and not yet in the sums")


class NewSessionSerializer(serializers.Serializer[Any]):
    """To start one. To import one, send its document."""

    corporation_id = serializers.CharField(max_length=30, help_text="EVE's number; add the corporation first")
    workflow = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Steps of your own; else the built-in ones"
    )
    title = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    objective = serializers.CharField(max_length=10_000, required=False, default="", allow_blank=True)
    initiator = serializers.CharField(
        max_length=150,
        required=False,
        default="",
        allow_blank=True,
        help_text="`agent:` and its name; you, if it is left out",
    )
    provider = serializers.CharField(
        max_length=20, required=False, default=OFFLINE, help_text="Who answers where a step names nobody"
    )


class ChangeSessionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    objective = serializers.CharField(max_length=10_000, required=False)
    status = serializers.ChoiceField(choices=SESSION_STATUSES, required=False)
    current_step = serializers.IntegerField(min_value=0, required=False)
    steps = StepDocumentSerializer(many=True, required=False)


class StepReviewSerializer(serializers.Serializer[Any]):
    action = serializers.ChoiceField(choices=REVIEWS)
    comment = serializers.CharField(max_length=4_000, required=False, default="", allow_blank=True)
    remark = serializers.CharField(
        max_length=4_000, required=False, default="", allow_blank=True, help_text="What to mind: of `again`"
    )
    output = serializers.DictField(required=False, help_text="What is said instead: of `edit`")
    confidence_score = serializers.FloatField(
        required=False, allow_null=True, default=None, min_value=0, max_value=1, help_text="Of `edit`"
    )
    recommendations = serializers.ListField(
        child=serializers.DictField(), required=False, max_length=100, help_text="Of `edit`"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] == "edit" and "output" not in attrs:
            raise serializers.ValidationError({"output": ["Say what is to stand there instead."]})
        if attrs["action"] == "again" and not attrs["remark"]:
            raise serializers.ValidationError({"remark": ["Say what it is to mind."]})
        return attrs


class LogEntrySerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    session = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Its number in the session")
    corporation_id = serializers.CharField(help_text="EVE's number")
    timestamp = serializers.DateTimeField()
    event = serializers.CharField()
    actor = serializers.CharField(help_text="A user name, or `system`")
    step = serializers.IntegerField(allow_null=True, help_text="The step's position")
    details = serializers.DictField()


class LogQuerySerializer(serializers.Serializer[Any]):
    """What can be asked for; everything may be combined."""

    session = serializers.UUIDField(required=False)
    corporation = serializers.IntegerField(
        required=False, min_value=1, max_value=2**62, help_text="EVE's number"
    )
    event = serializers.CharField(required=False, max_length=60)
    actor = serializers.CharField(required=False, max_length=150, help_text="A user name, or `system`")
    step = serializers.IntegerField(
        required=False, min_value=0, max_value=100_000, help_text="A step's place, from 0 on"
    )
    occurred_after = serializers.DateTimeField(required=False, help_text="From this moment on")
    occurred_before = serializers.DateTimeField(required=False, help_text="Before this moment")
