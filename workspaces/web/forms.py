"""The forms of a workspace's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from orchestrator.core.web.forms import StyledForm
from workspaces.domain.files import ACCEPT, NAMES
from workspaces.domain.vocabulary import Access
from workspaces.models import PatternWorkspace
from workspaces.services.attachments import MOST_FILES
from workspaces.services.notes import LONGEST_NOTE


class NoteForm(StyledForm):
    text = forms.CharField(
        label="Note",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "Write a note", "maxlength": LONGEST_NOTE}),
    )


class DescriptionForm(StyledForm):
    """The steps are several fields of one name, in the order of the page."""

    description = forms.CharField(
        label="What is the pattern?", max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    reasoning = forms.CharField(
        label="Why does it work?",
        required=False,
        max_length=10_000,
        help_text="Your reasoning: a coding run reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    identification_steps = forms.Field(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = forms.Field(required=False)  # a form has an attribute of this name

    @classmethod
    def of(cls, workspace: PatternWorkspace) -> DescriptionForm:
        return cls(
            initial={"description": workspace.description, "reasoning": workspace.user_reasoning},
        )


def picker() -> dict[str, object]:
    """What ``workspaces/_files.html`` says of files that may be chosen."""
    return {
        "accept": ACCEPT,
        "kinds": NAMES,
        "most_files": MOST_FILES,
        "limits": {name: f"{size / 1024**2:g}" for name, size in settings.ATTACHMENT_MAX_BYTES.items()},
    }


class CommentForm(StyledForm):
    comment = forms.CharField(
        label="Comment", required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, must: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = must


class MemberForm(StyledForm):
    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    access = forms.ChoiceField(
        label="May",
        choices=[(Access.VIEWER.value, "look at it"), (Access.EDITOR.value, "work in it")],
    )
