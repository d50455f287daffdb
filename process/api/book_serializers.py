"""Books, readers and figures as the API describes and takes them."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from process.domain.book import LANGUAGES
from process.services.books import LENGTHS

_FEW: Final = "People; null for one or two"
_LANGUAGES: Final = list(LANGUAGES)


def _text(name: str, **more: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, max_length=LENGTHS[name], **more)


class BookWriteSerializer(serializers.Serializer[Any]):
    """What is not given stays."""

    title = _text("title")
    author = _text("author")
    dedication = _text("dedication")
    language = serializers.ChoiceField(_LANGUAGES, required=False)
    chapter_order = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=500, help_text="Ids of chapters"
    )
    left_out = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=500,
        help_text="Those that are not in the book",
    )


class BookChapterSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Of its section; all zeros for the whole story")
    title = serializers.CharField()
    text = serializers.CharField(help_text="Markdown")
    words = serializers.IntegerField()
    left_out = serializers.BooleanField(source="is_left_out")
    written_at = serializers.DateTimeField()


class BookSerializer(serializers.Serializer[Any]):
    """A reader is given those chapters only that stand in the book."""

    title = serializers.CharField()
    author = serializers.CharField()
    dedication = serializers.CharField()
    language = serializers.ChoiceField(_LANGUAGES)
    has_photo = serializers.BooleanField()
    chapters = BookChapterSerializer(many=True, help_text="Approved ones, in the order of the book")


class BeingMadeSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()


class PersonNameSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    username = serializers.CharField()


class SessionGrantSerializer(serializers.Serializer[Any]):
    user = PersonNameSerializer()
    created_at = serializers.DateTimeField()


class LendSerializer(serializers.Serializer[Any]):
    reader = serializers.CharField(max_length=254, help_text="User name or e-mail address of an account")


class LentSessionSerializer(serializers.Serializer[Any]):
    session_id = serializers.UUIDField()
    title = serializers.CharField(source="session.title")
    version_name = serializers.CharField(source="session.process_version.version_name")
    owner = PersonNameSerializer(source="session.user")
    created_at = serializers.DateTimeField()


class ProcessTotalsSerializer(serializers.Serializer[Any]):
    began = serializers.IntegerField(allow_null=True, help_text=_FEW)
    completed = serializers.IntegerField(allow_null=True, help_text=_FEW)
    stopped = serializers.IntegerField(allow_null=True, help_text="Ended it, or did nothing for 14 days")
    under_way = serializers.IntegerField(allow_null=True, help_text=_FEW)
    completion_rate = serializers.FloatField(allow_null=True)
    median_seconds = serializers.FloatField(allow_null=True, help_text="From beginning to end")


class ProcessDaySerializer(serializers.Serializer[Any]):
    begins_at = serializers.DateTimeField()
    began = serializers.IntegerField(allow_null=True, help_text=_FEW)


class ProcessPhaseSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    reached = serializers.IntegerField(allow_null=True, help_text=_FEW)
    completed = serializers.IntegerField(allow_null=True, help_text=_FEW)
    skipped = serializers.IntegerField(allow_null=True, help_text=_FEW)
    stopped = serializers.IntegerField(allow_null=True, help_text="Stopped where this phase is shown")
    median_seconds = serializers.FloatField(allow_null=True)
    p90_seconds = serializers.FloatField(allow_null=True)


class ProcessLaneSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    opened = serializers.IntegerField(allow_null=True, help_text=_FEW)
    began = serializers.IntegerField(allow_null=True, help_text=_FEW)
    completed = serializers.IntegerField(allow_null=True, help_text=_FEW)


class ProcessFiguresSerializer(serializers.Serializer[Any]):
    """Counts people; with fewer than three in all, nothing is broken down."""

    version_id = serializers.UUIDField()
    version_name = serializers.CharField()
    range_start = serializers.DateTimeField()
    range_end = serializers.DateTimeField()
    totals = ProcessTotalsSerializer()
    by_day = ProcessDaySerializer(many=True)
    phases = ProcessPhaseSerializer(many=True)
    sections = ProcessLaneSerializer(many=True)
