"""What a person wants to tell of, what their life is made of, and what to leave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms

from orchestrator.core.json import Json
from orchestrator.core.web.forms import StyledForm
from process.domain.journey import Scope
from process.domain.vocabulary import BOUNDARIES, FLAGS, PREFERENCES, ScopeType

_SCOPES: Final = [
    (ScopeType.WHOLE_LIFE.value, "A whole life, from the beginning to today"),
    (ScopeType.MAJOR_CHAPTER.value, "One chapter of it: a job, a marriage, a country, an illness"),
    (ScopeType.SINGLE_EVENT.value, "A single event, from the evening before to what came after"),
    (ScopeType.UNSURE.value, "I do not know yet"),
]
_LIFE: Final = {
    "has_relationships": "There is, or was, somebody I love or loved",
    "has_children": "I have, or had, children",
    "has_multiple_careers": "I have done more than one kind of work",
    "has_lived_multiple_places": "I have lived in more than one place",
    "has_military_service": "I have served in the military",
    "faith_important": "Faith matters, or mattered, in my life",
}
_BOUNDARIES: Final = {
    BOUNDARIES["romance"]: (
        "You may ask me about love and partnership",
        "Without the tick it never comes up.",
    ),
    BOUNDARIES["trauma"]: (
        "You may ask me about hard things: losses, illness, violence",
        "Without the tick none of it comes up. You need not say why, and can change it on any day.",
    ),
    "prefers_some_private": (
        "Some of what I tell shall stay between me and this page",
        "Each question has a tick for that. What is marked never reaches a machine that helps with writing.",
    ),
}


class ScopeForm(StyledForm):
    """What the person wants to tell of."""

    scope_type = forms.ChoiceField(
        label="What would you like to tell about?", choices=_SCOPES, widget=forms.RadioSelect
    )
    description = forms.CharField(
        label="In a few words",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For instance: “The years on the farm”, or “The night my daughter was born”.",
    )
    time_period_start = forms.DateField(
        label="It began about", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    time_period_end = forms.DateField(
        label="It ended about", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @classmethod
    def of(cls, scope: Scope | None) -> ScopeForm:
        if scope is None:
            return cls()
        return cls(
            initial={
                "scope_type": scope.type,
                "description": scope.description,
                "time_period_start": scope.start,
                "time_period_end": scope.end,
            }
        )

    def scope(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "scope_type": given["scope_type"],
            "description": given["description"],
            "start": given["time_period_start"],
            "end": given["time_period_end"],
        }


class ProfileForm(StyledForm):
    """Ticks about a life, those that only this version asks for among them, and boundaries."""

    def __init__(self, *args: Any, own_flags: Iterable[Mapping[str, Any]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in FLAGS:
            self.fields[name] = forms.BooleanField(label=_LIFE[name], required=False)
        self._life = list(FLAGS)
        for flag in own_flags:
            key = str(flag["key"])
            label, help_text = str(flag.get("label") or key), str(flag.get("help") or "")
            self.fields[key] = forms.BooleanField(label=label, help_text=help_text, required=False)
            self._life.append(key)
        for name in PREFERENCES:
            label, help_text = _BOUNDARIES[name]
            begins = name.startswith("comfortable_")
            self.fields[name] = forms.BooleanField(
                label=label, help_text=help_text, required=False, initial=begins
            )
        self.style()

    @classmethod
    def of(cls, profile: Mapping[str, Json] | None, own_flags: Iterable[Mapping[str, Any]]) -> ProfileForm:
        return cls(own_flags=own_flags, initial=dict(profile or {}))

    @property
    def life(self) -> list[forms.BoundField]:
        return [self[name] for name in self._life]

    @property
    def boundaries(self) -> list[forms.BoundField]:
        return [self[name] for name in PREFERENCES]
