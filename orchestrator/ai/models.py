"""Keys of AI providers, what may be spent on them, and the ledger of every call."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from orchestrator.accounts.models import User
from orchestrator.ai.domain.catalog import KEYED
from orchestrator.core.clock import utc_now
from orchestrator.core.encryption import EncryptedField
from orchestrator.core.fields import IdField
from orchestrator.workflows.models import Workflow

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

ABANDONED: Final = "abandoned"
"""The error code of calls that nobody settled."""
MONEY: Final = {"max_digits": 12, "decimal_places": 6}


class CallStatus(models.TextChoices):
    RESERVED = "reserved", "Under way"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"


class CredentialQuerySet(models.QuerySet["Credential"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own and nobody else's, not even for administrators."""
        return self.filter(user_id=user.pk) if user.pk else self.none()


class Credential(models.Model):
    """A person's own key for a provider. The key itself is never shown again, only its last characters."""

    id = IdField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    provider = models.CharField(max_length=20)
    key = EncryptedField()
    last_four = models.CharField(max_length=4)
    created_at = models.DateTimeField(default=utc_now)
    updated_at = models.DateTimeField(default=utc_now)
    checked_at = models.DateTimeField(null=True, blank=True)
    """When it was last tried with “Test”."""
    fault = models.CharField(max_length=500, blank=True)
    """What the provider said to it then; empty: it worked."""

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "provider"], name="credential_once_per_provider"),
            models.CheckConstraint(name="credential_provider_known", condition=Q(provider__in=sorted(KEYED))),
        ]

    def __str__(self) -> str:
        return f"{self.provider} key of {self.user_id}"


class BudgetQuerySet(models.QuerySet["Budget"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own, and those of workflows that one may see."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        return self.filter(Q(user=user) | Q(workflow__in=Workflow.objects.visible_to(user)))


class Budget(models.Model):
    """What a person or a workflow has spent on AI calls in a month, and what calls under way may still cost.

    Its row is the lock under which calls are admitted: ``spent`` and ``held`` change only while it is
    held. A person's limit stands here too; a workflow's stands in its settings.
    """

    id = IdField()
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    workflow = models.ForeignKey(
        Workflow, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    has_own_limit = models.BooleanField(default=False)
    """An administrator decided; otherwise the server's default holds."""
    own_limit = models.DecimalField(null=True, blank=True, **MONEY)  # type: ignore[arg-type]  # two kinds of value
    """None: no limit."""
    month = models.CharField(max_length=7, blank=True)
    """The month that the figures are of: ``2026-11``, in UTC. They begin anew with another."""
    spent = models.DecimalField(default=Decimal(0), **MONEY)  # type: ignore[arg-type]
    held = models.DecimalField(default=Decimal(0), **MONEY)  # type: ignore[arg-type]

    objects = BudgetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], name="budget_once_per_user"),
            models.UniqueConstraint(fields=["workflow"], name="budget_once_per_workflow"),
            models.CheckConstraint(
                name="budget_of_one",
                condition=Q(user__isnull=True, workflow__isnull=False)
                | Q(user__isnull=False, workflow__isnull=True),
            ),
            models.CheckConstraint(name="budget_not_negative", condition=Q(spent__gte=0, held__gte=0)),
            models.CheckConstraint(
                name="budget_limit_not_negative",
                condition=Q(own_limit__isnull=True) | Q(own_limit__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"budget of {self.person or self.workflow_id}"

    @property
    def person(self) -> UUID | None:
        """Whose it is; None: a workflow's."""
        return self.user_id

    @property
    def limit(self) -> Decimal | None:
        """A person's limit for a month; None: there is none."""
        if self.has_own_limit:
            return self.own_limit
        default: Decimal | None = settings.AI_MONTHLY_BUDGET
        return default


class AiCallQuerySet(models.QuerySet["AiCall"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those one pays for, and those of workflows that one may see."""
        if not isinstance(user, User):
            return self.none()
        if user.is_admin:
            return self
        seen = Workflow.objects.visible_to(user).values("pk")
        return self.filter(Q(user=user) | Q(workflow_id__in=seen))


class AiCall(models.Model):
    """One call of a provider: set aside before it is made, settled when it is over.

    Run and workflow are named without foreign keys: the ledger outlives both. A call whose worker died
    is booked at the most that it can have cost.
    """

    id = IdField()
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    workflow_id = models.UUIDField(null=True)
    execution_id = models.UUIDField(null=True)
    fence = models.BigIntegerField(null=True)
    """Of the run's lease under which it is made; a higher one on the run says that its worker is gone."""
    node_id = models.CharField(max_length=100, blank=True)
    step_key = models.CharField(max_length=700, blank=True)
    """The firing's idempotency key: the same for all its attempts."""
    provider = models.CharField(max_length=20)
    model = models.CharField(max_length=200)
    uses_own_key = models.BooleanField(default=False)
    status = models.CharField(max_length=9, choices=CallStatus.choices, default=CallStatus.RESERVED.value)
    month = models.CharField(max_length=7)
    reserved = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    cost = models.DecimalField(default=Decimal(0), **MONEY)  # type: ignore[arg-type]
    is_priced = models.BooleanField(default=True)
    """Whether the price is known; a call without one counts as 0."""
    is_estimate = models.BooleanField(default=False)
    """The provider did not say what was consumed: the figures are ours."""
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    error_code = models.CharField(max_length=50, blank=True)
    started_at = models.DateTimeField(default=utc_now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AiCallQuerySet.as_manager()

    class Meta:
        verbose_name = "AI call"
        constraints = [
            models.CheckConstraint(name="aicall_status_known", condition=Q(status__in=CallStatus.values)),
            models.CheckConstraint(
                name="aicall_ended_has_time",
                condition=Q(status="reserved", ended_at__isnull=True)
                | (~Q(status="reserved") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="aicall_money_not_negative", condition=Q(reserved__gte=0, cost__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="aicall_by_user"),
            models.Index(fields=["workflow_id", "-id"], name="aicall_by_workflow"),
            models.Index(
                fields=["execution_id"], name="aicall_by_execution", condition=Q(execution_id__isnull=False)
            ),
            models.Index(F("started_at").desc(), name="aicall_by_time"),
            models.Index(fields=["started_at"], name="aicall_under_way", condition=Q(status="reserved")),
        ]

    def __str__(self) -> str:
        return f"{self.provider} call {self.pk}"

    @property
    def payer(self) -> UUID | None:
        return self.user_id

    @property
    def is_abandoned(self) -> bool:
        """Booked without anybody knowing what it came to."""
        return self.status == CallStatus.FAILED and self.error_code == ABANDONED

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens
