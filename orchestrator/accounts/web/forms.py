"""Forms of the account pages."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from orchestrator.accounts.models import ApiScope, Theme
from orchestrator.core.web.forms import StyledForm

_LIFETIMES: Final = {
    "30": "30 days",
    "90": "90 days",
    "365": "1 year",
    "": "Never",
}


@cache
def _time_zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class LoginForm(StyledForm, AuthenticationForm):
    """User name or e-mail address, in any case."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "The user name or the password is wrong. The password distinguishes capitals.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name or e-mail"


class ProfileForm(StyledForm):
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(required=False, label="E-mail")


class PreferencesForm(StyledForm):
    theme = forms.ChoiceField(choices=Theme.choices)
    time_zone = forms.ChoiceField(
        choices=_time_zones, help_text="Times on pages and in mails are shown in this zone."
    )


class NotificationsForm(StyledForm):
    notify_email = forms.BooleanField(
        required=False, label="By e-mail", help_text="Approvals that wait for you and what you choose below."
    )
    notify_push = forms.BooleanField(required=False, label="In the browser")
    notify_workflow_updates = forms.BooleanField(
        required=False,
        label="Workflow updates",
        help_text="When somebody publishes or shares one of yours.",
    )
    notify_execution_alerts = forms.BooleanField(
        required=False, label="Run alerts", help_text="When a run of your workflows fails or times out."
    )


class ApiKeyForm(StyledForm):
    name = forms.CharField(max_length=100, help_text="What uses it, for example “nightly import”.")
    scopes = forms.MultipleChoiceField(choices=ApiScope.choices, widget=forms.CheckboxSelectMultiple)
    lifetime = forms.ChoiceField(choices=list(_LIFETIMES.items()), required=False, label="Expires after")

    def lifetime_given(self) -> timedelta | None:
        days = self.cleaned_data["lifetime"]
        return timedelta(days=int(days)) if days else None
