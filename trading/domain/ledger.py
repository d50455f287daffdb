"""Double-entry bookkeeping of a portfolio: entries whose postings add up to zero, and the sums they make.

Debits are positive: what comes into cash or into a position, and fees that were paid. Credits are negative:
capital that was put in, and profit. So every entry adds up to zero, and

    cash + cost of the positions = capital + profit - fees

to the last of six decimals. Positions are kept at average cost: a sale takes its share of the cost, rounded
to what can be booked, and the last one takes all that is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from trading.domain.money import ZERO, usdc, usdc_down
from trading.domain.vocabulary import Account, EntryKind, Side


class LedgerError(ValueError):
    """A booking that must not be; nothing was booked."""


@dataclass(frozen=True, slots=True)
class Posting:
    """``token`` and ``size`` (tokens that came in, negative: went out) only for positions."""

    account: Account
    amount: Decimal
    token: str = ""
    size: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Entry:
    """``reference`` names what it books: a fill's id, a market."""

    kind: EntryKind
    at: int
    postings: tuple[Posting, ...]
    reference: str = ""

    def __post_init__(self) -> None:
        if total := sum((posting.amount for posting in self.postings), ZERO):
            raise LedgerError(f"The postings of a {self.kind} add up to {total}, not to zero.")


@dataclass(frozen=True, slots=True)
class Position:
    """``cost`` is what was paid for the tokens that are held, without fees."""

    token: str
    market: str
    size: Decimal = ZERO
    cost: Decimal = ZERO
    realised: Decimal = ZERO

    @property
    def average_price(self) -> Decimal | None:
        return usdc(self.cost / self.size) if self.size else None

    def value(self, mark: Decimal | None) -> Decimal:
        """At a price; at cost where none is known."""
        return self.cost if mark is None else usdc(self.size * mark)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The sums of all entries so far. ``profit`` is before fees; ``realised`` after them."""

    cash: Decimal = ZERO
    capital: Decimal = ZERO
    fees: Decimal = ZERO
    profit: Decimal = ZERO
    positions: Mapping[str, Position] = field(default_factory=dict)

    @property
    def realised(self) -> Decimal:
        return self.profit - self.fees

    @property
    def cost(self) -> Decimal:
        return sum((position.cost for position in self.positions.values()), ZERO)

    def held(self, token: str) -> Decimal:
        position = self.positions.get(token)
        return position.size if position else ZERO

    def value(self, marks: Mapping[str, Decimal]) -> Decimal:
        return sum((held.value(marks.get(held.token)) for held in self.positions.values()), ZERO)

    def unrealised(self, marks: Mapping[str, Decimal]) -> Decimal:
        return self.value(marks) - self.cost

    def equity(self, marks: Mapping[str, Decimal]) -> Decimal:
        """Cash and what the positions are worth; those without a mark count at cost."""
        return self.cash + self.value(marks)

    def book(self, entry: Entry, *, market: str = "") -> Portfolio:
        """With the entry booked. ``market`` is that of a token that was never held. Raises LedgerError."""
        sums = {account: ZERO for account in Account}
        positions = dict(self.positions)
        earned = -sum((p.amount for p in entry.postings if p.account is Account.PNL), ZERO)
        for posting in entry.postings:
            sums[posting.account] += posting.amount
            if posting.account is Account.POSITION:
                held = positions.get(posting.token) or Position(posting.token, market)
                positions[posting.token] = _moved(held, posting, earned)
        cash = self.cash + sums[Account.CASH]
        if cash < ZERO:
            raise LedgerError(f"Cash of {self.cash} does not pay for {-sums[Account.CASH]}.")
        return Portfolio(
            cash=cash,
            capital=self.capital - sums[Account.CAPITAL],
            fees=self.fees + sums[Account.FEES],
            profit=self.profit - sums[Account.PNL],
            positions=positions,
        )

    def snapshot(self) -> dict[str, Any]:
        return {
            "cash": str(self.cash),
            "capital": str(self.capital),
            "fees": str(self.fees),
            "profit": str(self.profit),
            "positions": [
                [p.token, p.market, str(p.size), str(p.cost), str(p.realised)]
                for _, p in sorted(self.positions.items())
            ],
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any]) -> Portfolio:
        positions = (
            Position(token, market, Decimal(size), Decimal(cost), Decimal(realised))
            for token, market, size, cost, realised in data["positions"]
        )
        return cls(
            cash=Decimal(data["cash"]),
            capital=Decimal(data["capital"]),
            fees=Decimal(data["fees"]),
            profit=Decimal(data["profit"]),
            positions={position.token: position for position in positions},
        )


def _moved(held: Position, posting: Posting, earned: Decimal) -> Position:
    size, cost = held.size + posting.size, held.cost + posting.amount
    if size < ZERO:
        raise LedgerError(f"There are {held.size} tokens of {held.token}, not {-posting.size}.")
    if cost < ZERO or (not size and cost):
        raise LedgerError(f"A position of {size} tokens cannot have cost {cost}.")
    return replace(held, size=size, cost=cost, realised=held.realised + earned)


def deposit(amount: Decimal, at: int, reference: str = "") -> Entry:
    _check_amount(amount)
    postings = (Posting(Account.CASH, amount), Posting(Account.CAPITAL, -amount))
    return Entry(EntryKind.DEPOSIT, at, postings, reference)


def withdrawal(amount: Decimal, at: int, reference: str = "") -> Entry:
    _check_amount(amount)
    postings = (Posting(Account.CASH, -amount), Posting(Account.CAPITAL, amount))
    return Entry(EntryKind.WITHDRAWAL, at, postings, reference)


def fill(
    position: Position,
    *,
    side: Side,
    size: Decimal,
    notional: Decimal,
    fee: Decimal,
    at: int,
    reference: str = "",
) -> Entry:
    """A purchase or sale of ``size`` tokens for ``notional`` USDC, and the fee on it."""
    if side is Side.BUY:
        postings = [
            Posting(Account.CASH, -notional - fee),
            Posting(Account.POSITION, notional, position.token, size),
        ]
    else:
        cost = cost_of(position, size)
        postings = [
            Posting(Account.CASH, notional - fee),
            Posting(Account.POSITION, -cost, position.token, -size),
            Posting(Account.PNL, cost - notional),
        ]
    if fee:
        postings.append(Posting(Account.FEES, fee))
    return Entry(EntryKind.FILL, at, tuple(postings), reference)


def reversal(position: Position, booked: Entry, *, at: int, reference: str) -> Entry:
    """The counter-entry of a fill that came to nothing. ``position`` is that of its token as it is now.

    Tokens that were bought go at what such tokens cost now, and the rest of what was paid for them is profit
    or loss: where nothing came in between, that is the entry with its signs turned round. Raises LedgerError
    where the tokens are no longer there.
    """
    postings = [Posting(p.account, -p.amount, p.token, -p.size) for p in booked.postings]
    back = next(p for p in postings if p.account is Account.POSITION)
    if back.size < ZERO:
        cost = cost_of(position, -back.size)
        postings = [p for p in postings if p.account is not Account.POSITION]
        postings.append(Posting(Account.POSITION, -cost, back.token, back.size))
        if rest := cost + back.amount:
            postings.append(Posting(Account.PNL, rest))
    return Entry(EntryKind.FILL, at, tuple(postings), reference)


def payout(position: Position, *, each: Decimal, at: int, reference: str = "") -> Entry:
    """A resolved position, of which ``each`` token pays so much; none are left."""
    paid = usdc_down(position.size * each)  # as the exchange's contract does
    postings = (
        Posting(Account.CASH, paid),
        Posting(Account.POSITION, -position.cost, position.token, -position.size),
        Posting(Account.PNL, position.cost - paid),
    )
    return Entry(EntryKind.PAYOUT, at, postings, reference)


def cost_of(position: Position, size: Decimal) -> Decimal:
    """What ``size`` tokens of it did cost on average; all of them cost exactly what is booked."""
    if size > position.size:
        raise LedgerError(f"There are {position.size} tokens of {position.token}, not {size}.")
    return position.cost if size == position.size else usdc(position.cost * size / position.size)


def balance(entries: Iterable[Entry]) -> Decimal:
    """What all postings add up to: zero."""
    return sum((posting.amount for entry in entries for posting in entry.postings), ZERO)


def _check_amount(amount: Decimal) -> None:
    if amount <= ZERO or amount != usdc(amount):
        raise LedgerError(f"{amount} is not an amount of USDC above zero with six decimals at most.")
