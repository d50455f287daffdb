"""A portfolio's ledger as CSV: one line a posting, the oldest booking first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from orchestrator.trading.models import LedgerEntry, Portfolio

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
_PIECE: Final = 500
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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


def _row(entry: LedgerEntry, posting: Any) -> list[str]:
    about = [
        str(entry.pk),
        entry.kind,
        entry.booked_at.isoformat(),
        _safe(entry.reference),
        _safe(entry.memo),
    ]
    return [*about, posting.account, _safe(posting.token), str(posting.amount), str(posting.size)]


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _lines(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
