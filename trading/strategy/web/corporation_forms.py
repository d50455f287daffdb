"""Forms of corporations: adding one, lending it, its region, and what a character is asked for."""

from __future__ import annotations

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orchestrator.core.web.forms import StyledForm
from trading.eve.sso import SCOPES
from trading.strategy.domain.kinds import KINDS
from trading.strategy.domain.vocabulary import Access


class NewCorporationForm(StyledForm):
    corporation_id = forms.CharField(
        label="EVE's number of the corporation",
        max_length=20,
        help_text="Such as 98000001: the last part of its address on zKillboard, EVE Who or dotlan.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class FindCorporationForm(StyledForm):
    name = forms.CharField(
        label="Its name",
        min_length=3,
        max_length=50,
        help_text="The whole of it; capitals do not matter.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LendForm(StyledForm):
    username = forms.CharField(
        label="Username", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    access = forms.ChoiceField(
        label="May",
        choices=[(Access.READER.value, "read"), (Access.EDITOR.value, "work in its sessions")],
    )

    def clean_access(self) -> Access:
        return Access(self.cleaned_data["access"])


class RegionForm(StyledForm):
    region_id = forms.IntegerField(
        label="Region whose market is looked at",
        help_text="EVE's number of it: 10000002 is The Forge (Jita), 10000043 Domain (Amarr).",
    )


def _told(scope: str, why: str) -> SafeString:
    """What is asked for, what comes of it here, and what EVE calls it."""
    kinds = ", ".join(kind.title for kind in KINDS.values() if kind.scope == scope)
    return format_html(
        '<span class="min-w-0">{}<span class="block text-[0.8125rem] text-muted">'
        'Shown as {}. EVE calls it <code class="break-all">{}</code></span></span>',
        why,
        kinds,
        scope,
    )


class ScopesForm(StyledForm):
    scopes = forms.MultipleChoiceField(
        label="May be read",
        choices=[(scope, _told(scope, why)) for scope, why in SCOPES.items()],
        initial=list(SCOPES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
