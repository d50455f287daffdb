"""How the three locks before live orders stand, for pages and the API."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from orchestrator.core.rls import as_server
from orchestrator.workflows.models import Workflow, WorkflowVersion
from trading.domain.money import ZERO
from trading.domain.vocabulary import FINAL_ORDERS
from trading.models import KillSwitch, LiveApproval, LiveOrder
from trading.queries.stakes import at_stake


@dataclass(frozen=True, slots=True)
class Locks:
    """``approval`` may be of a version that is no longer the published one: ``fits`` says whether it is."""

    workflow: Workflow
    server: bool
    approval: LiveApproval | None
    published: WorkflowVersion | None
    fits: bool
    stake: Decimal
    switch: KillSwitch | None

    @property
    def is_open(self) -> bool:
        return self.server and self.fits and self.switch is None

    @property
    def has_room(self) -> bool:
        """Whether the cap leaves anything for another order."""
        return self.approval is not None and self.left > ZERO

    @property
    def left(self) -> Decimal:
        """USDC that may still be put at stake."""
        return max(self.approval.most_notional - self.stake, ZERO) if self.approval else ZERO


def locks_of(workflow: Workflow) -> Locks:
    rows = LiveApproval.objects.select_related("approved_by")
    approval = rows.filter(workflow=workflow, revoked_at__isnull=True).first()
    published = (
        WorkflowVersion.objects.filter(workflow=workflow, is_current=True).defer("nodes", "edges").first()
    )
    fits = approval is not None and published is not None and approval.checksum == published.checksum
    with as_server("the money at stake is a sum over all who run the workflow, of whom nobody is named"):
        stake = at_stake(workflow.pk) if approval is not None else ZERO
    return Locks(
        workflow=workflow,
        server=settings.LIVE_TRADING,
        approval=approval,
        published=published,
        fits=fits,
        stake=stake,
        switch=switch_now(),
    )


def approvals_of(workflow: Workflow) -> QuerySet[LiveApproval]:
    """All that there ever were, the newest first."""
    return LiveApproval.objects.select_related("approved_by", "revoked_by").filter(workflow=workflow)


def switch_now() -> KillSwitch | None:
    """The kill switch, while it is pulled."""
    return KillSwitch.objects.select_related("pulled_by").filter(released_at__isnull=True).first()


def pulls() -> QuerySet[KillSwitch]:
    """All pulls, the newest first."""
    return KillSwitch.objects.select_related("pulled_by", "released_by").order_by("-id")


def still_open() -> int:
    """Live orders that the exchange may still fill; of everybody, so that none is overlooked."""
    final = [each.value for each in FINAL_ORDERS]
    with as_server("how many orders are still open is a number, and names nobody"):
        return LiveOrder.objects.exclude(order__status__in=final).count()
