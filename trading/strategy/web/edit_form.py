"""The form in which a person puts their own words in place of a step's answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django import forms
from django.http import QueryDict

from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json, JsonObject
from orchestrator.core.web.forms import StyledForm
from orchestrator.executions.web.schema_form import SchemaForm
from trading.strategy.domain.answers import MOST_RECOMMENDATIONS
from trading.strategy.models import Recommendation, StrategicStep
from trading.strategy.services.material import sources_given
from trading.strategy.templatetags.strategy import label
from trading.strategy.web.rows import AdviceRow, Rows, SchemaRow, fits_rows

_MANY: Final = 100
"""Rows of a list whose schema names no end."""
ADVICE: Final = "advice"


class AnswerForm(StyledForm):
    """What is said besides the output."""

    confidence = forms.FloatField(
        required=False,
        min_value=0,
        max_value=100,
        label="Confidence, %",
        help_text="How sure this answer is, from 0 to 100.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    comment = forms.CharField(
        required=False, max_length=4_000, help_text="Why you changed it. The log keeps it."
    )


class EditForm:
    """The output by the step's schema, lists as rows; confidence; what it advises.

    ``as_json`` takes the output as one text, as a schema does that names no fields. ``data`` is what was
    sent to be stored, ``draft`` what was sent to get a row more or less.
    """

    def __init__(
        self, step: StrategicStep, schema: Mapping[str, Any], data: QueryDict | None = None, *,
        draft: QueryDict | None = None, as_json: bool = False,
    ) -> None:  # fmt: skip
        self._step, told = step, {"data": data, "draft": draft}
        given: dict[str, Any] = step.output if isinstance(step.output, dict) else {}
        listed = {} if as_json else _lists(schema, given)
        self._named = set(_properties(schema))
        self.is_free = as_json or not self._named
        rest = {**schema, "properties": {n: s for n, s in _properties(schema).items() if n not in listed}}
        rest["required"] = [each for each in schema.get("required", ()) if each not in listed]
        rest["x-order"] = list(rest["properties"])
        self.output: SchemaForm | None = None
        if self.is_free or rest["properties"]:
            self.output = SchemaForm(
                {} if self.is_free else rest,
                given=given,
                prefix="output",
                data=data,
                initial=_draft(draft, "output-"),
            )
        self.lists = [
            Rows(
                f"output-{name}",
                str(shape.get("title") or label(name)),
                str(shape.get("description", "")),
                make=partial(SchemaRow, shape),
                given=given.get(name) or [],
                most=shape.get("maxItems", _MANY),
                **told,
            )
            for name, shape in listed.items()
        ]
        self._known = [_advice(each) for each in step.recommendations.all()]
        self.advice = Rows(
            ADVICE,
            "What it recommends",
            "Each rests on data that this step was given.",
            make=partial(AdviceRow, _citable(step)),
            given=[_in_percent(each) for each in self._known],
            most=MOST_RECOMMENDATIONS,
            **told,
        )
        known = {"confidence": _percent(step.confidence_score), **(_draft(draft, "") or {})}
        self.rest = AnswerForm(data, initial=known)

    @property
    def rows(self) -> list[Rows]:
        return [*self.lists, self.advice]

    def focus(self, row: str) -> None:
        """Begin in the first field of that row."""
        for each in self.rows:
            each.focus(row)

    def is_valid(self) -> bool:
        parts: list[Any] = [*self.rows, self.rest, *([self.output] if self.output else [])]
        return all([each.is_valid() for each in parts])

    @property
    def has_faults(self) -> bool:
        of_output = self.output is not None and self.output.is_bound and self.output.errors
        return bool(
            of_output or (self.rest.is_bound and self.rest.errors) or any(r.has_faults for r in self.rows)
        )

    def given(self) -> dict[str, Any]:
        """As ``edit_step`` takes it: recommendations only where they are others than before."""
        rest = self.rest.cleaned_data
        advice = [_from_percent(row.cleaned_data) for row in self.advice.forms]
        score = self._step.confidence_score
        same = rest["confidence"] == _percent(score)
        return {
            "output": self._output(),
            "confidence": score if same or rest["confidence"] is None else rest["confidence"] / 100,
            "recommendations": None if advice == self._known else advice,
            "comment": rest["comment"],
        }

    def _output(self) -> Json:
        if self.is_free and self.output is not None:
            return self.output.value()
        before: JsonObject = self._step.output if isinstance(self._step.output, dict) else {}
        kept = {name: value for name, value in before.items() if name not in self._named}
        fields = self.output.value() if self.output else {}
        assert isinstance(fields, dict)
        lists = {
            each.prefix.removeprefix("output-"): [row.value() for row in each.forms] for each in self.lists
        }
        return {**kept, **fields, **lists}

    def take(self, error: InvalidInput) -> None:
        """Each complaint beside the field it is about."""
        left: dict[str, list[str]] = {}
        for name, told in error.fields.items():
            root, _, inside = name.partition(".")
            field, _, path = inside.partition(".")
            rows = next((each for each in self.lists if each.prefix == f"output-{field}"), None)
            if root == "output" and rows is not None:
                rows.take(path, told)
            elif root == "output" and self.output is not None:
                self.output.take_faults(InvalidInput(error.message, fields={name: told}), root="output")
            elif root == "recommendations":
                self.advice.faults += told
            else:
                left[name] = told
        if left or not error.fields:
            self.rest.take(InvalidInput(error.message, fields=left))


def is_free_form(schema: Mapping[str, Any]) -> bool:
    """Whether parts of it can only be typed as JSON."""
    shapes = _properties(schema)
    simple = ("string", "number", "integer", "boolean")
    return not shapes or not all(
        fits_rows(each, None) or "enum" in each or each.get("type") in simple for each in shapes.values()
    )


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    found = schema.get("properties")
    return (
        {name: each for name, each in found.items() if isinstance(each, dict)}
        if isinstance(found, dict)
        else {}
    )


def _lists(schema: Mapping[str, Any], given: JsonObject) -> dict[str, Any]:
    return {n: shape for n, shape in _properties(schema).items() if fits_rows(shape, given.get(n))}


def _draft(draft: QueryDict | None, prefix: str) -> dict[str, Any] | None:
    return (
        None
        if draft is None
        else {k.removeprefix(prefix): v for k, v in draft.items() if k.startswith(prefix)}
    )


def _citable(step: StrategicStep) -> list[tuple[str, str]]:
    return [
        (f"{source.kind}|{fact.name}", fact.text or fact.name)
        for source in sources_given(step)
        for fact in source.facts
    ]


def _advice(row: Recommendation) -> JsonObject:
    """What a person may change of it; of a citation, what names the fact."""
    cited: list[Json] = [
        {"kind": each["kind"], "fact": each["fact"]} for each in row.citations if "fact" in each
    ]
    return {"title": row.title, "detail": row.detail, "confidence": row.confidence_score, "citations": cited}


def _in_percent(told: Mapping[str, Any]) -> dict[str, Any]:
    cited = [f"{each['kind']}|{each['fact']}" for each in told["citations"]]
    return {**told, "confidence": _percent(told["confidence"]), "citations": cited}


def _from_percent(data: Mapping[str, Any]) -> JsonObject:
    cited = [dict(zip(("kind", "fact"), each.split("|", 1), strict=True)) for each in data["citations"]]
    part = data["confidence"]
    return {
        "title": data["title"],
        "detail": data["detail"].replace("\r\n", "\n"),
        "confidence": None if part is None else round(part / 100, 6),
        "citations": cited,
    }


def _percent(score: float | None) -> float | None:
    if score is None:
        return None
    found = round(score * 100, 4)
    return int(found) if found.is_integer() else found
