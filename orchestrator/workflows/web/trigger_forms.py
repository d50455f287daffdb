"""Forms of triggers: one for each kind, over what all kinds have."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms

from orchestrator.core.web.forms import StyledForm
from orchestrator.core.web.json_field import JsonText
from orchestrator.workflows.domain.schedules import Unit
from orchestrator.workflows.models import (
    MISSED_CHOICES,
    OVERLAP_CHOICES,
    UNIT_CHOICES,
    Signature,
    Trigger,
    TriggerKind,
    Workflow,
)

PRESETS: Final = (
    ("Every 10 minutes", "*/10 * * * *"),
    ("Hourly", "0 * * * *"),
    ("Daily at 09:00", "0 9 * * *"),
    ("Weekdays at 09:00", "0 9 * * 1-5"),
    ("Mondays at 09:00", "0 9 * * 1"),
    ("First of the month", "0 9 1 * *"),
)
_MODES: Final = [("cron", "At times of the clock"), ("interval", "Every so often")]


class TriggerForm(StyledForm):
    """What every trigger has. ``fields_of`` are the names that the service takes."""

    names: ClassVar[tuple[str, ...]] = ("name", "enabled", "version_number", "input")

    name = forms.CharField(max_length=100)
    enabled = forms.BooleanField(required=False, initial=True, label="On")
    version_number = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label="Version", choices=[]
    )
    input = JsonText(
        required=False,
        rows=5,
        label="Input of its runs",
        help_text='JSON. A value {"=": "…"} is an expression, and "{{ … }}" in a text is, too; '
        "both see “trigger”.",
    )

    def __init__(self, workflow: Workflow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="trigger_%s", **kwargs)
        numbers = workflow.versions.filter(status="published").values_list("number", flat=True)[:100]
        choices = [("", "The current one, whichever it is")]
        self.fields["version_number"].choices = [*choices, *((n, f"Version {n}") for n in numbers)]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(trigger: Trigger) -> dict[str, Any]:
        return {name: getattr(trigger, name) for name in _BY_KIND[trigger.kind].names}

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in self.names}


class ManualForm(TriggerForm):
    pass


class ScheduleForm(TriggerForm):
    names = (
        *TriggerForm.names, "cron", "every", "unit", "anchor_at", "time_zone", "missed", "catch_up",
        "overlap", "jitter_seconds",
    )  # fmt: skip

    mode = forms.ChoiceField(choices=_MODES, initial="cron", widget=forms.RadioSelect, label="Repeats")
    cron = forms.CharField(
        required=False,
        max_length=100,
        label="Cron expression",
        help_text="Minute, hour, day of the month, month, day of the week.",
        widget=forms.TextInput(
            attrs={"class": "font-mono", "placeholder": "0 9 * * 1-5", "autocomplete": "off"}
        ),
    )
    every = forms.IntegerField(required=False, min_value=1, max_value=100_000, label="Every")
    unit = forms.ChoiceField(required=False, choices=UNIT_CHOICES, initial=Unit.HOURS.value)
    anchor_at = forms.DateTimeField(
        required=False,
        label="Counted from",
        help_text="In the time zone below. Empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    time_zone = forms.ChoiceField(
        label="Time zone", choices=lambda: [(name, name) for name in sorted(available_timezones())]
    )
    missed = forms.ChoiceField(
        choices=MISSED_CHOICES, label="Moments that were missed", help_text="While nothing was running."
    )
    catch_up = forms.IntegerField(
        required=False, min_value=1, max_value=100, label="At most", help_text="Missed moments that are run."
    )
    overlap = forms.ChoiceField(choices=OVERLAP_CHOICES, label="While an earlier run is under way")
    jitter_seconds = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=3_600,
        label="Spread over, s",
        help_text="Starts up to so much later, so that not everything begins on the minute.",
    )

    def __init__(self, workflow: Workflow, *args: Any, **kwargs: Any) -> None:
        initial = kwargs.get("initial") or {}
        anchor, zone = initial.get("anchor_at"), initial.get("time_zone")
        if anchor is not None and zone:
            initial["anchor_at"] = anchor.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        if initial.get("every"):
            initial["mode"] = "interval"
        super().__init__(workflow, *args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """An interval's beginning is typed in the schedule's own zone, not in the reader's."""
        data = super().clean() or {}
        anchor, zone = data.get("anchor_at"), data.get("time_zone")
        if anchor is not None and zone:
            data["anchor_at"] = anchor.replace(tzinfo=ZoneInfo(zone))
        return data

    def given(self) -> dict[str, Any]:
        values = super().given()
        if self.cleaned_data["mode"] == "cron":
            values |= {"every": None, "unit": "", "anchor_at": None}
        elif values["every"] is None:
            values |= {"cron": "", "every": 0}
        else:
            values["cron"] = ""
        values["catch_up"] = values["catch_up"] or 10
        values["jitter_seconds"] = values["jitter_seconds"] or 0
        return values


class WebhookForm(TriggerForm):
    names = (
        *TriggerForm.names, "condition", "signature", "signature_header", "signing_secret",
        "tolerance_seconds", "idempotency_header", "dedupe_seconds", "rate_per_minute",
    )  # fmt: skip

    condition = forms.CharField(
        required=False,
        max_length=2_000,
        label="Only when",
        help_text="An expression, such as trigger.payload.action == 'opened'. Empty: always.",
        widget=forms.TextInput(attrs={"class": "font-mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    signature = forms.ChoiceField(choices=Signature.choices, label="Proof of the sender")
    signature_header = forms.CharField(
        required=False,
        max_length=100,
        label="Header of the signature",
        help_text="Empty: X-Hub-Signature-256, or Stripe-Signature for one with a time.",
    )
    signing_secret = forms.CharField(
        required=False,
        max_length=500,
        label="Signing secret",
        help_text="The same as at the sender. It is stored encrypted; left empty, it stays as it is.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    tolerance_seconds = forms.IntegerField(
        required=False,
        min_value=10,
        max_value=86_400,
        label="Age of a signature, s",
        help_text="Older ones are refused, where they say when they were made.",
    )
    idempotency_header = forms.CharField(
        required=False,
        max_length=100,
        label="Header of the delivery key",
        help_text="One run for each key. Empty: Idempotency-Key. GitHub sends X-GitHub-Delivery.",
    )
    dedupe_seconds = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=604_800,
        label="Same body again, s",
        help_text="Within this time it starts no second run. 0: it does.",
    )
    rate_per_minute = forms.IntegerField(
        required=False, min_value=1, max_value=10_000, label="Deliveries a minute", help_text="At most."
    )

    def given(self) -> dict[str, Any]:
        values = super().given()
        defaults = {"tolerance_seconds": 300, "dedupe_seconds": 0, "rate_per_minute": 120}
        return values | {name: values[name] or default for name, default in defaults.items()}


_BY_KIND: Final[dict[str, type[TriggerForm]]] = {
    TriggerKind.MANUAL: ManualForm,
    TriggerKind.SCHEDULE: ScheduleForm,
    TriggerKind.WEBHOOK: WebhookForm,
}


_BEGIN: Final[dict[str, Any]] = {"cron": "0 9 * * 1-5", "unit": Unit.HOURS.value}


def form_for(
    kind: str, workflow: Workflow, data: Any = None, trigger: Trigger | None = None, *, time_zone: str = "UTC"
) -> TriggerForm:
    """The form of a kind, filled from a trigger if there is one, else with something to begin with."""
    form = _BY_KIND[kind]
    if trigger is None:
        given = {"=": "trigger.payload"} if kind == TriggerKind.WEBHOOK else {}
        blank = Trigger(workflow=workflow, kind=kind, input=given, time_zone=time_zone)
        shown = form.initial_of(blank) | _BEGIN
    else:
        shown = form.initial_of(trigger)
    shown.pop("signing_secret", None)
    return form(workflow, data, initial=shown)
