"""The form in which an owner chooses where versions go."""

from __future__ import annotations

from django import forms

from orchestrator.core.web.forms import StyledForm
from workspaces.domain.vocabulary import Target
from workspaces.models import PatternWorkspace, VercelConnection

_SECRET = {"autocomplete": "off", "spellcheck": "false"}


class TargetForm(StyledForm):
    """What is secret is never shown again, not even after a mistake. A blank leaves it as it is."""

    target = forms.ChoiceField(choices=[(each.value, each.value) for each in Target])
    token = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text="Made at Vercel under Account settings, Tokens. Stored encrypted, and never shown again.",
    )
    team_id = forms.CharField(
        label="Team",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={**_SECRET, "placeholder": "team_…"}),
        help_text="The id in the team's settings; empty for a personal account.",
    )
    webhook_secret = forms.CharField(
        label="Secret of the webhook",
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text="Without one, Vercel is asked every few seconds how it stands.",
    )

    @classmethod
    def of(cls, workspace: PatternWorkspace, known: VercelConnection | None) -> TargetForm:
        initial = {"target": workspace.deploy_target, "team_id": known.team_id if known else ""}
        return cls(initial=initial)
