"""An admin's approval of a workflow for live orders: given with a cap, taken back, and asked for each order.

It is of one version's graph. What is published later is not approved, and its live orders are refused.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.workflows.access import find_workflow
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from trading.domain.live import LiveReason
from trading.domain.money import ZERO, usdc
from trading.models import LiveApproval

MOST_CAP: Final = Decimal(10**9)
_LONGEST: Final = 2_000
OFF: Final = "Live trading is off on this server: LIVE_TRADING is not set."


class Locked(Exception):
    """One of the locks is shut; ``reason`` in a word."""

    def __init__(self, reason: LiveReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason, self.sentence = reason, sentence


@transaction.atomic
def approve(
    admin: User,
    workflow_id: UUID,
    *,
    most_notional: Decimal,
    comment: str = "",
    version: int | None = None,
) -> LiveApproval:
    """Let a version (the published one, where none is named) place live orders, in place of what held before.

    Raises NotFound, NotAllowed (also for one's own workflow, unless ``LIVE_APPROVE_OWN`` says otherwise),
    WrongState for a workflow with nothing published, InvalidInput.
    """
    if not admin.is_admin:
        find_workflow(admin, workflow_id, Access.VIEWER)
        raise NotAllowed("Only an administrator approves a workflow for live orders.")
    workflow = find_workflow(admin, workflow_id, Access.OWNER, lock=True)
    if workflow.owner_id == admin.pk and not settings.LIVE_APPROVE_OWN:
        raise NotAllowed("This workflow is your own: somebody else has to approve it.")
    _check_cap(most_notional)
    row = _published(workflow, version)
    now = utc_now()
    before = LiveApproval.objects.select_for_update().filter(workflow=workflow, revoked_at=None).first()
    if before is not None:
        before.revoked_at, before.revoked_by = now, admin
        before.revoked_comment = "Replaced by a newer approval."
        before.save(update_fields=["revoked_at", "revoked_by", "revoked_comment"])
    approval = LiveApproval.objects.create(
        workflow=workflow,
        approved_by=admin,
        most_notional=most_notional,
        comment=comment.strip()[:_LONGEST],
        version_number=row.number,
        checksum=row.checksum,
        created_at=now,
    )
    record_audit(
        admin,
        "live.approved",
        workflow,
        before=_told(before) if before else None,
        after=_told(approval),
    )
    return approval


@transaction.atomic
def revoke(admin: User, workflow_id: UUID, *, comment: str = "") -> LiveApproval:
    """Shut the lock again; open orders stay. Raises NotFound, NotAllowed, WrongState if there is none.

    The workflow's owner may do it, too.
    """
    workflow = find_workflow(admin, workflow_id, Access.OWNER, lock=True)
    approval = LiveApproval.objects.select_for_update().filter(workflow=workflow, revoked_at=None).first()
    if approval is None:
        raise WrongState("This workflow is not approved for live orders.")
    approval.revoked_at, approval.revoked_by = utc_now(), admin
    approval.revoked_comment = comment.strip()[:_LONGEST]
    approval.save(update_fields=["revoked_at", "revoked_by", "revoked_comment"])
    record_audit(
        admin, "live.revoked", workflow, before=_told(approval), after={"comment": approval.revoked_comment}
    )
    return approval


def open_locks(workflow_id: UUID, checksum: str, *, lock: bool = False) -> LiveApproval:
    """The approval under which a version may trade. Raises Locked.

    ``lock`` holds its row, under which the money at stake is added up: orders of a workflow are admitted one
    after the other.
    """
    if not settings.LIVE_TRADING:
        raise Locked(LiveReason.LIVE_OFF, OFF)
    rows = LiveApproval.objects.filter(workflow=workflow_id, revoked_at__isnull=True)
    approval = (rows.select_for_update() if lock else rows).first()
    if approval is None:
        raise Locked(LiveReason.NOT_APPROVED, "No administrator has approved this workflow for live orders.")
    if approval.checksum != checksum:
        raise Locked(
            LiveReason.VERSION_NOT_APPROVED,
            f"Version {approval.version_number} is approved for live orders, and this is another one.",
        )
    return approval


def _published(workflow: Workflow, number: int | None) -> WorkflowVersion:
    rows = WorkflowVersion.objects.filter(workflow=workflow, status="published")
    row = (rows.filter(is_current=True) if number is None else rows.filter(number=number)).first()
    if row is None:
        wanted = "a published version" if number is None else f"a published version {number}"
        raise WrongState(f"This workflow has not {wanted}.")
    return row


def _check_cap(most_notional: Decimal) -> None:
    if not ZERO < most_notional <= MOST_CAP or most_notional != usdc(most_notional):
        message = f"An amount of USDC above zero, up to {MOST_CAP:,}, with six decimals at most."
        raise InvalidInput(f"most_notional: {message}", fields={"most_notional": [message]})


def _told(approval: LiveApproval) -> dict[str, object]:
    return {
        "version": approval.version_number,
        "most_notional": str(approval.most_notional),
        "comment": approval.comment,
    }
