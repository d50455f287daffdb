"""Sending the cart to a coding run; cancelling one, and trying a failed one again."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.rls import as_server
from orchestrator.executions.domain.status import FINAL
from orchestrator.executions.models import Execution
from orchestrator.executions.services.starting import start_for
from orchestrator.executions.services.steering import cancel_for
from workspaces.access import May, find_in_workspace, find_workspace
from workspaces.domain.archive import unpack
from workspaces.domain.vocabulary import (
    UNDER_WAY,
    MessageStatus,
    MessageType,
    RunStatus,
    WorkspaceStatus,
)
from workspaces.models import (
    ClaudeExecution,
    FeedbackItem,
    PatternWorkspace,
    RegressionCase,
    WorkspaceMessage,
)
from workspaces.queries.backends import backends_for
from workspaces.services import lifecycle
from workspaces.services.coding import record
from workspaces.services.coding.builtin import builtin_workflow
from workspaces.services.timeline import retell, tell

_WHY = "the run belongs to a workflow of the server, which the person does not see"


class NothingToSend(WrongState):
    """The cart is empty."""

    code = "nothing_to_send"


class RunUnderWay(WrongState):
    """Another coding run works on this workspace."""

    code = "run_under_way"


@transaction.atomic
def send_batch(user: User, workspace_id: UUID, *, backend: str = "") -> ClaudeExecution:
    """All reviews of the cart become cases, and a coding run begins to work them in.

    ``backend`` empty: the usual one. Raises NotFound, NotAllowed, InvalidInput about ``backend``,
    NothingToSend, RunUnderWay: what was in the cart then stays there.
    """
    workspace = find_workspace(user, workspace_id, May.WORK, lock=True)
    _require_idle(workspace)
    cart = FeedbackItem.objects.filter(workspace=workspace, sent_to_claude_at__isnull=True)
    items = list(cart.select_related("session").order_by("id"))
    if not items:
        raise NothingToSend("There is nothing to send. Review some detections of a test session first.")
    chosen = _chosen(user, backend)
    run = ClaudeExecution.objects.create(
        workspace=workspace,
        triggered_by=user,
        backend=chosen,
        feedback_ids=[item.pk for item in items],
    )
    FeedbackItem.objects.filter(pk__in=run.feedback_ids).update(
        sent_to_claude_at=run.triggered_at, execution=run
    )
    RegressionCase.objects.bulk_create(_cases(workspace, items))
    _close_carts(workspace)
    words = "1 review" if len(items) == 1 else f"{len(items):,} reviews"
    tell(
        workspace,
        MessageType.FEEDBACK_BATCH_SENT,
        f"{user.username} sent {words}",
        by=user,
        content=_contents(items),
        data={"feedback": [str(item.pk) for item in items], "backend": chosen},
        execution=run,
    )
    if workspace.status == WorkspaceStatus.SOON:
        lifecycle.move(workspace, WorkspaceStatus.IMPLEMENTING, by=user)
    record_audit(
        user,
        "coding_run.started",
        workspace,
        after={"run": str(run.pk), "reviews": len(items), "backend": chosen},
    )
    return _start(user, run)


@transaction.atomic
def cancel_run(user: User, run_id: UUID) -> ClaudeExecution:
    """Stop it; its reviews stay cases. Raises NotFound, NotAllowed, and WrongState for one that is over."""
    run = _locked(user, run_id)
    if run.status not in UNDER_WAY:
        raise WrongState(f"This coding run is over: it {run.status}.")
    if run.run_id is not None and _is_live(run):
        with as_server(_WHY):
            cancel_for(user, run.run_id, reason="The coding run was cancelled.")
    record.fail_locked(run, f"{user.username} cancelled it.")
    record_audit(user, "coding_run.cancelled", run.workspace, after={"run": str(run.pk)})
    return run


@transaction.atomic
def retry_run(user: User, run_id: UUID, *, reason: str, backend: str = "") -> ClaudeExecution:
    """Another run for the same reviews, at most ten in a row; by the same ``backend``, if it is not named.

    Raises NotFound, NotAllowed, InvalidInput about ``reason`` or ``backend``, RunUnderWay, and WrongState for
    a run that did not fail, was retried already, or has no try left.
    """
    failed = _locked(user, run_id)
    if not reason.strip():
        raise InvalidInput("Say why it is tried again.", fields={"reason": ["Say why it is tried again."]})
    _require_idle(failed.workspace)
    failed.refresh_from_db(fields=["status"])
    if failed.status != RunStatus.FAILED:
        raise WrongState(f"Only a failed coding run is tried again; this one is {failed.status}.")
    if ClaudeExecution.objects.filter(parent_execution=failed).exists():
        raise WrongState("This coding run was tried again already. Retry the later one.")
    if failed.retry_count >= failed.max_retries:
        raise WrongState(f"It was tried {failed.max_retries} times. Send other reviews.")
    run = ClaudeExecution.objects.create(
        workspace=failed.workspace,
        triggered_by=user,
        backend=_chosen(user, backend or failed.backend),
        feedback_ids=failed.feedback_ids,
        status=RunStatus.RETRY.value,
        retry_count=failed.retry_count + 1,
        max_retries=failed.max_retries,
        retry_reason=reason.strip(),
        parent_execution=failed,
    )
    FeedbackItem.objects.filter(pk__in=run.feedback_ids).update(execution=run)
    if failed.workspace.status == WorkspaceStatus.SOON:
        lifecycle.move(failed.workspace, WorkspaceStatus.IMPLEMENTING, by=user)
    record_audit(user, "coding_run.retried", failed.workspace, after={"run": str(run.pk)})
    return _start(user, run)


def find_run(user: User, run_id: UUID, need: May = May.READ, *, lock: bool = False) -> ClaudeExecution:
    """Raises NotFound and NotAllowed as for its workspace, which ``lock`` locks before the run."""
    return find_in_workspace(ClaudeExecution, user, run_id, need, lock=lock, called="coding run")


def _chosen(user: User, backend: str) -> str:
    """Raises InvalidInput for one that there is not, or that lacks something."""
    known = {each.name: each for each in backends_for(user)}
    wanted = known.get(backend) if backend else next(each for each in known.values() if each.is_default)
    if wanted is None:
        fault = f"There is no such backend; there are {', '.join(known)}."
    elif wanted.missing:
        fault = wanted.missing
    else:
        return wanted.name
    raise InvalidInput(fault, fields={"backend": [fault]})


def _locked(user: User, run_id: UUID) -> ClaudeExecution:
    return find_run(user, run_id, May.WORK, lock=True)


def _require_idle(workspace: PatternWorkspace) -> None:
    """The workspace's row is locked. A run whose execution ended without a word is ended here."""
    run = ClaudeExecution.objects.filter(workspace=workspace, status__in=UNDER_WAY).first()
    if run is None:
        return
    if not _is_live(run):
        run.workspace = workspace
        record.fail_locked(run, "It ended before it was done: its worker could not go on.")
        return
    raise RunUnderWay("A coding run is under way. What you review meanwhile waits for the next one.")


def _is_live(run: ClaudeExecution) -> bool:
    if run.run_id is None:
        return False
    with as_server(_WHY):
        status = Execution.objects.filter(pk=run.run_id).values_list("status", flat=True).first()
    return status is not None and status not in FINAL


def _start(user: User, run: ClaudeExecution) -> ClaudeExecution:
    """The run of the engine, in the transaction of the row: neither is without the other."""
    _, workflow = builtin_workflow()
    with as_server(_WHY):
        execution, _ = start_for(user, workflow.pk, input={"coding_run": str(run.pk)})
    run.run_id = execution.pk
    run.save(update_fields=["run_id"])
    return run


def _cases(workspace: PatternWorkspace, items: Sequence[FeedbackItem]) -> list[RegressionCase]:
    """Bars by their time, so that a case stays true whatever the bars are counted from."""
    sessions = {item.session_id: item.session for item in items}
    times = {pk: unpack(session.candles.data).time for pk, session in sessions.items()}
    return [
        RegressionCase(
            workspace=workspace,
            feedback=item,
            candles_id=item.session.candles_id,
            first_bar=item.session.first_bar,
            last_bar=item.session.last_bar,
            verdict=item.verdict,
            kind=item.kind,
            direction=item.direction,
            at=int(times[item.session_id][item.bar]),
            price=item.price,
        )
        for item in items
    ]


def _close_carts(workspace: PatternWorkspace) -> None:
    waiting = WorkspaceMessage.objects.filter(
        workspace=workspace, type=MessageType.FEEDBACK_ADDED, status=MessageStatus.IN_PROGRESS
    )
    for entry in waiting:
        retell(entry, status=MessageStatus.COMPLETED)


def _contents(items: Sequence[FeedbackItem]) -> str:
    counts = {verdict: sum(item.verdict == verdict for item in items) for verdict in _ORDER}
    return ", ".join(f"{count:,} {verdict}" for verdict, count in counts.items() if count)


_ORDER = ("right", "wrong", "adjust", "missed")
