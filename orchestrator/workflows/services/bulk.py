"""Asking for bulk jobs, and doing them: item after item, each in a transaction of its own.

An item and the note that it is done are one commit, guarded by the job's fence. A job that is delivered
twice, or whose worker is killed, therefore does nothing twice and leaves nothing out.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.context import Origin, current_origin, origin
from orchestrator.core.errors import DomainError, InvalidInput, NotFound, WrongState
from orchestrator.core.hinting import send_hint
from orchestrator.core.ids import new_id
from orchestrator.workflows.bulk import BulkAction, BulkSubject, Filters, Parameters, bulk_subjects
from orchestrator.workflows.models import BulkJob, BulkJobError, BulkState
from orchestrator.workflows.models.bulk import MAX_ERRORS, OPEN_STATES

TASK: Final = "workflows.run_bulk_job"
MAX_IDS: Final = 1_000
MAX_OPEN: Final = 5
"""Of one person at a time."""
LEASE: Final = timedelta(seconds=30)
TURN: Final = timedelta(seconds=20)
"""How long a job keeps a task worker before others get their turn."""
_AT_A_TIME: Final = 100

log = structlog.get_logger(__name__)


@transaction.atomic
def start_bulk_job(
    user: User,
    *,
    subject: str,
    action: str,
    parameters: Parameters | None = None,
    ids: Sequence[UUID] | None = None,
    filters: Filters | None = None,
) -> BulkJob:
    """Ask for an action on these objects, or on all that a list's filters find now.

    Raises InvalidInput; WrongState while too many jobs of the person are open.
    """
    kind, act = bulk_subjects.get(subject), bulk_subjects.action(subject, action)
    checked = dict(act.check(user, parameters or {}))
    selected = _selected(user, kind, ids, filters)
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)  # their jobs are counted
    if BulkJob.objects.open().filter(owner=user).count() >= MAX_OPEN:
        raise WrongState(f"{MAX_OPEN} of your bulk jobs are under way. Wait for one, or cancel it.")
    job = BulkJob(
        owner=user,
        subject=subject,
        action=action,
        parameters=checked,
        last_id=new_id(),
        origin=current_origin().as_metadata(),
        created_at=utc_now(),
        **selected,
    )
    job.total = len(job.ids) if job.ids is not None else None
    job.save(force_insert=True)
    transaction.on_commit(lambda: hint(job.pk))
    return job


def cancel_bulk_job(user: User, job_id: UUID) -> BulkJob:
    """What is done stays done. Raises NotFound, WrongState for one that is over."""
    job = find_bulk_job(user, job_id)
    asked = BulkJob.objects.open().filter(pk=job.pk).update(cancel_requested=True)
    if not asked:
        raise WrongState(f"This job is {job.state} already.")
    BulkJob.objects.filter(pk=job.pk, state=BulkState.QUEUED).update(**_end(BulkState.CANCELLED))
    job.refresh_from_db()
    return job


def find_bulk_job(user: User, job_id: UUID) -> BulkJob:
    """Raises NotFound for somebody else's."""
    job = BulkJob.objects.visible_to(user).select_related("owner").filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job, or none of yours.")
    return job


def hint(job_id: UUID) -> None:
    """Let a worker look at the job. Never fails: the sweep finds jobs that nobody looked at."""
    send_hint(TASK, str(job_id), unsent="bulk_hint_not_sent", job=str(job_id))


def sweep_bulk_jobs() -> int:
    """Hint at open jobs that nobody holds; how many there were."""
    now = utc_now()
    free = BulkJob.objects.open().exclude(lease_until__gt=now).values_list("pk", flat=True)
    waiting = list(free.order_by("pk")[:_AT_A_TIME])
    for job_id in waiting:
        hint(job_id)
    return len(waiting)


def run_bulk_job(job_id: UUID, *, turn: timedelta = TURN) -> bool:
    """Go on with a job until it is over or its turn is; whether anything is left.

    Does nothing to one that is over, or that another worker holds.
    """
    job = _claim(job_id)
    if job is None:
        return False
    until = time.monotonic() + turn.total_seconds()
    with origin(Origin(**job.origin)):
        try:
            _count(job)
            left = _work(job, until)
        except LeaseLost:
            return False
    if left:
        BulkJob.objects.filter(pk=job.pk, fence=job.fence).update(lease_until=None)
    return left


class LeaseLost(Exception):
    """Another worker took the job over: this one writes nothing any more."""


class Stopped(Exception):
    """The person asked to stop."""


def _selected(
    user: User, kind: BulkSubject, ids: Sequence[UUID] | None, filters: Filters | None
) -> dict[str, Any]:
    if (ids is None) == (filters is None):
        message = "Say which objects: either by ids, or by filters."
        raise InvalidInput(message, fields={"ids": [message]})
    if filters is not None:
        kind.check_filters(user, filters)
        return {"filters": dict(filters)}
    wanted = sorted({str(each) for each in ids or ()})
    if not 1 <= len(wanted) <= MAX_IDS:
        message = f"Choose 1 to {MAX_IDS:,} {kind.many}, or all that match a filter."
        raise InvalidInput(message, fields={"ids": [message]})
    return {"ids": wanted}


def _claim(job_id: UUID) -> BulkJob | None:
    """The job with a new fence. A row that is locked has a worker, however old its lease looks."""
    now = utc_now()
    free = BulkJob.objects.filter(pk=job_id, state__in=OPEN_STATES).exclude(lease_until__gt=now)
    with transaction.atomic():
        if not free.select_for_update(skip_locked=True, no_key=True).values_list("pk"):
            return None
        BulkJob.objects.filter(pk=job_id).update(
            state=BulkState.RUNNING,
            fence=F("fence") + 1,
            lease_until=now + LEASE,
            started_at=Coalesce("started_at", now),
        )
    return BulkJob.objects.select_related("owner").get(pk=job_id)


def _count(job: BulkJob) -> None:
    if job.total is None:
        kind = bulk_subjects.get(job.subject)
        job.total = kind.count(job.owner, job.filters or {}, job.last_id, 10_000_000)
        _still_ours(job).update(total=job.total)


def _work(job: BulkJob, until: float) -> bool:
    """Whether anything is left to do when the turn is over."""
    try:
        kind, action = bulk_subjects.get(job.subject), bulk_subjects.action(job.subject, job.action)
    except InvalidInput as error:
        return _finish(job, BulkState.FAILED, error.message)
    while True:
        if not job.owner.is_active:
            return _finish(job, BulkState.FAILED, "The account of the person who asked for it is closed.")
        batch = _next(job, kind)
        if not batch:
            return _finish(job, BulkState.COMPLETED)
        for pk in batch:
            try:
                _do(job, kind, action, pk)
            except Stopped:
                return _finish(job, BulkState.CANCELLED)
            if time.monotonic() > until:
                return True


def _next(job: BulkJob, kind: BulkSubject) -> Sequence[UUID]:
    if job.ids is None:
        return kind.ids(job.owner, job.filters or {}, job.position, job.last_id, _AT_A_TIME)
    after = str(job.position) if job.position else ""
    return [UUID(each) for each in job.ids if each > after][:_AT_A_TIME]


@transaction.atomic
def _do(job: BulkJob, kind: BulkSubject, action: BulkAction, pk: UUID) -> None:
    """One item and the note about it, or neither. The job's row is locked meanwhile: nobody takes it over."""
    ours = _still_ours(job).select_for_update(no_key=True).values_list("cancel_requested", flat=True)
    if (stop := ours.first()) is None:
        raise LeaseLost
    if stop:
        raise Stopped
    failure: tuple[str, str] | None = None
    try:
        with transaction.atomic():
            action.perform(job.owner, pk, job.parameters)
    except DomainError as error:
        failure = error.code, error.message
    except (OperationalError, InterfaceError):
        raise  # the database is away: the item is done later
    except Exception:  # one item must not hold up the others for good
        log.exception("bulk_item_failed", job=str(job.pk), item=str(pk))
        failure = "error", "Something went wrong on our side; it has been logged."
    column = "failed" if failure else "done"
    _still_ours(job).update(**{column: F(column) + 1}, position=pk, lease_until=utc_now() + LEASE)
    job.position = pk
    if failure and job.failed < MAX_ERRORS:
        label = kind.label(job.owner, pk)[:200]
        BulkJobError.objects.create(
            job=job, object_id=pk, label=label, code=failure[0], message=failure[1][:500]
        )
    job.failed += bool(failure)


def _still_ours(job: BulkJob) -> Any:
    return BulkJob.objects.filter(pk=job.pk, fence=job.fence, state=BulkState.RUNNING)


def _finish(job: BulkJob, state: BulkState, reason: str = "") -> bool:
    _still_ours(job).update(**_end(state), reason=reason[:300])
    return False


def _end(state: BulkState) -> dict[str, Any]:
    return {"state": state.value, "finished_at": utc_now(), "lease_until": None}
