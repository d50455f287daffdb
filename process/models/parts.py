"""What rows of a definition share: keys, conditions, and how a wrong value is told to its author."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models

from orchestrator.core.fields import JsonField
from orchestrator.core.json import Json
from process.domain.conditions import BadCondition, compile_condition
from process.domain.vocabulary import (
    Behavior,
    ConditionType,
    Form,
    ResponseFormat,
    ScopeType,
)

KEY = r"^[a-z][a-z0-9_]{0,99}$"
_CONDITIONS = [(each.value, each.value.replace("_", " ").capitalize()) for each in ConditionType]


def choices_of(kind: type[Behavior | Form | ResponseFormat | ScopeType]) -> list[tuple[str, str]]:
    return [(each.value, each.value.replace("_", " ").capitalize()) for each in kind if each.value]


def is_list_of(value: object, *keys: str) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, dict) and all(isinstance(each.get(key), str) for key in keys) for each in value
    )


def refuse_unless(right: bool, field: str, wanted: str) -> None:
    if not right:
        raise ValidationError({field: wanted})


def check_key(row: models.Model, field: str) -> None:
    right = re.fullmatch(KEY, getattr(row, field) or "") is not None
    refuse_unless(right, field, "Small letters, digits and _, beginning with a letter.")


class Conditional(models.Model):
    """A condition as authors write it: a kind, and a value for it. See ``domain/conditions.py``."""

    condition_type = models.CharField(max_length=50, blank=True, choices=_CONDITIONS)
    condition_value: models.Field[Json, Json] = JsonField(null=True, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        try:
            compile_condition(self.condition_type, self.condition_value)
        except BadCondition as error:
            raise ValidationError({"condition_value": str(error)}) from error
