"""What a matrix shows: totals, ranks, ties, gaps and sensitivity, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet

from orchestrator.accounts.models import User
from orchestrator.core.json import Json, JsonObject
from trading.strategy.domain import matrix as reckoning
from trading.strategy.domain.bands import bands
from trading.strategy.domain.drafts import CriterionDraft, MatrixDraft, OptionDraft, ScoreDraft
from trading.strategy.domain.matrix import Grid, shown
from trading.strategy.domain.sensitivity import Flip, sensitivities
from trading.strategy.models import MatrixScore, StrategicMatrix

_FILTERS: Final = {"corporation": "corporation_id", "session": "session_id"}
_FEW_OPTIONS: Final = 12
_FEW_CRITERIA: Final = 8


@dataclass(frozen=True, slots=True)
class ShownScore:
    score: Decimal
    reason: str
    source: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownOption:
    """``rank`` is None for one that lacks a score; ``is_tied``: others have the same total exactly."""

    id: UUID
    name: str
    description: str
    total: Decimal | None
    rank: int | None
    missing: int
    is_tied: bool


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """``share`` is the normalised weight; all shares add up to exactly 1."""

    id: UUID
    name: str
    description: str
    weight: Decimal
    share: Decimal

    @property
    def plain_weight(self) -> str:
        return plain(self.weight) or "0"


@dataclass(frozen=True, slots=True)
class ShownMatrix:
    """``cells[option][criterion]``, in the order of both. ``grid`` is None without a criterion."""

    matrix: StrategicMatrix
    options: list[ShownOption]
    criteria: list[ShownCriterion]
    cells: list[list[ShownScore | None]]
    grid: Grid | None

    @property
    def winners(self) -> list[ShownOption]:
        """Several are a tie."""
        return [each for each in self.options if each.rank == 1]

    @property
    def ranking(self) -> list[ShownOption]:
        """Best first, and last those that lack a score."""
        return sorted(self.options, key=lambda each: (each.rank is None, each.rank or 0))

    @property
    def ranked_rows(self) -> list[tuple[ShownOption, list[ShownScore | None]]]:
        """As ``ranking``, each with its scores."""
        return sorted(self.rows, key=lambda row: (row[0].rank is None, row[0].rank or 0))

    @property
    def is_small(self) -> bool:
        """Whether it can be shown in the middle of something else."""
        return len(self.options) <= _FEW_OPTIONS and len(self.criteria) <= _FEW_CRITERIA

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.options)

    @property
    def rows(self) -> list[tuple[ShownOption, list[ShownScore | None]]]:
        return list(zip(self.options, self.cells, strict=True))


def matrices_for(user: User, chosen: dict[str, str]) -> QuerySet[StrategicMatrix]:
    """Those that the person sees, by corporation and session, with how large they are."""
    rows = StrategicMatrix.objects.visible_to(user).select_related("corporation", "session", "created_by")
    for name, column in _FILTERS.items():
        if chosen.get(name):
            rows = rows.filter(**{column: chosen[name]})
    return rows.annotate(
        option_count=Count("options", distinct=True), criterion_count=Count("criteria", distinct=True)
    )


def shown_matrix(matrix: StrategicMatrix) -> ShownMatrix:
    """In three queries."""
    options, criteria = list(matrix.options.all()), list(matrix.criteria.all())
    rows = {each.pk: at for at, each in enumerate(options)}
    columns = {each.pk: at for at, each in enumerate(criteria)}
    cells: list[list[ShownScore | None]] = [[None] * len(criteria) for _ in options]
    stored = MatrixScore.objects.filter(option__matrix=matrix).values_list(
        "option_id", "criterion_id", "score", "reason", "source", "updated_by__username", "updated_at"
    )
    for option, criterion, score, reason, source, by, at in stored:
        if option in rows and criterion in columns:
            cells[rows[option]][columns[criterion]] = ShownScore(score, reason, source, by or "", at)
    weights = [each.weight for each in criteria]
    scores = [[each.score if each else None for each in row] for row in cells]
    grid = reckoning.make_grid(weights, scores) if any(weights) else None
    standings = {each.option: each for each in reckoning.rank(grid)} if grid else {}
    held: dict[int, int] = {}
    for each in standings.values():
        if each.rank:
            held[each.rank] = held.get(each.rank, 0) + 1
    shares = reckoning.shares(grid.weights) if grid else [Decimal(0)] * len(criteria)
    return ShownMatrix(
        matrix,
        [
            ShownOption(
                option.pk,
                option.name,
                option.description,
                standings[at].total if at in standings else None,
                rank := standings[at].rank if at in standings else None,
                standings[at].missing if at in standings else len(criteria),
                bool(rank) and held[rank or 0] > 1,
            )
            for at, option in enumerate(options)
        ],
        [
            ShownCriterion(each.pk, each.name, each.description, each.weight, share)
            for each, share in zip(criteria, shares, strict=True)
        ],
        cells,
        grid,
    )


def draft_of(matrix: StrategicMatrix) -> MatrixDraft:
    """What is in it, without ids and who said it. In three queries."""
    options, criteria = list(matrix.options.all()), list(matrix.criteria.all())
    rows = {each.pk: at for at, each in enumerate(options)}
    columns = {each.pk: at for at, each in enumerate(criteria)}
    stored = MatrixScore.objects.filter(option__matrix=matrix).values_list(
        "option_id", "criterion_id", "score", "reason", "source"
    )
    scores = [
        ScoreDraft(rows[option], columns[criterion], score, reason, source)
        for option, criterion, score, reason, source in stored
    ]
    return MatrixDraft(
        tuple(OptionDraft(each.name, each.description) for each in options),
        tuple(CriterionDraft(each.name, each.weight, each.description) for each in criteria),
        tuple(sorted(scores, key=lambda each: (each.option, each.criterion))),
    )


def plain(value: Decimal | None) -> str | None:
    """Exact, without zeros at its end: 7.5, 10, 0.0001."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _id(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def told_matrix(found: ShownMatrix) -> JsonObject:
    """As the API has it. Decimals are strings."""
    matrix = found.matrix
    return {
        "id": str(matrix.pk),
        "corporation": str(matrix.corporation_id),
        "session": _id(matrix.session_id),
        "step": _id(matrix.step_id),
        "title": matrix.title,
        "revision": matrix.revision,
        "created_at": matrix.created_at.isoformat(),
        "updated_at": matrix.updated_at.isoformat(),
        "winners": [str(each.id) for each in found.winners],
        "is_tied": len(found.winners) > 1,
        "missing": found.missing,
        "options": [
            {
                "id": str(each.id),
                "name": each.name,
                "description": each.description,
                "total": None if each.total is None else format(each.total, "f"),
                "rank": each.rank,
                "missing": each.missing,
                "is_tied": each.is_tied,
            }
            for each in found.options
        ],
        "criteria": [
            {
                "id": str(each.id),
                "name": each.name,
                "description": each.description,
                "weight": plain(each.weight),
                "share": format(each.share, "f"),
            }
            for each in found.criteria
        ],
        "scores": [
            {
                "option": str(option.id),
                "criterion": str(criterion.id),
                "score": plain(cell.score),
                "reason": cell.reason,
                "source": cell.source,
                "updated_by": cell.by,
                "updated_at": cell.at.isoformat(),
            }
            for option, row in found.rows
            for criterion, cell in zip(found.criteria, row, strict=True)
            if cell
        ],
    }


def told_sensitivity(found: ShownMatrix) -> JsonObject:
    """Of each criterion: who wins at which share of the weight, and the nearest flips on either side."""
    grid = found.grid
    nearest = {each.criterion: each for each in sensitivities(grid)} if grid else {}
    told: list[Json] = []
    for at, criterion in enumerate(found.criteria if grid else []):
        flips = nearest.get(at)
        told.append(
            {
                "criterion": str(criterion.id),
                "name": criterion.name,
                "share": format(criterion.share, "f"),
                "below": _told_flip(found, flips.below if flips else None),
                "above": _told_flip(found, flips.above if flips else None),
                "ranges": [
                    {
                        "from": format(shown(band.start), "f"),
                        "to": format(shown(band.end), "f"),
                        "winners": [str(found.options[each].id) for each in band.options],
                        "names": [found.options[each].name for each in band.options],
                    }
                    for band in (bands(grid, at) if grid else [])
                ],
            }
        )
    return {
        "revision": found.matrix.revision,
        "winners": [str(each.id) for each in found.winners],
        "is_tied": len(found.winners) > 1,
        "criteria": told,
    }


def _told_flip(found: ShownMatrix, flip: Flip | None) -> JsonObject | None:
    if flip is None:
        return None
    option = found.options[flip.option]
    return {"share": format(flip.shown_share, "f"), "option": str(option.id), "name": option.name}
