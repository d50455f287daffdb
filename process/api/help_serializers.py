"""Help with writing as the API describes and takes it."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from orchestrator.core import json
from process.domain.texts import read
from process.domain.vocabulary import Help, Origin, Sent, SynthesisType
from process.models import Archetype, Disclosure, FollowUp, HelpRequest, Synthesis
from process.services.journeys import opened
from process.services.texts import LONGEST

_TYPES: Final = [each.value for each in SynthesisType]
_ORIGINS: Final = ", ".join(f"`{each}`" for each in Origin)
_OUTCOMES: Final = ", ".join(f"`{each}`" for each in Sent)
_KINDS: Final = [each.value for each in Help]
_STATES: Final = ["waiting", "running", "done", "nothing", "failed"]


class AssistanceSerializer(serializers.Serializer[Any]):
    provider = serializers.CharField(max_length=40, help_text="`off`, `offline`, or a provider with a key")


class AssistanceShownSerializer(AssistanceSerializer):
    offered = serializers.ListField(child=serializers.CharField(), help_text="What may be chosen")
    usable_answers = serializers.IntegerField(help_text="Answers that a helper may be given now")
    private_answers = serializers.IntegerField(help_text="Never given: private, or to private questions")
    hidden_answers = serializers.IntegerField(help_text="Never given: left out by the person's boundaries")


class HelpStateSerializer(serializers.Serializer[Any]):
    """Something that was asked for."""

    id = serializers.UUIDField()
    kind = serializers.CharField(help_text=", ".join(f"`{each}`" for each in _KINDS))
    status = serializers.CharField(help_text=", ".join(f"`{each}`" for each in _STATES))
    reason = serializers.CharField(help_text="What went wrong, in words")
    section = serializers.CharField(allow_null=True)
    provider = serializers.CharField()
    asked_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        request: HelpRequest = instance.request
        return {
            "id": request.pk,
            "kind": request.kind,
            "status": instance.word,
            "reason": instance.reason,
            "section": request.section.section_key if request.section else None,
            "provider": request.provider,
            "asked_at": request.asked_at,
        }


class AskForTextSerializer(serializers.Serializer[Any]):
    section = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="Empty: a checkpoint"
    )
    feedback = serializers.CharField(required=False, allow_blank=True, max_length=4_000, default="")


class SentenceSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    kind = serializers.CharField(help_text="`answers`, `connecting` or `yours`")
    answers = serializers.ListField(child=serializers.UUIDField(), help_text="Ids of answers it rests on")


class SynthesisSerializer(serializers.Serializer[Synthesis]):
    id = serializers.UUIDField()
    type = serializers.CharField(help_text=", ".join(f"`{each}`" for each in _TYPES))
    section = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    version = serializers.IntegerField()
    origin = serializers.CharField(help_text="`ai`, `offline` (by fixed rules, no AI) or `person`")
    approved = serializers.BooleanField(allow_null=True)
    provisional = serializers.BooleanField()
    content = serializers.CharField(help_text="Markdown")
    paragraphs = serializers.ListField(child=SentenceSerializer(many=True))
    generated_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        content = opened(instance.content)
        return {
            "id": instance.pk,
            "type": instance.synthesis_type,
            "section": instance.section.section_key if instance.section else None,
            "title": instance.title,
            "version": instance.version,
            "origin": instance.origin,
            "approved": instance.user_approved,
            "provisional": instance.is_provisional,
            "content": content,
            "paragraphs": [
                [
                    {"text": each.text, "kind": each.kind.value, "answers": list(each.answers)}
                    for each in paragraph
                ]
                for paragraph in read(content, instance.sources)
            ],
            "generated_at": instance.generated_at,
        }


class SynthesisWriteSerializer(serializers.Serializer[Any]):
    content = serializers.CharField(max_length=LONGEST, trim_whitespace=False)
    expect = serializers.IntegerField(
        required=False, min_value=1, help_text="The last version you have seen; 409 `text_changed` if past"
    )


class ApproveSerializer(serializers.Serializer[Any]):
    approved = serializers.BooleanField(required=False, default=True)


class ArchetypeSerializer(serializers.Serializer[Archetype]):
    id = serializers.UUIDField()
    type = serializers.CharField()
    confidence = serializers.FloatField()
    themes = serializers.ListField(child=serializers.CharField())
    shape = serializers.CharField()
    evidence = serializers.ListField(child=serializers.DictField(), help_text="`quote` and `answer` of each")
    origin = serializers.CharField(help_text=_ORIGINS)
    confirmed = serializers.BooleanField(allow_null=True)
    reframed = serializers.CharField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "type": instance.archetype_type,
            "confidence": float(instance.confidence_score),
            "themes": json.loads(opened(instance.themes)),
            "shape": opened(instance.narrative_shape),
            "evidence": json.loads(opened(instance.evidence)),
            "origin": instance.origin,
            "confirmed": instance.user_confirmed,
            "reframed": opened(instance.user_reframed),
        }


class RevealedSerializer(serializers.Serializer[Any]):
    revealed = serializers.IntegerField(help_text="How many are shown from now on")


class JudgeSerializer(serializers.Serializer[Any]):
    confirmed = serializers.BooleanField()
    words = serializers.CharField(
        required=False, allow_blank=True, max_length=4_000, help_text="How the person would say it"
    )


class DisclosureSerializer(serializers.Serializer[Disclosure]):
    id = serializers.UUIDField()
    purpose = serializers.CharField(help_text=", ".join(f"`{each}`" for each in _KINDS))
    provider = serializers.CharField()
    model = serializers.CharField()
    outcome = serializers.CharField(help_text=f"{_OUTCOMES}; `local`: nothing left this server")
    answers = serializers.ListField(child=serializers.UUIDField())
    text = serializers.CharField(help_text="Word by word what was sent")
    sent_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "purpose": instance.purpose,
            "provider": instance.provider,
            "model": instance.model,
            "outcome": instance.outcome,
            "answers": instance.answer_ids,
            "text": opened(instance.text),
            "sent_at": instance.sent_at,
        }


class FollowUpSerializer(serializers.Serializer[FollowUp]):
    id = serializers.UUIDField()
    prompt = serializers.UUIDField()
    question = serializers.CharField()
    reply = serializers.CharField()
    revision = serializers.IntegerField(help_text="Of the reply, 0 for none; send it as `expect`")
    origin = serializers.CharField(help_text=_ORIGINS)
    asked_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {
            "id": instance.pk,
            "prompt": instance.answer.prompt_id,
            "question": opened(instance.question),
            "reply": opened(instance.reply),
            "revision": instance.revision,
            "origin": instance.origin,
            "asked_at": instance.asked_at,
        }


class AskFurtherSerializer(serializers.Serializer[Any]):
    prompt = serializers.UUIDField()


class ReplySerializer(serializers.Serializer[Any]):
    reply = serializers.CharField(allow_blank=True, max_length=20_000, trim_whitespace=False)
    expect = serializers.IntegerField(required=False, min_value=0)
