"""Regression cases for a page: which run tested each last, and whether the version in use holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from orchestrator.core.errors import NotFound
from workspaces.models import AlgorithmVersion, ClaudeExecution, PatternWorkspace, RegressionCase

CASE_FILTERS: Final = (
    ("", "All"),
    ("held", "Holding"),
    ("lost", "Not holding"),
    ("untested", "Not tested yet"),
)
STANDINGS: Final = tuple(name for name, _ in CASE_FILTERS if name)


@dataclass(frozen=True, slots=True)
class Tested:
    """What one run found of the cases that there were when it began: all are kept but ``lost``."""

    run: ClaudeExecution
    lost: frozenset[UUID]

    def of(self, case: RegressionCase) -> str:
        """``held``, ``lost``, or ``untested`` for a case that was sent later."""
        if case.created_at > self.run.triggered_at and case.feedback.execution_id != self.run.pk:
            return "untested"
        return "lost" if case.pk in self.lost else "held"


@dataclass(frozen=True, slots=True)
class Standing:
    """``in_use`` is the run that made the version in use, ``last`` the one that tested last, if any."""

    version: str
    in_use: Tested | None
    last: Tested | None

    def of(self, case: RegressionCase) -> str:
        return self.in_use.of(case) if self.in_use is not None else "untested"

    def lately(self, case: RegressionCase) -> str:
        return self.last.of(case) if self.last is not None else "untested"


def standing_of(workspace: PatternWorkspace) -> Standing:
    """Three queries at most. A version that was taken back stands as its commit did."""
    versions = AlgorithmVersion.objects.filter(workspace=workspace).select_related("execution__triggered_by")
    current = versions.filter(is_current=True).first()
    made = None
    if current is not None:
        same = versions.filter(commit_hash=current.commit_hash, execution__isnull=False)
        made = current if current.execution is not None else same.order_by("-id").first()
    last = (
        ClaudeExecution.objects.filter(workspace=workspace, score_after__isnull=False)
        .select_related("triggered_by")
        .order_by("-id")
        .first()
    )
    return Standing(
        version=current.number if current is not None else "",
        in_use=_tested(made.execution) if made is not None and made.execution is not None else None,
        last=_tested(last) if last is not None else None,
    )


def _tested(run: ClaudeExecution) -> Tested | None:
    """By the run's last test; None for one that never came so far."""
    for each in reversed(run.checkpoints):
        if each["name"].startswith("tested-"):
            return Tested(run, frozenset(UUID(pk) for pk in each["data"]["not_kept"]))
    return None


def find_case(workspace: PatternWorkspace, case_id: UUID) -> RegressionCase:
    """Raises NotFound."""
    found = cases_of(workspace).filter(pk=case_id).first()
    if found is None:
        raise NotFound("There is no such case in this workspace.")
    return found


def cases_of(workspace: PatternWorkspace) -> QuerySet[RegressionCase]:
    """The newest first, without their candles' bars."""
    rows = RegressionCase.objects.filter(workspace=workspace).order_by("-id").defer("candles__data")
    return rows.select_related("candles", "feedback__created_by", "feedback__detection", "accepted_by_run")


def that_stand(rows: QuerySet[RegressionCase], standing: Standing, how: str) -> QuerySet[RegressionCase]:
    """Those that are held, lost or untested by the version in use; all for any other word."""
    if how not in STANDINGS:
        return rows
    tested = standing.in_use
    if tested is None:
        return rows if how == "untested" else rows.none()
    if how == "lost":
        return rows.filter(pk__in=tested.lost)
    known = Q(created_at__lte=tested.run.triggered_at) | Q(feedback__execution=tested.run)
    return rows.exclude(known) if how == "untested" else rows.filter(known).exclude(pk__in=tested.lost)
