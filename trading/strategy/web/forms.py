"""Forms of corporation strategy."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from orchestrator.core import json
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText

_MOST_BYTES: Final = 5 * 1024 * 1024


class ImportForm(StyledForm):
    """A document from a file, or typed."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="JSON, as this page or the API gives it out.",
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    text = JsonText(label="Or its text", required=False, rows=12)

    document: Any = None

    def clean(self) -> dict[str, Any]:
        """Takes the file before the text."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("file")
        if file is None and data.get("text") is None:
            if not self.errors:
                self.add_error("file", "Choose a file, or paste its text.")
            return data
        if file is None:
            self.document = data["text"]
        elif file.size > _MOST_BYTES:
            self.add_error("file", "At most 5 MB.")
        else:
            try:
                self.document = json.loads(file.read())
            except json.NotJson as error:
                self.add_error("file", str(error))
        return data
