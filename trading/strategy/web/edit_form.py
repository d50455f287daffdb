"""The form in which a person puts their own words in place of a step's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText
from orchestrator.executions.web.schema_form import SchemaForm
from trading.strategy.models import StrategicStep
from trading.strategy.services.advice_documents import recommendation_document


class AnswerForm(StyledForm):
    """What is said besides the output."""

    confidence = forms.FloatField(
        required=False,
        min_value=0,
        max_value=1,
        help_text="Between 0 and 1.",
        widget=forms.NumberInput(attrs={"step": "any"}),
    )
    recommendations = JsonText(
        required=False,
        rows=10,
        help_text="A list in JSON: title, detail, confidence, and citations of data that the step was given.",
    )
    comment = forms.CharField(required=False, max_length=4_000)


class EditForm:
    """The output field by field by the step's schema, or as one text of JSON; confidence; what it advises."""

    def __init__(
        self, step: StrategicStep, schema: Mapping[str, Any], data: Any = None, *, as_json: bool = False
    ) -> None:
        shape = {} if as_json else schema
        self.output = SchemaForm(shape, given=step.output, prefix="output", data=data)
        advice = [_advice(recommendation_document(each)) for each in step.recommendations.all()]
        known = {"confidence": step.confidence_score, "recommendations": advice}
        self.rest = AnswerForm(data, initial=known)

    def is_valid(self) -> bool:
        is_good = self.output.is_valid()
        return self.rest.is_valid() and is_good

    @property
    def has_faults(self) -> bool:
        return bool(self.output.errors or self.rest.errors)

    def given(self) -> dict[str, Any]:
        """As ``edit_step`` takes it."""
        rest = self.rest.cleaned_data
        return {
            "output": self.output.value(),
            "confidence": rest["confidence"],
            "recommendations": rest["recommendations"],
            "comment": rest["comment"],
        }

    def take(self, error: InvalidInput) -> None:
        """Each complaint beside the field it is about."""
        of_output = {name: told for name, told in error.fields.items() if name.split(".")[0] == "output"}
        others = {name: told for name, told in error.fields.items() if name not in of_output}
        if of_output:
            self.output.take_faults(InvalidInput(error.message, fields=of_output), root="output")
        if others or not of_output:
            self.rest.take(InvalidInput(error.message, fields=others))


def _advice(told: Mapping[str, Any]) -> dict[str, Any]:
    """What a person may change of a recommendation; of a citation, what names the fact."""
    cited = [{"kind": each["kind"], "fact": each["fact"]} for each in told.get("citations", ())]
    return {
        **{name: told[name] for name in ("title", "detail", "confidence") if name in told},
        "citations": cited,
    }
