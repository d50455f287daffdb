"""What a broker told becomes rows: orders, fills, the ledger, and the sums beside it.

Everything of one call stands or falls with the caller's transaction, in which the portfolio's row is locked.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from trading.domain.ledger import Entry
from trading.domain.matching import Broker
from trading.domain.money import CENT_OF_A_CENT, usdc
from trading.domain.orders import Event, EventKind
from trading.models import Fill, LedgerEntry, Order, Portfolio, Position, Posting, StrategyRun
from trading.queries.tapes import moment_of

_ENDS: Final = {EventKind.REFUSED, EventKind.CANCELLED, EventKind.EXPIRED}


def book_events(
    portfolio: Portfolio,
    broker: Broker,
    events: list[Event],
    *,
    run: StrategyRun | None = None,
    by: str = "",
) -> None:
    """Store what happened, and the sums as the broker's books have them now.

    ``by`` names, in place of a run, whose broker it is.
    """
    _book_orders(portfolio, broker, events)
    by = str(run.pk) if run else by
    book_entries(portfolio, ((each.entry, _reference(each, by)) for each in events if each.entry is not None))
    keep_sums(portfolio, broker, touched={each.token for each in events if each.token})
    broker.drop_final()


def book_entries(portfolio: Portfolio, entries: Iterable[tuple[Entry, str]], *, memo: str = "") -> None:
    """Write entries with their postings. PostgreSQL refuses one that does not balance, or is there."""
    rows, postings = [], []
    for entry, reference in entries:
        row = LedgerEntry(
            id=new_id(),
            portfolio=portfolio,
            kind=entry.kind.value,
            reference=reference,
            booked_at=moment_of(entry.at),
            memo=memo,
        )
        rows.append(row)
        postings += [
            Posting(
                id=new_id(),
                entry=row,
                account=posting.account.value,
                token=posting.token,
                amount=posting.amount,
                size=posting.size,
            )
            for posting in entry.postings
        ]
    LedgerEntry.objects.bulk_create(rows)
    Posting.objects.bulk_create(postings)


def keep_sums(portfolio: Portfolio, broker: Broker, *, touched: set[str]) -> None:
    """Cash, reserves, profits and the positions that changed, with what they are worth now."""
    books, now = broker.portfolio, utc_now()
    sums = {
        "cash": books.cash,
        "reserved": broker.open.reserved,
        "realised_pnl": books.profit,
        "fees_paid": books.fees,
    }
    if touched or any(getattr(portfolio, name) != value for name, value in sums.items()):
        for name, value in (sums | {"revision": portfolio.revision + 1, "updated_at": now}).items():
            setattr(portfolio, name, value)
        portfolio.save(update_fields=[*sums, "revision", "updated_at"])
    marks = broker.books.marks()
    held = {token for token, position in books.positions.items() if position.size}
    Position.objects.bulk_create(
        [
            Position(
                id=new_id(),
                portfolio=portfolio,
                token=position.token,
                market=position.market,
                size=position.size,
                reserved=broker.open.offered(token),
                cost=position.cost,
                realised_pnl=position.realised,
                mark=_price(marks.get(token)),
                updated_at=now,
            )
            for token, position in sorted(books.positions.items())
            if token in touched or (token in held and token in marks)
        ],
        update_conflicts=True,
        unique_fields=["portfolio", "token"],
        update_fields=["size", "reserved", "cost", "realised_pnl", "mark", "updated_at"],
    )


def _book_orders(portfolio: Portfolio, broker: Broker, events: list[Event]) -> None:
    told: dict[str, list[Event]] = {}
    for event in events:
        if event.order and event.kind is not EventKind.CANCEL_REFUSED:
            told.setdefault(event.order, []).append(event)
    if not told:
        return
    rows = {row.client_order_id: row for row in portfolio.orders.filter(client_order_id__in=list(told))}
    fills = []
    for name, happened in told.items():
        row, order = rows[name], broker.orders[name]
        row.status = order.status.value
        row.filled_size, row.filled_amount = order.filled, order.booked
        for end in (each for each in happened if each.kind in _ENDS):
            row.reason, row.reason_code = end.sentence, end.reason.value if end.reason else end.kind.value
        row.updated_at = utc_now()
        fills += [_fill(row, each) for each in happened if each.kind is EventKind.FILLED]
    Order.objects.bulk_update(
        rows.values(),
        ["status", "filled_size", "filled_amount", "reason", "reason_code", "updated_at"],
        batch_size=500,
    )
    Fill.objects.bulk_create(fills)


def _fill(order: Order, event: Event) -> Fill:
    assert event.entry is not None
    assert event.price is not None
    return Fill(
        id=new_id(),
        order=order,
        reference=event.entry.reference,
        price=usdc(event.price),
        size=event.size,
        fee=event.fee,
        is_maker=event.maker,
        filled_at=moment_of(event.at),
    )


def _reference(event: Event, by: str) -> str:
    """Of a pay-out by run, market and token: two runs may live through the same market's end."""
    assert event.entry is not None
    if event.kind is EventKind.PAID_OUT:
        return f"{by}:{event.market}:{event.token}"[:200]
    return event.entry.reference


def _price(mark: Decimal | None) -> Decimal | None:
    return None if mark is None else mark.quantize(CENT_OF_A_CENT)
