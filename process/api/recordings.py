"""The API of voices: the recording of an answer, its sound, and having it written down."""

from __future__ import annotations

from typing import IO, Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import parsers, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestrator.accounts.current import person
from orchestrator.core.api.input import valid_data
from orchestrator.core.api.parsers import read_within
from orchestrator.core.web.ranges import bytes_answer
from process.api import examples
from process.api.sessions import TAG
from process.models import Recording, Transcription
from process.queries.recordings import find_recording
from process.queries.sessions import session_of
from process.services.answering import withdraw_answer
from process.services.recordings import delete_recording, keep_recording
from process.services.transcribing import ask_transcription, settle_transcription

STATUSES: Final = [each.value or "none" for each in Transcription]
_SOUND: Final = {(200, "audio/*"): OpenApiTypes.BINARY, (206, "audio/*"): OpenApiTypes.BINARY}


class SoundParser(parsers.BaseParser):
    """The body as it is, up to what a recording may have; what it is, its content says."""

    media_type = "*/*"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        limit = settings.VOICE_MAX_BYTES
        size = f"{limit / 1024 / 1024:g} MB"
        return read_within(stream, limit, f"The recording is larger than {size}. Tell it in two parts.")


class RecordingSerializer(serializers.Serializer[Recording]):
    prompt = serializers.UUIDField()
    media_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    duration_seconds = serializers.FloatField()
    created_at = serializers.DateTimeField()
    transcription = serializers.ChoiceField(STATUSES, help_text="`wanted` while it is under way")
    transcript = serializers.CharField(help_text="Offered to look over; it becomes no answer by itself")
    transcription_fault = serializers.CharField()
    answer_revision = serializers.IntegerField(help_text="0 while the answer has no words")

    def to_representation(self, instance: Recording) -> dict[str, Any]:
        plain = ("media_type", "size_bytes", "duration_seconds", "created_at", "transcription_fault")
        is_ready = instance.transcription == Transcription.READY
        return {
            "prompt": instance.answer.prompt_id,
            **{name: getattr(instance, name) for name in plain},
            "transcription": instance.transcription or "none",
            "transcript": instance.transcript.open() if is_ready else "",
            "answer_revision": instance.answer.revision,
        }


class RecordingAboutSerializer(serializers.Serializer[Any]):
    duration = serializers.FloatField(min_value=0, max_value=86_400, default=0.0)
    private = serializers.BooleanField(required=False, allow_null=True, default=None)


class WithdrawSerializer(serializers.Serializer[Any]):
    expect = serializers.IntegerField(required=False, min_value=0)


class AnswerView(APIView):
    @extend_schema(
        parameters=[OpenApiParameter("expect", int, description="The revision that you have seen")],
        responses={204: None},
        tags=TAG,
        operation_id="process_sessions_withdraw_answer",
    )
    def delete(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """Take an answer back, with its recording and follow-up: the one way to empty an answer."""
        seen = valid_data(WithdrawSerializer(data=request.query_params))
        withdraw_answer(person(request), pk, prompt_id=prompt_id, expect=seen.get("expect"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RecordingView(APIView):
    parser_classes = (SoundParser,)

    @extend_schema(
        responses=RecordingSerializer,
        examples=[examples.RECORDED],
        tags=TAG,
        operation_id="process_sessions_recording",
    )
    def get(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """What was recorded, and what has become of writing it down."""
        row = find_recording(session_of(person(request), pk), prompt_id)
        return Response(RecordingSerializer(row).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("duration", float, description="Seconds"),
            OpenApiParameter("private", bool, description="Whether the answer is marked as private"),
        ],
        request={"audio/*": OpenApiTypes.BINARY},
        responses=RecordingSerializer,
        examples=[examples.RECORDED],
        tags=TAG,
        operation_id="process_sessions_keep_recording",
    )
    def put(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """Keep a recording, in place of the one before. The body is the sound as the browser recorded it."""
        sound: Any = request.data
        about = valid_data(RecordingAboutSerializer(data=request.query_params))
        row = keep_recording(
            person(request),
            pk,
            prompt_id=prompt_id,
            audio=sound if isinstance(sound, bytes) else b"",  # no body at all is an empty form
            duration_seconds=about["duration"],
            private=about["private"],
        )
        return Response(RecordingSerializer(find_recording(row.answer.session, prompt_id)).data)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_sessions_delete_recording")
    def delete(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """Delete a recording; words that belong to it stay."""
        delete_recording(person(request), pk, prompt_id=prompt_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SoundView(APIView):
    @extend_schema(responses=_SOUND, tags=TAG, operation_id="process_sessions_sound")
    def get(self, request: Request, pk: UUID, prompt_id: UUID) -> HttpResponse:
        """The recording itself, for its person alone; with `Range` a part of it."""
        row = find_recording(session_of(person(request), pk), prompt_id, with_sound=True)
        return bytes_answer(row.audio.open(), row.media_type, request.headers.get("range", ""))


class TranscriptionView(APIView):
    @extend_schema(
        request=None,
        responses={202: RecordingSerializer},
        tags=TAG,
        operation_id="process_sessions_transcribe",
    )
    def post(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """Have the recording written down.

        The server's provider is thereby given it.
        """
        ask_transcription(person(request), pk, prompt_id=prompt_id)
        row = find_recording(session_of(person(request), pk), prompt_id)
        return Response(RecordingSerializer(row).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses={204: None}, tags=TAG, operation_id="process_sessions_settle_transcription")
    def delete(self, request: Request, pk: UUID, prompt_id: UUID) -> Response:
        """Forget what was heard: the person took the words, or left them."""
        settle_transcription(person(request), pk, prompt_id=prompt_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
