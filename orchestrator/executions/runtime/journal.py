"""What a run has done and not yet stored: pending events, step rows and side effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orchestrator.core.json import Json
from orchestrator.executions.domain import events as ev
from orchestrator.executions.domain.codec import encode_metrics, encode_state
from orchestrator.executions.domain.state import Firing, State
from orchestrator.executions.domain.status import FINAL, Status, check_transition
from orchestrator.executions.runtime.claims import Claim
from orchestrator.executions.runtime.commit import Batch, RunRow
from orchestrator.executions.runtime.rows import Doing, active_nodes, event_row, step_row
from orchestrator.executions.runtime.side_effects import SideEffect

SNAPSHOT_EVERY: Final = 1_000
"""Events after which the state is stored within a burst, too; otherwise it is when the lease is released.

Storing it with every commit would make a run of n steps write n² bytes; folding the tail of events onto
the last snapshot after a crash takes a few milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Release:
    """The lease is given back with this commit; ``wake_at`` is when the run is due again."""

    status: Status
    wake_at: datetime | None
    at: datetime


class Journal:
    """Rows of one run waiting for their commit. ``seq`` counts all events, ``base_seq`` the stored ones."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.seq = self.base_seq = claim.last_seq
        self.state_seq = claim.state_seq
        self.mail_taken = claim.mail_taken
        self.events: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self.side_effects: list[SideEffect] = []
        self.since: datetime | None = None
        """When the oldest pending event happened."""

    def __bool__(self) -> bool:
        return bool(self.events or self.side_effects)

    def add(
        self,
        event: ev.Event,
        firing: Firing | None,
        *,
        node_type: str,
        doing: Doing | None,
        metadata: Mapping[str, Json],
    ) -> None:
        self.seq += 1
        self.since = self.since or event.at
        self.events.append(event_row(self.claim.id, self.seq, event, metadata))
        step = step_row(self.claim.id, self.seq, event, firing, doing, node_type)
        if step is not None:
            self.steps.append(step)

    def fill(self, batch: Batch, state: State, release: Release | None) -> RunRow:
        """Add everything pending to a batch; the returned row tells afterwards whether it was written."""
        snapshot = release is not None or self.seq - self.state_seq >= SNAPSHOT_EVERY
        status = release.status if release else Status.RUNNING
        check_transition(Status.RUNNING, status)
        row = RunRow(
            id=self.claim.id,
            fence=self.claim.fence,
            base_seq=self.base_seq,
            last_seq=self.seq,
            status=status.value,
            state=encode_state(state) if snapshot else None,
            state_seq=self.seq if snapshot else None,
            variables=state.variables,
            current_node_ids=active_nodes(state),
            output=state.output,
            error=state.error,
            metrics=_metrics(self.claim, state, release),
            started_at=self.claim.started_at,
            finished_at=release.at if release and status in FINAL else None,
            wake_at=release.wake_at if release else self.claim.started_at,
            lease_owner="" if release else self.claim.lease_owner,
            mail_taken=self.mail_taken,
        )
        batch.runs.append(row)
        batch.events += self.events
        batch.steps += self.steps
        return row

    def committed(self, row: RunRow) -> None:
        """The row was written: nothing is pending any more."""
        self.base_seq = row.last_seq
        self.state_seq = row.state_seq if row.state_seq is not None else self.state_seq
        self.forget()

    def forget(self) -> None:
        """Drop what is pending."""
        self.seq = self.base_seq
        self.events, self.steps, self.side_effects = [], [], []
        self.since = None


def _metrics(claim: Claim, state: State, release: Release | None) -> dict[str, Any]:
    metrics = encode_metrics(state.metrics)
    if release is not None and release.status in FINAL:
        metrics["duration_ms"] = round((release.at - claim.started_at).total_seconds() * 1000)
    return metrics
