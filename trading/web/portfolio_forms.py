"""Forms of portfolios: making one, moving money, and an order by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.forms import StyledForm
from trading.domain.money import tokens_down
from trading.domain.vocabulary import OrderType, Side, TimeInForce
from trading.models import Tape
from trading.queries.market_pages import questions_of
from trading.services.manual_orders import Asked
from trading.services.portfolios import STARTING_CASH

_MOST_TAPES = 30
_TOKENS: Final = "tokens"
_USDC: Final = "usdc"


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
    """``tape`` and its outcomes first: the others are about what stands there.

    ``unit`` says what ``size`` counts; a limit order for an amount buys what the amount pays for at its
    price. ``time_in_force`` empty: GTC, of a market order FAK. ``expires_at`` is market time.
    """

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
    size = forms.DecimalField(label="Size", max_digits=24, decimal_places=6)
    unit = forms.ChoiceField(label="In", choices=[(_TOKENS, "Tokens"), (_USDC, "USDC")], required=False)
    time_in_force = forms.ChoiceField(
        label="Time in force",
        required=False,
        help_text="Usual: GTC for a limit order, FAK for a market order",
        choices=[
            ("", "As usual"),
            (TimeInForce.GTC.value, "GTC: until cancelled"),
            (TimeInForce.GTD.value, "GTD: until a moment"),
            (TimeInForce.FOK.value, "FOK: all at once or nothing"),
            (TimeInForce.FAK.value, "FAK (IOC): what there is, at once"),
        ],
    )
    expires_at = forms.DateTimeField(
        label="Until, in market time",
        required=False,
        help_text="For GTD",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"),
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
        """Raises InvalidInput for an amount that buys nothing."""
        data = self.cleaned_data
        kind, usual = OrderType(data["type"]), TimeInForce.GTC
        if kind is OrderType.MARKET:
            usual = TimeInForce.FAK
        size, amount = self._quantity(kind, Side(data["side"]))
        lasts = TimeInForce(data["time_in_force"]) if data["time_in_force"] else usual
        return Asked(
            tape_id=UUID(data["tape"]),
            token=data["token"],
            side=Side(data["side"]),
            type=kind,
            price=data["price"],
            size=size,
            amount=amount,
            time_in_force=lasts,
            expires_at=data["expires_at"] if lasts is TimeInForce.GTD else None,
        )

    def take(self, error: InvalidInput, *, prefix: str = "") -> None:
        """``amount`` is typed as a size."""
        for name in [name for name in error.fields if name == "amount"]:
            error.fields["size"] = error.fields.pop(name)
        super().take(error, prefix=prefix)

    def _quantity(self, kind: OrderType, side: Side) -> tuple[Decimal | None, Decimal | None]:
        """A size in tokens, or the amount of a market order to buy."""
        given, price = self.cleaned_data["size"], self.cleaned_data["price"]
        if self.cleaned_data["unit"] != _USDC:
            return given, None
        if kind is OrderType.MARKET:
            if side is Side.SELL:
                raise _about_size("What a sale brings depends on the book: give a size in tokens.")
            return None, given
        if price is None or price <= 0:
            return given, None  # the price is what is refused
        size = tokens_down(given / price)
        if size <= 0:
            raise _about_size(f"{given} USDC buy nothing at {price}.")
        return size, None


def _about_size(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"size": [message]})


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
