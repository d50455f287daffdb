"""Which workflows a reader's figures are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from orchestrator.accounts.models import User
from orchestrator.analytics.domain.ranges import TimeRange
from orchestrator.analytics.models import EVERYTHING
from orchestrator.workflows.models import Workflow

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Scope:
    """One workflow that the reader may see, or all of those.

    ``cuts`` says where days begin that there are sums of; without them quarters of an hour are added up.
    """

    user: User
    workflow: UUID | None = None
    cuts: frozenset[int] = frozenset()

    def of(self, rows: QuerySet[Row, Any]) -> QuerySet[Row, Any]:
        """Rows of a model that has ``workflow_id``, one workflow each."""
        if self.workflow is not None:
            return rows.filter(workflow_id=self.workflow)
        rows = rows.exclude(workflow_id=EVERYTHING)
        if self.user.is_admin:
            return rows
        return rows.filter(workflow_id__in=Workflow.objects.visible_to(self.user).values("pk"))

    def summed(self, rows: QuerySet[Row, Any]) -> QuerySet[Row, Any]:
        """Rows of a model that also has one for all workflows together, where that may be read."""
        if self.workflow is None and self.user.is_admin:
            return rows.filter(workflow_id=EVERYTHING)
        return self.of(rows)

    @property
    def key(self) -> str:
        """Tells figures apart in a cache. What a person may see can change, and does within its lifetime."""
        whose = "admin" if self.user.is_admin else str(self.user.pk)
        return f"{self.workflow or whose}"


def within(rows: QuerySet[Row, Any], period: TimeRange) -> QuerySet[Row, Any]:
    return rows.filter(quarter__gte=period.start, quarter__lt=period.end)
