"""What stands between a strategy and real money: an admin's approval with a cap, and the kill switch."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.fields import IdField
from orchestrator.workflows.models import Workflow


class LiveApproval(models.Model):
    """An admin allowed a version of a workflow to place live orders, ``most_notional`` USDC at stake at most.

    The graph is what was looked at, so that its ``checksum`` is what is allowed: another version with the
    same graph may trade, one with another graph may not.
    """

    id = IdField()
    workflow = models.ForeignKey(Workflow, on_delete=models.CASCADE, related_name="live_approvals")
    approved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="live_approvals")
    most_notional = models.DecimalField(max_digits=24, decimal_places=6)
    comment = models.TextField(blank=True)
    version_number = models.PositiveIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=utc_now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="revoked_approvals"
    )
    revoked_comment = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workflow"], name="live_approval_one", condition=Q(revoked_at__isnull=True)
            ),
            models.CheckConstraint(name="live_approval_has_a_cap", condition=Q(most_notional__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id}: {self.most_notional} USDC"


class KillSwitch(models.Model):
    """Pulled: no order is placed, neither paper nor live, until an admin lets go. Rows are kept."""

    id = IdField()
    pulled_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="pulled_switches")
    reason = models.TextField(blank=True)
    pulled_at = models.DateTimeField(default=utc_now)
    released_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="released_switches"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), name="kill_switch_one_pulled", condition=Q(released_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return "released" if self.released_at else "pulled"
