"""What people make of recommendations: accepted or not, carried out, and what came of it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from trading.strategy.access import May, find_session
from trading.strategy.domain.judging import FROM, LEADS_TO, Judgement
from trading.strategy.domain.vocabulary import Outcome, RecommendationStatus
from trading.strategy.models import Recommendation
from trading.strategy.services.logging import write_log

NOTE: Final = 5_000


def find_recommendation(
    user: User, recommendation_id: UUID, need: May = May.READ, *, lock: bool = False
) -> Recommendation:
    """``lock`` takes its session's row first. Raises NotFound and NotAllowed."""
    missing = "There is no such recommendation, or none that you may see."
    found = Recommendation.objects.select_related("step").filter(pk=recommendation_id).first()
    if found is None:
        raise NotFound(missing)
    try:
        session = find_session(user, found.step.session_id, need, lock=lock)
    except NotFound as error:
        raise NotFound(missing) from error
    if lock:
        found = Recommendation.objects.select_related("step").get(pk=recommendation_id)
    found.step.session = session
    return found


@transaction.atomic
def judge_recommendation(
    user: User, recommendation_id: UUID, judgement: Judgement, *, note: str | None = None
) -> Recommendation:
    """Also of sessions that ended. The same again changes nothing; WrongState where it is too late for it."""
    row = find_recommendation(user, recommendation_id, May.WORK, lock=True)
    before, target = RecommendationStatus(row.status), LEADS_TO[judgement]
    if before != target and before not in FROM[judgement]:
        raise WrongState(f"A recommendation that is {before.value} cannot become {target.value}.")
    _take_note(row, note)
    now = utc_now()
    row.status = target.value
    if judgement in (Judgement.ACCEPT, Judgement.DONE):
        row.accepted_at = row.accepted_at or now
    if judgement is Judgement.REOPEN or judgement is Judgement.DISMISS:
        row.accepted_at = None
    if judgement is Judgement.DONE:
        row.done_at = row.done_at or now
    row.save(update_fields=["status", "note", "accepted_at", "done_at"])
    if before != target or note is not None:
        _tell(user, row, "judged", {"status": before.value}, {"status": target.value, "note": row.note})
    return row


@transaction.atomic
def record_outcome(
    user: User, recommendation_id: UUID, outcome: Outcome, *, note: str | None = None
) -> Recommendation:
    """Of one that was carried out; again with another outcome corrects it. Raises WrongState before that."""
    row = find_recommendation(user, recommendation_id, May.WORK, lock=True)
    if row.status != RecommendationStatus.DONE:
        raise WrongState("Say first that it was carried out: then its outcome can be told.")
    _take_note(row, note)
    before, row.outcome = row.outcome, outcome.value
    row.judged_by, row.judged_at = user, utc_now()
    row.save(update_fields=["outcome", "note", "judged_by", "judged_at"])
    _tell(user, row, "outcome", {"outcome": before}, {"outcome": outcome.value, "note": row.note})
    return row


def _take_note(row: Recommendation, note: str | None) -> None:
    if note is None:
        return
    if len(note) > NOTE:
        message = f"A note has at most {NOTE:,} characters."
        raise InvalidInput(message, fields={"note": [message]})
    row.note = note.strip()


def _tell(
    user: User, row: Recommendation, event: str, before: dict[str, Json], after: dict[str, Json]
) -> None:
    """What people noted stays out of the audit trail, which administrators read."""
    unnoted = {name: value for name, value in after.items() if name != "note"}
    record_audit(user, f"recommendation.{event}", row, before=before, after=unnoted)
    write_log(
        row.step.session,
        f"recommendation_{event}",
        at=utc_now(),
        actor=user,
        step=row.step.position,
        details={"recommendation": str(row.pk), "title": row.title, "before": before, "after": after},
    )
