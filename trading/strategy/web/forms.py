"""Forms of corporation strategy."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms

from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import OFFLINE
from orchestrator.ai.queries import providers_for
from orchestrator.core import json
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText
from trading.strategy.queries.sessions import corporations_workable, strategy_workflows

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


class StartForm(StyledForm):
    """About which corporation, to what end, and by which steps."""

    corporation = forms.ChoiceField(label="Corporation")
    title = forms.CharField(
        required=False, max_length=200, help_text="Left blank, it is named after its corporation."
    )
    objective = forms.CharField(
        required=False,
        max_length=10_000,
        label="What is to be decided?",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Every step is told this.",
    )
    workflow = forms.ChoiceField(required=False, label="Steps")
    provider = forms.ChoiceField(required=False, label="Answered by")

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = corporations_workable(user)
        choices = [(str(each.pk), f"{each.name} ({each.eve_id})") for each in able]
        own = [(str(pk), name) for pk, name in strategy_workflows(user)]
        providers = [state.info for state in providers_for(user) if state.is_available]
        self._choose("corporation", choices)
        self._choose("workflow", [("", "The built-in seven: situation to plan"), *own])
        self._choose("provider", [(each.name, each.title) for each in providers])
        self.fields["provider"].initial = OFFLINE

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def given(self) -> dict[str, Any]:
        """As ``start_session`` takes it."""
        data = self.cleaned_data
        return {
            "corporation_id": UUID(data["corporation"]),
            "title": data["title"],
            "objective": data["objective"],
            "workflow_id": UUID(data["workflow"]) if data["workflow"] else None,
            "provider": data["provider"] or OFFLINE,
        }
