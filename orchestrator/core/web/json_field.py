"""JSON as a person types it in a form."""

from __future__ import annotations

from typing import Any

from django import forms

from orchestrator.core import json


class JsonText(forms.CharField):
    """A box of text that holds JSON. Blank is None; ``[]``, ``0`` and ``false`` are values."""

    def __init__(self, *, rows: int = 8, **kwargs: Any) -> None:
        attrs = {"rows": rows, "class": "font-mono text-[0.8125rem]", "spellcheck": "false"}
        super().__init__(widget=forms.Textarea(attrs=attrs), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else json.pretty(value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return json.loads(text)
        except json.NotJson as error:
            raise forms.ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Those of text do not fit."""
