"""A matrix as a table for spreadsheets: criteria across, their weights below, then a row for each option.

Reasons and sources are not in it: the API has them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from orchestrator.core.spreadsheets import FORMULA, guarded
from trading.strategy.domain.drafts import (
    CriterionDraft,
    MatrixDraft,
    OptionDraft,
    ScoreDraft,
    check_draft,
)
from trading.strategy.domain.matrix import MOST_CRITERIA, MOST_OPTIONS, MatrixFault

MOST_BYTES: Final = 1_000_000


def write_matrix(
    criteria: Iterable[tuple[str, str]], options: Iterable[tuple[str, Sequence[str]]]
) -> Iterator[str]:
    """The lines. ``criteria`` with their weights, ``options`` with their scores, empty for none."""
    names, weights = zip(*criteria, strict=True)
    yield _line(["Option", *map(guarded, names)])
    yield _line(["Weight", *weights])
    for name, scores in options:
        yield _line([guarded(name), *scores])


def read_matrix(text: str) -> MatrixDraft:
    """As ``write_matrix`` wrote it, or a spreadsheet that separates by semicolons.

    Raises MatrixFault about ``file`` that names the row and the column.
    """
    text = text.removeprefix("\ufeff")
    head_line = text.split("\n", 1)[0]
    separator = ";" if head_line.count(";") > head_line.count(",") else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(map(str.strip, row))]
    except csv.Error as error:
        raise MatrixFault("file", "This is no table of comma-separated values.") from error
    if len(rows) < 2 or rows[1][0].strip().casefold() != "weight":
        raise MatrixFault("file", "The first row names the criteria, the second begins with “Weight”.")
    names = [_name(cell) for cell in rows[0][1:]]
    if len(names) > MOST_CRITERIA or len(rows) - 2 > MOST_OPTIONS:
        raise MatrixFault(
            "file", f"A matrix has at most {MOST_OPTIONS} options and {MOST_CRITERIA} criteria."
        )
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row[len(names) + 1 :]):
            raise MatrixFault("file", f"Row {number} has more cells than the first row.")
    weights = [_number(rows[1], at + 1, 2) for at in range(len(names))]
    criteria = tuple(
        CriterionDraft(name, Decimal(1) if weight is None else weight)
        for name, weight in zip(names, weights, strict=True)
    )
    scores = tuple(
        ScoreDraft(option, at, score)
        for option, row in enumerate(rows[2:])
        for at in range(len(names))
        if (score := _number(row, at + 1, option + 3)) is not None
    )
    draft = MatrixDraft(tuple(OptionDraft(_name(row[0])) for row in rows[2:]), criteria, scores)
    try:
        check_draft(draft)
    except MatrixFault as fault:
        raise MatrixFault("file", str(fault)) from fault
    return draft


def _line(cells: Iterable[str]) -> str:
    made = io.StringIO()
    csv.writer(made).writerow(cells)
    return made.getvalue()


def _name(cell: str) -> str:
    name = cell.strip()
    return name[1:] if name[:1] == "'" and name[1:].startswith(FORMULA) else name


def _number(row: Sequence[str], at: int, number: int) -> Decimal | None:
    """None for an empty cell. A comma is a point."""
    text = row[at].strip().replace(",", ".") if at < len(row) else ""
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise MatrixFault("file", f"“{text[:40]}” in row {number}, column {at + 1} is no number.") from error
