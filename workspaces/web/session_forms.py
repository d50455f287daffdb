"""The form that starts a test session: which candles, which part of them, with which parameters."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from django import forms

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from orchestrator.core.web.forms import StyledForm
from workspaces.domain.detectors import PATTERNS
from workspaces.models import CandleSet, PatternWorkspace

PREFIX: Final = "p-"
_MOST_CHOICES: Final = 200


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(required=False, label=label, widget=widget)


class StartForm(StyledForm):
    """``parameters`` begin as those that the current version has."""

    candles = forms.ChoiceField()
    since = _moment("From")
    until = _moment("To")
    first_bar = forms.IntegerField(required=False, min_value=0, label="First bar")
    last_bar = forms.IntegerField(required=False, min_value=0, label="Last bar")

    def __init__(
        self, user: User, workspace: PatternWorkspace, settled: JsonObject, data: Any = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        rows = CandleSet.objects.visible_to(user).defer("data").order_by("-id")[:_MOST_CHOICES]
        choices: Any = self.fields["candles"]
        choices.choices = [(str(row.pk), _named(row)) for row in rows]
        known = {each.name: each.metadata for each in fields(PATTERNS[workspace.pattern_type].parameters)}
        for name, value in settled.items():
            self.fields[f"{PREFIX}{name}"] = _field(name, known.get(name, {}), value)
        self.style()

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def given(self) -> dict[str, Any]:
        """What the service is told. Times win over bars, since they are what people look at first."""
        values = dict(self.cleaned_data)
        parameters = {
            name.removeprefix(PREFIX): values.pop(name) for name in list(values) if name.startswith(PREFIX)
        }
        candles_id = values.pop("candles")
        typed = {name: value for name, value in parameters.items() if value is not None}
        return {**values, "candles_id": candles_id, "parameters": typed}


def _named(candles: CandleSet) -> str:
    """Its name, and how many bars it has unless the name says so."""
    bars = f"{candles.count:,} bars"
    return candles.name if bars in candles.name else f"{candles.name} ({bars})"


def _field(name: str, about: Any, value: Any) -> forms.Field:
    label = name.replace("_", " ").capitalize()
    options: dict[str, Any] = {
        "required": False,
        "label": label,
        "initial": value,
        "help_text": about["help"],
    }
    if isinstance(value, bool):
        return forms.BooleanField(**options)
    kind = forms.FloatField if isinstance(value, float) else forms.IntegerField
    widget = forms.NumberInput(attrs={"step": about.get("step", "any")})
    return kind(**options, min_value=about.get("least"), max_value=about.get("most"), widget=widget)
