"""Forms of the workflow pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django import forms

from orchestrator.core import json
from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText
from orchestrator.workflows.domain.folders import MAX_NAME, MAX_PATH
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.examples import examples
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.queries.folders import FolderNode
from orchestrator.workflows.services.versions import MAX_DOCUMENT_BYTES

_DEFAULTS = WorkflowSettings()
_ELSEWHERE = ("notify_on_failure", "notify_on_success", "notify_on_approval", "notification_channels")
"""Settings that have a page of their own; saving this form leaves them as they are."""


def _starts() -> list[tuple[str, str]]:
    return [("", "Blank"), *((each.key, each.name) for each in examples())]


class NewForm(StyledForm):
    name = forms.CharField(max_length=200)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 2}))
    start = forms.ChoiceField(choices=_starts, required=False, label="Begin with")


class ImportForm(StyledForm):
    """An exported file, or its text."""

    file = forms.FileField(required=False, label="File", help_text="A .json file that “Export” has made.")
    text = forms.CharField(
        required=False,
        label="or its text",
        widget=forms.Textarea(
            attrs={"rows": 5, "class": "font-mono text-[0.8125rem]", "spellcheck": "false"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file, text = given.get("file"), given.get("text")
        if not file and not text:
            raise forms.ValidationError("Choose a file or paste its text.")
        if file and file.size > MAX_DOCUMENT_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_DOCUMENT_BYTES // 2**20} MB.")
        try:
            given["document"] = json.loads(file.read() if file else str(text))
        except json.NotJson as error:
            self.add_error("file" if file else "text", str(error))
        else:
            if not isinstance(given["document"], dict):
                raise forms.ValidationError("This is not a workflow file: it would be an object with nodes.")
        return given


class ShareForm(StyledForm):
    username = forms.CharField(max_length=150, label="User name")
    access = forms.ChoiceField(choices=Access.choices, initial=Access.VIEWER.value)


class DescribeForm(StyledForm):
    """What is said about a workflow and what holds for its runs. Empty settings mean the default."""

    name = forms.CharField(max_length=200)
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    tags = forms.CharField(
        required=False,
        help_text="Separated by commas.",
        widget=forms.TextInput(attrs={"data-tags": True, "data-tags-from": "known-tags"}),
    )
    folder = forms.CharField(
        required=False, max_length=MAX_PATH, help_text="Like Sales/Reports; what is missing is made."
    )
    category = forms.CharField(required=False, max_length=100)
    estimated_minutes = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, label="Usual duration, min"
    )
    is_public = forms.BooleanField(
        required=False, label="Public", help_text="Everybody who can log in may see it and its runs."
    )

    timeout_seconds = forms.FloatField(
        required=False, label="Time limit of a run, s", help_text="Empty: none."
    )
    concurrency = forms.IntegerField(
        required=False, label="Runs at a time", help_text="Further ones wait their turn. Empty: no limit."
    )
    parallel_steps = forms.IntegerField(
        required=False, label="Parallel steps", help_text=f"Of one run. Empty: {_DEFAULTS.parallel_steps}."
    )
    max_retries = forms.IntegerField(
        required=False, label="Retries of a step", help_text="Where the step has no rule of its own."
    )
    max_steps = forms.IntegerField(
        required=False,
        label="Maximum steps",
        help_text=f"Stops a runaway loop. Empty: {_DEFAULTS.max_steps:,}.",
    )
    max_cost = forms.DecimalField(
        required=False,
        label="Maximum AI cost of a run, $",
        help_text="A call that could pass it is not made. Empty: no limit.",
    )
    max_cost_per_month = forms.DecimalField(
        required=False,
        label="Maximum AI cost per month, $",
        help_text="Of all runs together, by calendar months in UTC. Empty: no limit.",
    )
    input_schema = JsonText(
        required=False,
        label="Input schema",
        rows=10,
        help_text="JSON Schema. It makes the form behind “Run” and is checked when a run starts.",
    )

    kept: Mapping[str, Any] = MappingProxyType({})

    @classmethod
    def of(cls, workflow: Workflow, data: Any = None, *, owner: bool, filing: bool) -> DescribeForm:
        """``owner``: whether sharing is theirs to change; ``filing``: whether they see its folder."""
        settings = WorkflowSettings.model_validate(workflow.settings)
        initial = {
            **{name: getattr(workflow, name) for name in ("name", "description", "category")},
            "folder": workflow.folder.path if filing and workflow.folder else "",
            **{name: getattr(settings, name) for name in WorkflowSettings.model_fields},
            "estimated_minutes": workflow.estimated_minutes,
            "is_public": workflow.is_public,
            "tags": ", ".join(workflow.tags),
        }
        form = cls(data, initial=initial, auto_id="describe_%s")
        form.kept = {name: workflow.settings[name] for name in _ELSEWHERE if name in workflow.settings}
        if not owner:
            del form.fields["is_public"]
        if not filing:
            del form.fields["folder"]
        return form

    def description_given(self) -> dict[str, Any]:
        """What ``describe_workflow`` takes."""
        given = dict(self.cleaned_data)
        settings = {name: given.pop(name) for name in WorkflowSettings.model_fields if name in given}
        for name in ("max_cost", "max_cost_per_month"):
            if settings[name] is not None:
                settings[name] = str(settings[name])
        given["tags"] = _listed(given["tags"])
        known = {name: each for name, each in settings.items() if each is not None}
        return {**given, "settings": {**self.kept, **known}}


class _FolderChoice(StyledForm):
    """A form with a select of the person's folders, moved in by depth."""

    folder_field = "folder"

    def __init__(self, folders: list[FolderNode], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indent = "\N{NO-BREAK SPACE}" * 3
        choices = [(self.key_of(each), indent * (each.depth - 1) + each.name) for each in folders]
        self.fields[self.folder_field].choices = [("", self.nowhere), *choices]  # type: ignore[attr-defined]

    nowhere = "In no folder"

    def key_of(self, folder: FolderNode) -> str:
        return folder.path


class FolderForm(_FolderChoice):
    """A folder's name and where it lies."""

    folder_field = "parent"
    nowhere = "At the top"
    name = forms.CharField(max_length=MAX_NAME)
    parent = forms.ChoiceField(required=False, label="Lies in")

    def key_of(self, folder: FolderNode) -> str:
        return str(folder.id)

    def parent_id(self) -> UUID | None:
        return UUID(self.cleaned_data["parent"]) if self.cleaned_data["parent"] else None


class UseForm(_FolderChoice):
    """What a workflow that begins with a template is called, and where it lies."""

    name = forms.CharField(max_length=200)
    folder = forms.ChoiceField(required=False)


class TemplateForm(StyledForm):
    """What people read of a template before they use it."""

    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What it is good for, and what to change in it.",
    )
    category = forms.CharField(required=False, max_length=100)


class GraphForm(StyledForm):
    """The editor without JavaScript, and what it sends."""

    document = JsonText(label="Graph", rows=28)
    base_checksum = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=500)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
