"""Forms of corporations: adding one, lending it, its region, and what a character is asked for."""

from __future__ import annotations

from django import forms

from orchestrator.core.web.forms import StyledForm
from trading.eve.sso import SCOPES
from trading.strategy.domain.vocabulary import Access


class NewCorporationForm(StyledForm):
    corporation_id = forms.CharField(
        label="EVE's number of the corporation",
        max_length=20,
        help_text="Such as 98000001: the last part of its address on zKillboard, EVE Who or dotlan.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
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


class ScopesForm(StyledForm):
    scopes = forms.MultipleChoiceField(
        label="May be read",
        choices=list(SCOPES.items()),
        initial=list(SCOPES),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
