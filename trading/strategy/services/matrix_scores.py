"""Scores of a matrix: one or thousands at once, each with why and on whose word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput
from orchestrator.core.json import Json
from trading.strategy.domain.drafts import SOURCE, TEXT
from trading.strategy.domain.matrix import MOST_SCORE, MatrixFault, scaled
from trading.strategy.models import MatrixCriterion, MatrixOption, MatrixScore, StrategicMatrix
from trading.strategy.queries.matrices import plain
from trading.strategy.services.matrix_changes import begin_change, end_change

_TOLD: Final = 20
"""So many changed scores are told one by one in the log; of more, how many there were."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """``score`` None takes it away, with its reason. ``reason`` and ``source`` None leave them."""

    option: UUID
    criterion: UUID
    score: Decimal | None
    reason: str | None = None
    source: str | None = None


@transaction.atomic
def set_scores(
    user: User, matrix_id: UUID, changes: Sequence[ScoreChange], *, revision: int | None = None
) -> StrategicMatrix:
    """All or none of them; of two for one cell the later holds. What changes nothing raises no revision.

    Raises NotFound, NotAllowed, WrongState, StaleMatrix, and InvalidInput about each that is wrong.
    """
    matrix = begin_change(user, matrix_id, revision)
    options = {each.pk: each for each in matrix.options.all()}
    criteria = {each.pk: each for each in matrix.criteria.all()}
    _check(changes, options, criteria)
    wanted = {(each.option, each.criterion): each for each in changes}
    stored = MatrixScore.objects.filter(
        option__matrix=matrix,
        option__in={each[0] for each in wanted},
        criterion__in={each[1] for each in wanted},
    )
    known = {(each.option_id, each.criterion_id): each for each in stored}
    gone: list[UUID] = []
    kept: list[MatrixScore] = []
    told: list[Json] = []
    for place, change in wanted.items():
        old = known.get(place)
        new = _changed(old, change, user)
        if change.score is None and old is not None:
            gone.append(old.pk)
        elif new is not None:
            kept.append(new)
        else:
            continue
        told.append(_told(options[place[0]], criteria[place[1]], old, change))
    if not told:
        return matrix
    MatrixScore.objects.filter(pk__in=gone).delete()
    MatrixScore.objects.bulk_create(
        kept,
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["option", "criterion"],
        update_fields=["score", "reason", "source", "updated_by", "updated_at"],
    )
    after: dict[str, Json] = {"count": len(told), "scores": told[:_TOLD]}
    end_change(user, matrix, "scored", after=after)
    return matrix


def _check(
    changes: Sequence[ScoreChange],
    options: dict[UUID, MatrixOption],
    criteria: dict[UUID, MatrixCriterion],
) -> None:
    faults: dict[str, list[str]] = {}
    for at, each in enumerate(changes):
        if each.option not in options:
            faults[f"scores.{at}.option"] = ["There is no such option in this matrix."]
        if each.criterion not in criteria:
            faults[f"scores.{at}.criterion"] = ["There is no such criterion in this matrix."]
        if each.score is not None:
            try:
                scaled(each.score, field="score", most=MOST_SCORE)
            except MatrixFault as fault:
                faults[f"scores.{at}.score"] = [str(fault)]
        if len(each.reason or "") > TEXT:
            faults[f"scores.{at}.reason"] = [f"A reason has at most {TEXT:,} characters."]
        if len(each.source or "") > SOURCE:
            faults[f"scores.{at}.source"] = [f"A source has at most {SOURCE} characters."]
    if faults:
        raise InvalidInput("Some scores are wrong: none was set.", fields=faults)


def _changed(old: MatrixScore | None, change: ScoreChange, user: User) -> MatrixScore | None:
    """None for one that says what is there already."""
    if change.score is None:
        return None
    reason = change.reason if change.reason is not None else old.reason if old else ""
    source = change.source if change.source is not None else old.source if old else ""
    if old and (old.score, old.reason, old.source) == (change.score, reason.strip(), source.strip()):
        return None
    return MatrixScore(
        option_id=change.option,
        criterion_id=change.criterion,
        score=change.score,
        reason=reason.strip(),
        source=source.strip(),
        updated_by=user,
        updated_at=utc_now(),
    )


def _told(
    option: MatrixOption, criterion: MatrixCriterion, old: MatrixScore | None, change: ScoreChange
) -> dict[str, Json]:
    return {
        "option": option.name,
        "criterion": criterion.name,
        "from": plain(old.score) if old else None,
        "to": plain(change.score),
    }
