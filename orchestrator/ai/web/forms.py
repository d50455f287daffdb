"""Forms of the page of AI providers."""

from __future__ import annotations

from django import forms

from orchestrator.ai.services.credentials import LONGEST
from orchestrator.core.web.forms import StyledForm


class KeyForm(StyledForm):
    """A key is typed in and never shown again, not even after a mistake."""

    key = forms.CharField(
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @classmethod
    def of(cls, provider: str, data: object = None) -> KeyForm:
        return cls(data, auto_id=f"{provider}_%s")
