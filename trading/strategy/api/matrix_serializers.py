"""Matrices as the API takes and shows them. Decimals are strings, and exact."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from trading.strategy.api import matrix_examples as examples
from trading.strategy.domain.drafts import NAME, SOURCE, TEXT
from trading.strategy.domain.matrix import MOST_CRITERIA, MOST_OPTIONS, MOST_SCORE, MOST_WEIGHT, PLACES
from trading.strategy.models import StrategicMatrix

_SCORES: Final = MOST_OPTIONS * MOST_CRITERIA


def _score(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=6, decimal_places=PLACES, min_value=0, max_value=MOST_SCORE, **more
    )


def _weight(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=8, decimal_places=PLACES, min_value=0, max_value=MOST_WEIGHT, **more
    )


@extend_schema_serializer(examples=[examples.ROW])
class MatrixRowSerializer(serializers.ModelSerializer[StrategicMatrix]):
    corporation = serializers.UUIDField(source="corporation_id")
    session = serializers.UUIDField(source="session_id", allow_null=True)
    step = serializers.UUIDField(source="step_id", allow_null=True)
    option_count = serializers.IntegerField()
    criterion_count = serializers.IntegerField()

    class Meta:
        model = StrategicMatrix
        fields = (
            "id", "corporation", "session", "step", "title", "revision", "option_count", "criterion_count",
            "created_at", "updated_at",
        )  # fmt: skip


class ShownOptionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    total = serializers.CharField(allow_null=True, help_text="0 to 10; null while a score is missing")
    rank = serializers.IntegerField(allow_null=True, help_text="The same for options that are exactly equal")
    missing = serializers.IntegerField(help_text="Scores that nobody set yet")
    is_tied = serializers.BooleanField()


class ShownCriterionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    weight = serializers.CharField()
    share = serializers.CharField(help_text="The normalised weight: all of them add up to exactly 1")


class ShownScoreSerializer(serializers.Serializer[Any]):
    option = serializers.UUIDField()
    criterion = serializers.UUIDField()
    score = serializers.CharField()
    reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # a field of that name
    updated_by = serializers.CharField()
    updated_at = serializers.DateTimeField()


@extend_schema_serializer(examples=[examples.MATRIX])
class MatrixSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    corporation = serializers.UUIDField()
    session = serializers.UUIDField(allow_null=True)
    step = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    revision = serializers.IntegerField(help_text="Rises with every change")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    winners = serializers.ListField(child=serializers.UUIDField(), help_text="Several are a tie")
    is_tied = serializers.BooleanField()
    missing = serializers.IntegerField()
    options = ShownOptionSerializer(many=True)
    criteria = ShownCriterionSerializer(many=True)
    scores = ShownScoreSerializer(many=True)


class NewOptionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=NAME)
    description = serializers.CharField(max_length=TEXT, allow_blank=True, default="")


class NewCriterionSerializer(NewOptionSerializer):
    weight = _weight(default=Decimal(1))


class NewScoreSerializer(serializers.Serializer[Any]):
    option = serializers.IntegerField(min_value=0, help_text="Its place in `options`, from 0")
    criterion = serializers.IntegerField(min_value=0, help_text="Its place in `criteria`, from 0")
    score = _score()
    reason = serializers.CharField(max_length=TEXT, allow_blank=True, default="")
    source = serializers.CharField(max_length=SOURCE, allow_blank=True, default="")  # type: ignore[assignment]  # a field of that name


@extend_schema_serializer(examples=[examples.NEW])
class NewMatrixSerializer(serializers.Serializer[Any]):
    corporation = serializers.UUIDField()
    session = serializers.UUIDField(required=False, allow_null=True, default=None)
    title = serializers.CharField(max_length=NAME)
    options = NewOptionSerializer(many=True, max_length=MOST_OPTIONS, default=list)  # type: ignore[call-arg]  # of the list
    criteria = NewCriterionSerializer(many=True, max_length=MOST_CRITERIA, default=list)  # type: ignore[call-arg]  # of the list
    scores = NewScoreSerializer(many=True, max_length=_SCORES, default=list)  # type: ignore[call-arg]  # of the list


class RevisionSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="What it was when read: 409 if it rose since"
    )


@extend_schema_serializer(examples=[examples.TITLE])
class TitleSerializer(RevisionSerializer):
    title = serializers.CharField(max_length=NAME)


@extend_schema_serializer(examples=[examples.OPTION])
class AddOptionSerializer(NewOptionSerializer, RevisionSerializer):
    pass


@extend_schema_serializer(examples=[examples.CRITERION])
class AddCriterionSerializer(NewCriterionSerializer, RevisionSerializer):
    pass


@extend_schema_serializer(examples=[examples.PART])
class ChangePartSerializer(RevisionSerializer):
    name = serializers.CharField(max_length=NAME, required=False)
    description = serializers.CharField(max_length=TEXT, allow_blank=True, required=False)
    position = serializers.IntegerField(min_value=0, required=False, help_text="From 0")


class WeightSerializer(serializers.Serializer[Any]):
    criterion = serializers.UUIDField()
    weight = _weight()


@extend_schema_serializer(examples=[examples.WEIGHTS])
class WeightsSerializer(RevisionSerializer):
    weights = WeightSerializer(many=True, max_length=MOST_CRITERIA)  # type: ignore[call-arg]  # of the list


class ScoreSerializer(serializers.Serializer[Any]):
    option = serializers.UUIDField()
    criterion = serializers.UUIDField()
    score = _score(allow_null=True, help_text="Null takes it away")
    reason = serializers.CharField(max_length=TEXT, allow_blank=True, allow_null=True, default=None)
    source = serializers.CharField(max_length=SOURCE, allow_blank=True, allow_null=True, default=None)  # type: ignore[assignment]  # a field of that name


@extend_schema_serializer(examples=[examples.SCORES])
class ScoresSerializer(RevisionSerializer):
    scores = ScoreSerializer(many=True, max_length=_SCORES)  # type: ignore[call-arg]  # of the list


class FlipSerializer(serializers.Serializer[Any]):
    share = serializers.CharField()
    option = serializers.UUIDField()
    name = serializers.CharField()


class RangeSerializer(serializers.Serializer[Any]):
    to = serializers.CharField()
    winners = serializers.ListField(child=serializers.UUIDField())
    names = serializers.ListField(child=serializers.CharField())

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """``from`` is a word of Python, too."""
        return {"from": serializers.CharField(), **super().get_fields()}


class CriterionSensitivitySerializer(serializers.Serializer[Any]):
    criterion = serializers.UUIDField()
    name = serializers.CharField()
    share = serializers.CharField()
    below = FlipSerializer(allow_null=True, help_text="With less weight than this another option wins")
    above = FlipSerializer(allow_null=True, help_text="With more weight than this another option wins")
    ranges = RangeSerializer(many=True, help_text="Who wins from which share of the weight to which")


@extend_schema_serializer(examples=[examples.SENSITIVITY])
class SensitivitySerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField()
    winners = serializers.ListField(child=serializers.UUIDField())
    is_tied = serializers.BooleanField()
    criteria = CriterionSensitivitySerializer(many=True)
