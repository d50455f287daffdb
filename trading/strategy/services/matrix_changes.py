"""What every change of a matrix has in common: its lock, its revision, its audit row and its log entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.json import Json
from trading.strategy.access import May, find_matrix
from trading.strategy.domain.drafts import write_draft
from trading.strategy.domain.matrix import MatrixFault
from trading.strategy.domain.steps import MOST_OUTPUT_BYTES
from trading.strategy.domain.vocabulary import SessionStatus
from trading.strategy.models import StrategicMatrix, StrategicSession
from trading.strategy.queries.matrices import draft_of, shown_matrix, told_matrix
from trading.strategy.services.logging import write_log


class StaleMatrix(WrongState):
    """Somebody else changed it since; ``extra["matrix"]`` is what it is now."""

    code: ClassVar[str] = "stale_matrix"


def begin_change(user: User, matrix_id: UUID, revision: int | None) -> StrategicMatrix:
    """The matrix, locked until the transaction ends. Without a ``revision`` nothing is compared.

    Raises NotFound, NotAllowed, WrongState for an archived session's, and StaleMatrix.
    """
    matrix = find_matrix(user, matrix_id, May.WORK, lock=True)
    check_open(matrix.session)
    if revision is not None and revision != matrix.revision:
        raise StaleMatrix(
            "Somebody changed this matrix since you read it.",
            revision=matrix.revision,
            matrix=told_matrix(shown_matrix(matrix)),
        )
    return matrix


def check_open(session: StrategicSession | None) -> None:
    """Raises WrongState."""
    if session is not None and session.status == SessionStatus.ARCHIVED:
        raise WrongState("This session is archived: its matrices stay as they are.")


def end_change(
    user: User | None,
    matrix: StrategicMatrix,
    event: str,
    *,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> None:
    """Raise the revision, tell it where it is told, and keep the answer of its step the same as it."""
    _keep_in_step(matrix)
    raise_revision(user, matrix, event, before=before, after=after)


def _keep_in_step(matrix: StrategicMatrix) -> None:
    """What later steps rest on is what stands in the matrix when its step is accepted."""
    step = matrix.step
    if step is None or not step.awaits_review or not isinstance(step.output, dict):
        return
    output = {**step.output, **write_draft(draft_of(matrix))}
    if output == step.output:
        return
    try:
        step.output = json.normalize(output, limit=MOST_OUTPUT_BYTES)
    except json.NotJson as error:
        raise WrongState("This is more than the answer of a step can hold. Take some of it out.") from error
    step.edited = True
    step.save(update_fields=["output", "edited"])


def raise_revision(
    user: User | None,
    matrix: StrategicMatrix,
    event: str,
    *,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> None:
    now = utc_now()
    matrix.revision += 1
    matrix.updated_at = now
    matrix.save(update_fields=["title", "revision", "updated_at"])
    tell(user, matrix, event, before=before, after=after)


def tell(
    user: User | None,
    matrix: StrategicMatrix,
    event: str,
    *,
    before: Mapping[str, Json] | None = None,
    after: Mapping[str, Json] | None = None,
) -> None:
    """In its session's log and, without a word of what is in it, in the trail that administrators read."""
    record_audit(user, f"strategic_matrix.{event}", matrix, after={"revision": matrix.revision})
    if matrix.session is not None:
        details: dict[str, Json] = {"matrix": str(matrix.pk), "title": matrix.title}
        if before:
            details["before"] = dict(before)
        if after:
            details["after"] = dict(after)
        write_log(
            matrix.session,
            f"matrix_{event}",
            at=utc_now(),
            actor=user,
            step=matrix.step.position if matrix.step else None,
            details=details,
        )


def as_input(fault: MatrixFault) -> InvalidInput:
    return InvalidInput(str(fault), fields={fault.field: [str(fault)]})
