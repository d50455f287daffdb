"""Forms of the account pages."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from orchestrator.accounts.models import ApiScope, Theme
from orchestrator.accounts.services.logging_in import BadCredentials, LockedOut, check_password
from orchestrator.core.errors import DomainError
from orchestrator.core.web.forms import StyledForm

_RULES: Final = "At least 8 characters, not only digits, not a common one, not like your name."
_CODE: Final = {"autocomplete": "one-time-code", "inputmode": "numeric"}
_LIFETIMES: Final = {
    "30": "30 days",
    "90": "90 days",
    "365": "1 year",
    "": "Never",
}


@cache
def _zones_by_key() -> dict[str, str]:
    return {_zone_key(name): name for name in sorted(available_timezones())}


def _zone_key(text: str) -> str:
    return text.strip().replace(" ", "_").casefold()


class TimeZoneField(forms.CharField):
    """Type to search, in any case, with blanks; the browser offers the names of the list ``time-zones``."""

    widget = forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        found = _zones_by_key().get(_zone_key(typed))
        if found is None:
            raise forms.ValidationError(f"There is no time zone “{typed}”. Use a name such as Europe/Paris.")
        return found


def time_zone_names() -> list[str]:
    return list(_zones_by_key().values())


class LoginForm(StyledForm, AuthenticationForm):
    """User name or e-mail address, in any case."""

    refused: DomainError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name or e-mail"

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            assert self.request is not None
            try:
                self.user_cache = check_password(self.request, name, password)
            except BadCredentials as error:
                self.refused = error
                raise forms.ValidationError(
                    f"{error.message} The password distinguishes capitals."
                ) from error
            except LockedOut as error:
                self.refused = error
                raise forms.ValidationError(error.message) from error
        return self.cleaned_data


class CodeForm(StyledForm):
    code = forms.CharField(
        max_length=20,
        label="Code",
        widget=forms.TextInput(attrs={**_CODE, "autofocus": True}),
        help_text="Six digits from your app, or one of your recovery codes.",
    )


def _password(label: str, *, new: bool = False) -> forms.CharField:
    hint = "new-password" if new else "current-password"
    return forms.CharField(
        label=label, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": hint}),
        help_text=_RULES if new else "",
    )  # fmt: skip


class ChangePasswordForm(StyledForm):
    current = _password("Present password")
    new = _password("New password", new=True)


class NewPasswordForm(StyledForm):
    new = _password("New password", new=True)


class TwoStepsForm(StyledForm):
    """Turning two-step log-in on, or asking for what only its owner may have."""

    code = forms.CharField(
        max_length=20,
        label="Code that the app shows",
        widget=forms.TextInput(attrs=_CODE),
    )
    current = _password("Present password")


class ConfirmForm(StyledForm):
    current = _password("Present password")


class ForgottenForm(StyledForm):
    email = forms.EmailField(label="E-mail")


class SignUpForm(StyledForm):
    username = forms.CharField(max_length=150, label="User name")
    email = forms.EmailField(label="E-mail", help_text="A link to choose your password is sent there.")


class ProfileForm(StyledForm):
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(required=False, label="E-mail")


class PreferencesForm(StyledForm):
    theme = forms.ChoiceField(choices=Theme.choices)
    time_zone = TimeZoneField(
        max_length=64, help_text="Type to search. Times on pages and in mails are shown in this zone."
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
