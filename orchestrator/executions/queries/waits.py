"""What a run waits for, in the words of somebody who could help it on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef

from orchestrator.accounts.models import User
from orchestrator.executions.domain.state import Firing, Phase, State, StepKey
from orchestrator.executions.models import Approval, ApprovalStatus, ApprovalVote, Execution
from orchestrator.executions.narration import place_of
from orchestrator.executions.queries.history import state_of

MOST: Final = 20
"""Waits that are told one by one."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One step that waits. ``key`` changes when there is something else to say of it."""

    node: str
    title: str
    scope: str
    approval: Approval | None = None
    signals: tuple[str, ...] = ()
    until: datetime | None = None
    child: str | None = None
    retry_at: datetime | None = None
    attempt: int = 1
    items: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        parts = (self.scope, self.node, self.attempt, self.approval and self.approval.pk, self.child)
        return "/".join(map(str, (*parts, *self.signals)))


@dataclass(frozen=True, slots=True)
class Waits:
    items: tuple[Wait, ...] = ()
    more: int = 0

    @property
    def key(self) -> str:
        return "|".join(wait.key for wait in self.items) + (f"+{self.more}" if self.more else "")

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of all signals that something waits for."""
        return tuple(dict.fromkeys(name for wait in self.items for name in wait.signals))


def waits_of(user: User, execution: Execution, titles: Mapping[str, str], *, edits: bool) -> Waits:
    """Of a run that has not ended, first what this person can do something about. At most two queries.

    ``titles`` are those of the graph's nodes; ``edits`` says whether the person may edit the workflow.
    """
    if execution.is_final or execution.last_seq == 0:
        return Waits()
    state = state_of(execution)
    approvals: dict[str, Approval] = {}
    if any(firing.waits and firing.waits.approval for _, firing in state.firings()):
        voted = ApprovalVote.objects.filter(user=user, approval=OuterRef("pk"))
        pending = Approval.objects.filter(execution=execution.pk, status=ApprovalStatus.PENDING)
        pending = pending.annotate(voted=Exists(voted))
        approvals = {str(approval.pk): approval for approval in pending.order_by("id")[:MOST]}
    for approval in approvals.values():
        approval.execution, approval.workflow = execution, execution.workflow
        asked = approval.asks(user, edits=edits)
        approval.can_answer = asked and not approval.voted  # type: ignore[attr-defined]  # as in lists
    found = list(_found(state, titles, approvals))
    found.sort(key=lambda wait: not getattr(wait.approval, "can_answer", False))
    return Waits(tuple(found[:MOST]), max(0, len(found) - MOST))


def _found(state: State, titles: Mapping[str, str], approvals: Mapping[str, Approval]) -> Iterator[Wait]:
    for key, firing in state.firings():
        wait = _wait(key, firing, titles, approvals)
        if wait is not None:
            yield wait


def _wait(
    key: StepKey, firing: Firing, titles: Mapping[str, str], approvals: Mapping[str, Approval]
) -> Wait | None:
    title, scope = titles.get(key.node, key.node), place_of(key.scope, titles)
    if firing.phase is Phase.BACKOFF:
        return Wait(key.node, title, scope, retry_at=firing.retry_at, attempt=firing.attempt + 1)
    if firing.phase is Phase.MAPPING and firing.map is not None:
        items = (len(firing.map.results), len(firing.map.items))
        return Wait(key.node, title, scope, items=items)
    waits = firing.waits
    if firing.phase not in (Phase.WAITING, Phase.STUCK) or waits is None:
        return None
    moments = [moment for moment, _ in waits.timers]
    approval_id = str((waits.approval or {}).get("id", ""))
    return Wait(
        key.node,
        title,
        scope,
        approval=approvals.get(approval_id),
        signals=tuple(name for name, _, _ in waits.signals),
        until=min(moments, default=waits.timeout_at),
        child=waits.child,
    )
