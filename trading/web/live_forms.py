"""Forms of live trading: what an admin approves, why somebody stops all, and the keys of an account."""

from __future__ import annotations

from django import forms

from orchestrator.core.web.forms import StyledForm

_SECRET = {"autocomplete": "off", "spellcheck": "false"}
_KINDS = [
    (0, "The wallet itself (EOA)"),
    (1, "Polymarket proxy wallet"),
    (2, "Gnosis safe"),
    (3, "Smart contract wallet"),
]


class ApproveForm(StyledForm):
    most_notional = forms.DecimalField(
        label="Cap in USDC",
        max_digits=24,
        decimal_places=6,
        help_text="The most that may be at stake at once: what open purchases may cost, and what was paid "
        "for the tokens held.",
    )
    comment = forms.CharField(
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What was looked at. It is kept with the approval.",
    )


class RevokeForm(StyledForm):
    comment = forms.CharField(required=False, max_length=2_000)


class PullForm(StyledForm):
    reason = forms.CharField(
        max_length=2_000,
        widget=forms.TextInput(attrs={"placeholder": "What is wrong?"}),
        help_text="Everybody who trades here reads it.",
    )


class AccountForm(StyledForm):
    """What is secret is never shown again, not even after a mistake."""

    funder = forms.CharField(
        label="Wallet address",
        max_length=42,
        widget=forms.TextInput(attrs={**_SECRET, "placeholder": "0x…"}),
        help_text="The address that holds the USDC, as Polymarket shows it in your profile.",
    )
    signature_type = forms.TypedChoiceField(label="Signed by", choices=_KINDS, coerce=int, initial=0)
    private_key = forms.CharField(
        max_length=66,
        widget=forms.PasswordInput(attrs=_SECRET),
        help_text="Of the wallet that signs. Stored encrypted, opened in workers only, never shown again.",
    )
    api_key = forms.CharField(label="API key", max_length=500, widget=forms.PasswordInput(attrs=_SECRET))
    api_secret = forms.CharField(
        label="API secret", max_length=500, widget=forms.PasswordInput(attrs=_SECRET)
    )
    api_passphrase = forms.CharField(
        label="API passphrase", max_length=500, widget=forms.PasswordInput(attrs=_SECRET)
    )
