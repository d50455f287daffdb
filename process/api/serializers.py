"""Sessions as the API describes and takes them; ``shown.py`` makes what it answers."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from process.api.shown import shown_answer, shown_session
from process.domain.vocabulary import (
    ResponseFormat,
    ScopeType,
    SectionStatus,
    SessionStatus,
)
from process.models import Answer, Session
from process.queries.compiled import process_of

STATUSES: Final = [each.value for each in SessionStatus]
_FORMATS: Final = [each.value for each in ResponseFormat]
_SCOPES: Final = [each.value for each in ScopeType]
_SECTION_STATUSES: Final = [each.value for each in SectionStatus]
_EXPECT: Final = "Revision of the answer you have seen, 0 for none; 409 `answer_changed` if it is another"


class ProcessVersionNameSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    version_name = serializers.CharField()


class NodeHereSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField(help_text="What the person reads")
    form = serializers.CharField(help_text="What is asked besides prompts: `scope`, `profile` or nothing")


class ProcessSessionSerializer(serializers.Serializer[Session]):
    """A row of the list."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    version = ProcessVersionNameSerializer()
    node = NodeHereSerializer()
    section = serializers.CharField(allow_null=True, help_text="Key of the section that is worked on")
    revision = serializers.IntegerField(help_text="Rises with every step")
    started_at = serializers.DateTimeField()
    last_activity_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return shown_session(instance)


class ProcessProgressSerializer(serializers.Serializer[Any]):
    nodes_reached = serializers.IntegerField()
    nodes_done = serializers.IntegerField(help_text="Completed or skipped")
    prompts_answered = serializers.IntegerField()
    sections_open = serializers.IntegerField()
    sections_completed = serializers.IntegerField()


class ProcessSessionDetailSerializer(ProcessSessionSerializer):
    path = serializers.ListField(child=serializers.CharField(), help_text="Keys of the nodes visited")
    position = serializers.IntegerField(help_text="Which of them is shown, from 0")
    progress = ProcessProgressSerializer()


class PromptChoiceSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # not Field.label


class AskedPromptSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    key = serializers.CharField()
    text = serializers.CharField()
    type = serializers.CharField()
    format = serializers.ChoiceField(_FORMATS)
    required = serializers.BooleanField()  # type: ignore[assignment]  # not Field.required
    tier = serializers.IntegerField(help_text="1 safe, 2 optional, 3 private")
    choices = PromptChoiceSerializer(many=True)
    example = serializers.CharField()
    max_length = serializers.IntegerField(allow_null=True)
    answered = serializers.BooleanField()
    answer = serializers.JSONField(allow_null=True, help_text="A text, true or false, or a list of choices")
    answer_revision = serializers.IntegerField(help_text="0 without an answer; send it as `expect`")
    answer_private = serializers.BooleanField()


class SectionHereSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    core = serializers.BooleanField()
    status = serializers.ChoiceField(_SECTION_STATUSES)
    selected = serializers.BooleanField()
    here = serializers.BooleanField(help_text="Whether it is worked on in the present node")
    prompts = serializers.IntegerField(help_text="How many are asked of this person")
    answered = serializers.IntegerField()
    lock = serializers.CharField(allow_null=True, help_text="Why it is closed")


class CurrentScreenSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(STATUSES)
    revision = serializers.IntegerField(help_text="Send it with the next step")
    node = NodeHereSerializer()
    section = serializers.CharField(allow_null=True)
    can_go_back = serializers.BooleanField()
    can_skip = serializers.BooleanField()
    prompts = AskedPromptSerializer(many=True)
    sections = SectionHereSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What keeps one from going on")


class StartSessionSerializer(serializers.Serializer[Any]):
    version = serializers.UUIDField(
        required=False, allow_null=True, help_text="Staff try any; else the active"
    )
    title = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


class SessionStepSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        required=False, min_value=0, help_text="The one you have seen; 409 `moved_on` if it is past"
    )


class AnswerSerializer(serializers.Serializer[Answer]):
    prompt = serializers.UUIDField()
    node = serializers.CharField()
    key = serializers.CharField()
    value = serializers.JSONField(allow_null=True, help_text="A text, true or false, or a list of choices")
    private = serializers.BooleanField()
    tier = serializers.IntegerField()
    revision = serializers.IntegerField()
    updated_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return shown_answer(process_of(instance.session.process_version), instance.prompt_id, instance)


class AnswerWriteSerializer(serializers.Serializer[Any]):
    prompt = serializers.UUIDField()
    value = serializers.JSONField(allow_null=True, help_text="Null or blank leaves an answer as it is")
    private = serializers.BooleanField(required=False, allow_null=True, default=None)
    expect = serializers.IntegerField(required=False, min_value=0, help_text=_EXPECT)


class ScopeSerializer(serializers.Serializer[Any]):
    scope_type = serializers.CharField(allow_null=True)
    scope_description = serializers.CharField()
    time_period_start = serializers.DateField(allow_null=True)
    time_period_end = serializers.DateField(allow_null=True)


class ScopeWriteSerializer(serializers.Serializer[Any]):
    scope_type = serializers.ChoiceField(_SCOPES)
    scope_description = serializers.CharField(required=False, allow_blank=True, max_length=20_000, default="")
    time_period_start = serializers.DateField(required=False, allow_null=True, default=None)
    time_period_end = serializers.DateField(required=False, allow_null=True, default=None)
