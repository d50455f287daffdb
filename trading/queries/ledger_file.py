"""A portfolio's ledger and fills as CSV: one line a posting or fill, the oldest first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from orchestrator.core.spreadsheets import guarded
from trading.domain.money import CENT_OF_A_CENT
from trading.models import Fill, LedgerEntry, Portfolio
from trading.queries.market_pages import questions_of

_COLUMNS: Final = [
    "entry",
    "kind",
    "booked_at",
    "reference",
    "memo",
    "account",
    "token",
    "amount_usdc",
    "tokens",
]
_FILL_COLUMNS: Final = [
    "fill", "filled_at", "order", "by", "question", "outcome", "token", "side", "size", "price",
    "amount_usdc", "fee_usdc", "role", "final", "taken_back_at",
]  # fmt: skip
_READ: Final = [
    "filled_at", "price", "size", "fee", "is_maker", "is_final", "failed_at", "order__token", "order__side",
    "order__run__mode",
]  # fmt: skip
_PIECE: Final = 500


def ledger_csv(portfolio: Portfolio) -> Iterator[bytes]:
    """Piece by piece, each by a query of its own."""
    yield _lines([_COLUMNS])
    after: UUID | None = None
    while True:
        rows = LedgerEntry.objects.filter(portfolio=portfolio).order_by("pk").prefetch_related("postings")
        entries = list((rows.filter(pk__gt=after) if after else rows)[:_PIECE])
        if not entries:
            return
        after = UUID(str(entries[-1].pk))
        yield _lines([_row(entry, posting) for entry in entries for posting in entry.postings.all()])


def fills_csv(portfolio: Portfolio) -> Iterator[bytes]:
    """The same of fills; ``amount_usdc`` is without the fee."""
    yield _lines([_FILL_COLUMNS])
    after: UUID | None = None
    while True:
        rows = Fill.objects.filter(order__portfolio=portfolio).order_by("pk")
        rows = rows.select_related("order__run").only(*_READ)
        fills = list((rows.filter(pk__gt=after) if after else rows)[:_PIECE])
        if not fills:
            return
        after = UUID(str(fills[-1].pk))
        known = questions_of({fill.order.token for fill in fills})
        yield _lines([_fill(fill, known.get(fill.order.token)) for fill in fills])


def _fill(fill: Fill, known: Any) -> list[str]:
    order = fill.order
    question, outcome = (known[0].question, known[1].name) if known else ("", "")
    return [
        str(fill.pk),
        fill.filled_at.isoformat(),
        str(order.pk),
        "hand" if order.run is None else "strategy",
        guarded(question),
        guarded(outcome),
        guarded(order.token),
        order.side,
        str(fill.size),
        str(fill.price),
        str((fill.size * fill.price).quantize(CENT_OF_A_CENT)),
        str(fill.fee),
        "maker" if fill.is_maker else "taker",
        "yes" if fill.is_final else "no",
        fill.failed_at.isoformat() if fill.failed_at else "",
    ]


def _row(entry: LedgerEntry, posting: Any) -> list[str]:
    about = [
        str(entry.pk),
        entry.kind,
        entry.booked_at.isoformat(),
        guarded(entry.reference),
        guarded(entry.memo),
    ]
    return [*about, posting.account, guarded(posting.token), str(posting.amount), str(posting.size)]


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
