"""Forms of the pages about runs that are not made from a schema."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.json import Json
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText
from orchestrator.executions.models import STATUS_CHOICES
from orchestrator.executions.queries.runs import TRIGGERS, RunFilter
from orchestrator.executions.services.steering import MAX_PAYLOAD_BYTES
from orchestrator.workflows.models import WorkflowVersion
from orchestrator.workflows.queries.choosing import choosable


def day_field(label: str) -> forms.DateField:
    """Within the years that an id can tell."""
    years = [MinValueValidator(date(1971, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(required=False, label=label, widget=widget, validators=years)


class ByWorkflowForm(StyledForm):
    """Filters of a list, as they stand in its address; one of them is the workflow."""

    workflow = forms.ChoiceField(required=False)

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        found = choosable(user, str(data.get("workflow", "")))
        self.visible = found.visible
        """All workflows that the person may see, unless they are too many to choose from."""
        self.fields["workflow"].choices = [("", "Any workflow"), *found.choices]  # type: ignore[attr-defined]

    def workflow_wanted(self) -> UUID | None:
        wanted = self.cleaned_data.get("workflow")
        return UUID(wanted) if wanted else None


class RunFilterForm(ByWorkflowForm):
    """The filters of the list of runs."""

    search = forms.CharField(
        required=False, label="Search", max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    status = forms.MultipleChoiceField(
        required=False, choices=STATUS_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    started_by = forms.CharField(required=False, max_length=150, label="Started by")
    trigger = forms.ChoiceField(required=False, choices=[("", "Any"), *TRIGGERS.items()])
    trigger_id = forms.UUIDField(required=False, label="One trigger", widget=forms.HiddenInput)
    after = day_field("From")
    before = day_field("To")

    def wanted(self) -> RunFilter:
        """What could be understood; the rest stands beside its field as an error and filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        return RunFilter(
            workflow=self.workflow_wanted(),
            statuses=tuple(data.get("status", ())),
            started_by=data.get("started_by", ""),
            trigger=data.get("trigger", ""),
            trigger_id=data.get("trigger_id"),
            after=data.get("after"),
            before=data.get("before"),
            search=data.get("search", ""),
        )


class StartForm(StyledForm):
    """What belongs to the start itself rather than to the input."""

    version = forms.TypedChoiceField(coerce=int, label="Version")
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, versions: list[WorkflowVersion], data: Any = None) -> None:
        super().__init__(data, initial={"nonce": uuid4().hex})
        self.fields["version"].choices = [(each.number, _name(each)) for each in versions]  # type: ignore[attr-defined]
        current = next((each.number for each in versions if each.is_current), None)
        self.fields["version"].initial = current

    def key(self, given: Json) -> str:
        """The idempotency key: the same form sent twice with the same input starts one run."""
        sent = json.checksum([given, self.cleaned_data["version"]])
        return f"form:{self.cleaned_data['nonce']}:{sent[:32]}"


def _name(version: WorkflowVersion) -> str:
    note = f" \N{EN DASH} {version.note}" if version.note else ""
    return f"{version.number}{' (current)' if version.is_current else ''}{note}"


class CancelForm(StyledForm):
    reason = forms.CharField(required=False, max_length=500, label="Reason")


class RetryForm(StyledForm):
    """``start`` is ``failed``, ``start`` or ``node``, the latter with the name of one."""

    start = forms.CharField(max_length=100)
    node = forms.CharField(required=False, max_length=100)
    version = forms.ChoiceField(
        choices=[("original", "The version it ran on"), ("current", "The current version")],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") == "node" and not data.get("node"):
            self.add_error("node", "Choose the node to go on from.")
        return data

    def begin(self) -> str:
        data = self.cleaned_data
        return str(data["node"] if data["start"] == "node" else data["start"])


class SignalForm(StyledForm):
    name = forms.CharField(max_length=100, label="Signal")
    payload = JsonText(required=False, rows=2, label="Data (JSON)", max_length=MAX_PAYLOAD_BYTES)


class AnswerForm(StyledForm):
    comment = forms.CharField(
        required=False, max_length=10_000, label="Comment", widget=forms.Textarea(attrs={"rows": 2})
    )
