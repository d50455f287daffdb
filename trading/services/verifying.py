"""Reckons a portfolio anew from its ledger and its fills, and says every difference to the sums kept."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from django.db.models import Q, Sum

from trading.domain.money import ZERO
from trading.domain.vocabulary import FINAL_ORDERS, Account, EntryKind
from trading.models import Fill, LedgerEntry, Order, Portfolio, Posting


def counter_reference(reference: str) -> str:
    """Of the entry that takes a failed fill back."""
    return f"{reference}:failed"


def verify_portfolio(portfolio: Portfolio) -> list[str]:
    """A sentence for each difference; empty if the books are right. Changes nothing."""
    portfolio.refresh_from_db()
    return [
        *_unbalanced(portfolio),
        *_sums(portfolio),
        *_positions(portfolio),
        *_orders(portfolio),
        *_entries_of_fills(portfolio),
    ]


def _unbalanced(portfolio: Portfolio) -> list[str]:
    sums = LedgerEntry.objects.filter(portfolio=portfolio).annotate(total=Sum("postings__amount"))
    return [f"Entry {each} adds up to {each.total}." for each in sums if each.total != ZERO]


def _sums(portfolio: Portfolio) -> list[str]:
    rows = Posting.objects.filter(entry__portfolio=portfolio).values_list("account").annotate(Sum("amount"))
    total: dict[str, Decimal] = defaultdict(Decimal, {account: amount for account, amount in rows})
    kept = {
        "cash": (portfolio.cash, total[Account.CASH]),
        "fees_paid": (portfolio.fees_paid, total[Account.FEES]),
        "realised_pnl": (portfolio.realised_pnl, -total[Account.PNL]),
    }
    return [
        f"{name} is {there}, and {owed} by the ledger."
        for name, (there, owed) in kept.items()
        if there != owed
    ]


def _positions(portfolio: Portfolio) -> list[str]:
    found = []
    owed = {
        token: (size, cost)
        for token, size, cost in Posting.objects.filter(
            entry__portfolio=portfolio, account=Account.POSITION.value
        )
        .values_list("token")
        .annotate(Sum("size"), Sum("amount"))
    }
    kept = {each.token: (each.size, each.cost) for each in portfolio.positions.all()}
    for token in sorted(owed.keys() | kept.keys()):
        there, right = kept.get(token, (ZERO, ZERO)), owed.get(token, (ZERO, ZERO))
        if there != right:
            found.append(
                f"Position {token} is {there[0]} for {there[1]}; by the ledger {right[0]} for {right[1]}."
            )
    return found


def _orders(portfolio: Portfolio) -> list[str]:
    found = []
    orders = Order.objects.filter(portfolio=portfolio).annotate(
        done=Sum("fills__size", filter=Q(fills__failed_at__isnull=True))
    )
    for order in orders:
        if order.filled_size != (order.done or ZERO):
            found.append(
                f"Order {order} is filled by {order.filled_size}; its fills are {order.done or ZERO}."
            )
    is_open = orders.exclude(status__in=[each.value for each in FINAL_ORDERS])
    if not is_open and portfolio.reserved:
        found.append(f"{portfolio.reserved} USDC are reserved, and no order is open.")
    return found


def _entries_of_fills(portfolio: Portfolio) -> list[str]:
    rows = Fill.objects.filter(order__portfolio=portfolio)
    fills = set(rows.values_list("reference", flat=True))
    fills |= {
        counter_reference(each)
        for each in rows.filter(failed_at__isnull=False).values_list("reference", flat=True)
    }
    entries = set(
        LedgerEntry.objects.filter(portfolio=portfolio, kind=EntryKind.FILL.value).values_list(
            "reference", flat=True
        )
    )
    return [
        *(f"Fill {each} is not in the ledger." for each in sorted(fills - entries)),
        *(f"Entry {each} books a fill that is not there." for each in sorted(entries - fills)),
    ]
