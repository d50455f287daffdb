"""The forms that put a strategy to work: over a whole tape, on paper, or live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone

from orchestrator.core import json
from orchestrator.core.web.forms import StyledForm
from orchestrator.workflows.models import WorkflowVersion
from trading.domain.vocabulary import TapeOrigin, TapeStatus
from trading.models import Portfolio, Tape
from trading.services.portfolios import STARTING_CASH


class _Moment(forms.DateTimeInput):
    """To the second, in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"step": 1}, format="%Y-%m-%dT%H:%M:%S")


class _RunForm(StyledForm):
    """What both ask for. ``nonce`` makes one run of a form that is sent twice."""

    tape_id = forms.TypedChoiceField(coerce=UUID, label="Tape")
    version = forms.TypedChoiceField(coerce=int, label="Version")
    nonce = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, tapes: Sequence[Tape], versions: Sequence[WorkflowVersion], data: Any = None) -> None:
        super().__init__(data, initial={"nonce": uuid4().hex}, auto_id=f"{type(self).__name__.lower()}-%s")
        _choose(self, "tape_id", _tapes(tapes))
        _choose(self, "version", [(each.number, _numbered(each)) for each in versions])
        current = next((each.number for each in versions if each.is_current), None)
        self.fields["version"].initial = current

    def key(self) -> str:
        """The idempotency key: the same form sent twice with the same answers starts one run."""
        given = {name: str(value) for name, value in self.cleaned_data.items()}
        return f"form:{self.cleaned_data['nonce']}:{json.checksum(given)[:32]}"

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "nonce" and value != ""}


SPEEDS: Final = (1, 10, 60, 600)


class BacktestForm(_RunForm):
    cash = forms.DecimalField(
        label="Starting cash",
        min_value=1,
        max_digits=18,
        decimal_places=6,
        initial=STARTING_CASH,
        help_text="In USDC.",
    )
    windows = forms.IntegerField(
        label="Windows",
        required=False,
        min_value=1,
        help_text="How many to read from the beginning of the tape. Empty: all of them.",
    )

    from_at = forms.DateTimeField(
        label="From", required=False, widget=_Moment(), help_text="Market time. Empty: from its beginning."
    )
    until_at = forms.DateTimeField(
        label="Until", required=False, widget=_Moment(), help_text="Market time. Empty: to its end."
    )
    speed = forms.TypedChoiceField(
        coerce=float,
        label="Speed",
        required=False,
        empty_value=None,
        choices=[("", "As fast as it goes"), *((str(each), f"{each} times the market's") for each in SPEEDS)],
        help_text="Slower, to be watched. The result is the same.",
    )

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if value is not None}


class PaperForm(_RunForm):
    portfolio_id = forms.TypedChoiceField(
        coerce=UUID,
        label="Portfolio",
        required=False,
        empty_value=None,
        help_text="Whose money it trades with.",
    )

    def __init__(
        self,
        tapes: Sequence[Tape],
        versions: Sequence[WorkflowVersion],
        portfolios: Sequence[Portfolio],
        data: Any = None,
    ) -> None:
        super().__init__(tapes, versions, data)
        mine = [(str(each.pk), f"{each.name}: {each.cash:,.2f} USDC in cash") for each in portfolios]
        _choose(self, "portfolio_id", [("", "My own, made on first use"), *mine])


class LiveForm(_RunForm):
    """Real money: the portfolio is chosen, and that orders cost money is said by hand."""

    portfolio_id = forms.TypedChoiceField(
        coerce=UUID, label="Portfolio", help_text="Whose account at Polymarket pays."
    )
    understood = forms.BooleanField(
        label="I know that its orders are sent to Polymarket and cost real money",
        error_messages={"required": "Say that you know."},
    )

    def __init__(
        self,
        tapes: Sequence[Tape],
        versions: Sequence[WorkflowVersion],
        portfolios: Sequence[Portfolio],
        data: Any = None,
    ) -> None:
        super().__init__(tapes, versions, data)
        self.fields["tape_id"].label = "Market, as it is being recorded"
        mine = [(str(each.pk), f"{each.name}: {each.cash:,.2f} USDC in cash") for each in portfolios]
        _choose(self, "portfolio_id", mine)

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in super().given().items() if name != "understood"}


def _tapes(tapes: Sequence[Tape]) -> list[Any]:
    """Markets that are followed now, and tapes that are whole, apart where there are both."""
    going = [(str(each.pk), _named(each)) for each in tapes if each.status == TapeStatus.RECORDING]
    whole = [(str(each.pk), _named(each)) for each in tapes if each.status != TapeStatus.RECORDING]
    if going and whole:
        return [("The market, live", going), ("Tapes", whole)]
    return going or whole


def _choose(form: StyledForm, name: str, choices: list[Any]) -> None:
    field: Any = form.fields[name]
    field.choices = choices


def _named(tape: Tape) -> str:
    label = " (generated)" if tape.origin == TapeOrigin.GENERATED and "generated" not in tape.name else ""
    if tape.status == TapeStatus.RECORDING:
        return f"{tape.name}, recording now"
    return f"{tape.name}{label}{_span(tape)}"


def _span(tape: Tape) -> str:
    """From when to when, in the reader's zone."""
    if tape.first_at is None or tape.last_at is None:
        return ", empty"
    first, last = timezone.localtime(tape.first_at), timezone.localtime(tape.last_at)
    end = f"{last:%H:%M:%S}" if last.date() == first.date() else f"{last:%-d %b %H:%M:%S}"
    return f", {first:%-d %b %Y %H:%M:%S} to {end}"


def _numbered(version: WorkflowVersion) -> str:
    note = f" \N{EN DASH} {version.note}" if version.note else ""
    return f"{version.number}{' (current)' if version.is_current else ''}{note}"
