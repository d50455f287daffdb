"""Decision matrices: beginning, renaming and deleting them, and keeping the one that a step proposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from trading.strategy.access import May, find_corporation, find_session
from trading.strategy.domain.drafts import (
    NAME,
    CriterionDraft,
    MatrixDraft,
    OptionDraft,
    ScoreDraft,
    check_draft,
    read_draft,
)
from trading.strategy.domain.matrix import MatrixFault
from trading.strategy.models import (
    Corporation,
    MatrixCriterion,
    MatrixOption,
    MatrixScore,
    StrategicMatrix,
    StrategicSession,
    StrategicStep,
)
from trading.strategy.services.matrix_changes import (
    as_input,
    begin_change,
    check_open,
    end_change,
    raise_revision,
    tell,
)

MOST_MATRICES: Final = 500


@transaction.atomic
def create_matrix(
    user: User,
    corporation_id: UUID,
    *,
    title: str,
    options: Sequence[OptionDraft] = (),
    criteria: Sequence[CriterionDraft] = (),
    scores: Sequence[ScoreDraft] = (),
    session: StrategicSession | None = None,
    step: StrategicStep | None = None,
) -> StrategicMatrix:
    """Raises NotFound, NotAllowed, InvalidInput about what is wrong, and WrongState past the limit."""
    session_id = step.session_id if step else session.pk if session else None
    corporation = find_corporation(user, corporation_id, May.WORK, lock=True)
    locked = find_session(user, session_id, May.WORK, lock=True) if session_id else None
    if locked is not None and locked.corporation_id != corporation.pk:
        raise NotFound("There is no such session of this corporation.")
    check_open(locked)
    if corporation.matrices.count() >= MOST_MATRICES:
        raise WrongState(f"This corporation has {MOST_MATRICES} matrices. Delete one first.")
    draft = MatrixDraft(tuple(options), tuple(criteria), tuple(scores))
    try:
        check_draft(draft)
    except MatrixFault as fault:
        raise as_input(fault) from fault
    return _store(user, corporation, locked, step, checked_title(title), draft)


@transaction.atomic
def matrix_of_step_output(step: StrategicStep, *, actor: User | None = None) -> StrategicMatrix:
    """The matrix that a step proposed, kept; one that it proposed before takes what is new.

    The session's row must be locked. Raises InvalidInput for an output that is none.
    """
    try:
        draft = read_draft(step.output)
    except MatrixFault as fault:
        raise as_input(fault) from fault
    matrix = StrategicMatrix.objects.select_for_update().filter(step=step).first()
    session = step.session
    if matrix is None:
        return _store(actor, session.corporation, session, step, step.title[:NAME], draft)
    matrix.session, matrix.step = session, step
    matrix.options.all().delete()
    matrix.criteria.all().delete()
    _fill(matrix, draft, actor)
    raise_revision(actor, matrix, "replaced", after=_size(draft))
    return matrix


@transaction.atomic
def rename_matrix(user: User, matrix_id: UUID, *, title: str, revision: int | None = None) -> StrategicMatrix:
    """Raises NotFound, NotAllowed, InvalidInput, WrongState, StaleMatrix."""
    matrix = begin_change(user, matrix_id, revision)
    before, matrix.title = matrix.title, checked_title(title)
    if matrix.title != before:
        end_change(user, matrix, "renamed", before={"title": before}, after={"title": matrix.title})
    return matrix


@transaction.atomic
def delete_matrix(user: User, matrix_id: UUID) -> None:
    """With all its scores. Raises NotFound, NotAllowed, WrongState."""
    matrix = begin_change(user, matrix_id, None)
    tell(user, matrix, "deleted", before={"title": matrix.title})
    matrix.delete()


def checked_title(title: str) -> str:
    """Raises InvalidInput."""
    text = title.strip()
    if not text or len(text) > NAME:
        message = f"A title has at most {NAME} characters." if text else "Give the matrix a title."
        raise InvalidInput(message, fields={"title": [message]})
    return text


def _store(
    user: User | None,
    corporation: Corporation,
    session: StrategicSession | None,
    step: StrategicStep | None,
    title: str,
    draft: MatrixDraft,
) -> StrategicMatrix:
    matrix = StrategicMatrix.objects.create(
        corporation=corporation, session=session, step=step, title=title, created_by=user
    )
    _fill(matrix, draft, user)
    tell(user, matrix, "created", after={"title": title, **_size(draft)})
    return matrix


def _fill(matrix: StrategicMatrix, draft: MatrixDraft, user: User | None) -> None:
    options = MatrixOption.objects.bulk_create(
        MatrixOption(matrix=matrix, position=at, name=each.name.strip(), description=each.description)
        for at, each in enumerate(draft.options)
    )
    criteria = MatrixCriterion.objects.bulk_create(
        MatrixCriterion(
            matrix=matrix,
            position=at,
            name=each.name.strip(),
            weight=each.weight,
            description=each.description,
        )
        for at, each in enumerate(draft.criteria)
    )
    now = utc_now()
    MatrixScore.objects.bulk_create(
        (
            MatrixScore(
                option=options[each.option],
                criterion=criteria[each.criterion],
                score=each.score,
                reason=each.reason,
                source=each.source,
                updated_by=user,
                updated_at=now,
            )
            for each in draft.scores
        ),
        batch_size=2_000,
    )


def _size(draft: MatrixDraft) -> dict[str, int]:
    return {"options": len(draft.options), "criteria": len(draft.criteria), "scores": len(draft.scores)}
