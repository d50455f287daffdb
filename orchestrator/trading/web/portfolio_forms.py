"""Forms of portfolios: making one, moving money, and an order by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms

from orchestrator.accounts.models import User
from orchestrator.core.web.forms import StyledForm
from orchestrator.trading.domain.vocabulary import OrderType, Side, TimeInForce
from orchestrator.trading.models import Tape
from orchestrator.trading.queries.market_pages import questions_of
from orchestrator.trading.services.manual_orders import Asked
from orchestrator.trading.services.portfolios import STARTING_CASH

_MOST_TAPES = 30


class PortfolioForm(StyledForm):
    name = forms.CharField(max_length=200)
    cash = forms.DecimalField(
        label="Starting cash, USDC",
        initial=STARTING_CASH,
        min_value=Decimal(0),
        max_digits=24,
        decimal_places=6,
    )


class MoneyForm(StyledForm):
    amount = forms.DecimalField(label="Amount, USDC", max_digits=24, decimal_places=6)
    memo = forms.CharField(max_length=300, required=False, label="Note")
    key = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)


class OrderForm(StyledForm):
    """``tape`` and its outcomes first: the others are about what stands there."""

    tape = forms.ChoiceField(label="Book of the tape")
    token = forms.ChoiceField(label="Market and outcome")
    side = forms.ChoiceField(choices=[(Side.BUY.value, "Buy"), (Side.SELL.value, "Sell")])
    type = forms.ChoiceField(choices=[(OrderType.LIMIT.value, "Limit"), (OrderType.MARKET.value, "Market")])
    price = forms.DecimalField(
        label="Price, USDC a token",
        required=False,
        max_digits=8,
        decimal_places=6,
        help_text="Between 0 and 1",
    )
    size = forms.DecimalField(label="Size, tokens", max_digits=24, decimal_places=6)
    time_in_force = forms.ChoiceField(
        label="Time in force",
        help_text="A market order is FOK or FAK",
        choices=[
            (TimeInForce.GTC.value, "GTC: until cancelled"),
            (TimeInForce.FOK.value, "FOK: all at once or nothing"),
            (TimeInForce.FAK.value, "FAK: what there is, at once"),
        ],
    )
    client_order_id = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Tape.objects.visible_to(user).filter(message_count__gt=0).order_by("-id")
        self.tapes = list(rows[:_MOST_TAPES])
        given = str(self.data.get("tape", "") if self.is_bound else self.initial.get("tape", ""))
        self.chosen_tape = next((each for each in self.tapes if str(each.pk) == given), None)
        if self.chosen_tape is None and self.tapes and not given:
            self.chosen_tape = self.tapes[0]
        self.initial.setdefault("tape", str(self.chosen_tape.pk) if self.chosen_tape else "")
        _choose(self.fields["tape"], [(str(each.pk), each.name) for each in self.tapes])
        _choose(self.fields["token"], _outcomes(self.chosen_tape))

    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(
            tape_id=UUID(data["tape"]),
            token=data["token"],
            side=Side(data["side"]),
            type=OrderType(data["type"]),
            price=data["price"],
            size=data["size"],
            time_in_force=TimeInForce(data["time_in_force"]),
        )


def _choose(field: Any, choices: list[tuple[str, str]]) -> None:
    field.choices = choices


def _outcomes(tape: Tape | None) -> list[tuple[str, str]]:
    known = questions_of(set(tape.tokens)) if tape is not None else {}
    return sorted(
        (
            (token, f"{market.question} \N{EN DASH} {outcome.name}")
            for token, (market, outcome) in known.items()
        ),
        key=lambda choice: choice[1],
    )
