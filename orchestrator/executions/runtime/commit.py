"""The hot commit: events, step rows and execution rows of several runs in one statement, one round trip.

The one hand-written SQL statement on the path of a run. Through the ORM the same commit is five statements in
a transaction (BEGIN, UPDATE per run, two INSERTs, COMMIT): about three times the round trips and twice
the time of a whole burst (docs/performance.md). As one statement it is atomic by itself, and the fence
guards every row it writes: a run whose lease was taken over matches no row, so nothing of it is written,
while its neighbours in the same statement are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from orchestrator.core import json
from orchestrator.core.prepared import prepared_cursor

_STATEMENT = """
WITH run AS (
    SELECT * FROM jsonb_to_recordset((%(batch)s)::jsonb -> 'runs') AS r(
        id uuid, fence bigint, base_seq bigint, last_seq bigint, status text,
        state jsonb, state_seq bigint, variables jsonb, current_node_ids text[], output jsonb, error jsonb,
        metrics jsonb, started_at timestamptz, finished_at timestamptz, wake_at timestamptz,
        lease_owner text, mail_taken bigint)
), fenced AS (
    UPDATE executions_execution AS e SET
        status = r.status, last_seq = r.last_seq, recoveries = 0,
        state = coalesce(r.state, e.state), state_seq = coalesce(r.state_seq, e.state_seq),
        variables = r.variables, current_node_ids = r.current_node_ids, output = r.output, error = r.error,
        metrics = r.metrics, started_at = r.started_at, finished_at = r.finished_at,
        mail_taken = r.mail_taken, lease_owner = r.lease_owner,
        lease_until = CASE WHEN r.lease_owner = '' THEN NULL ELSE e.lease_until END,
        wake_at = CASE WHEN r.finished_at IS NULL AND e.mail_posted > r.mail_taken
                       THEN e.wake_at ELSE r.wake_at END
    FROM run AS r
    WHERE e.id = r.id AND e.fence = r.fence AND e.last_seq = r.base_seq
    RETURNING e.id, e.workflow_id, e.mail_posted
), event AS (
    INSERT INTO executions_event (
        execution_id, seq, occurred_at, type, node_id, data, metadata, workflow_id, user_id)
    SELECT v.*, fenced.workflow_id, (v.metadata ->> 'user_id')::uuid
    FROM jsonb_to_recordset((%(batch)s)::jsonb -> 'events') AS v(
        execution_id uuid, seq bigint, occurred_at timestamptz, type text, node_id text,
        data jsonb, metadata jsonb)
    JOIN fenced ON fenced.id = v.execution_id
), step AS (
    INSERT INTO executions_steprun (id, execution_id, seq, scope, node_id, node_type, iteration, attempt,
        status, input, output, error, started_at, finished_at, duration_ms, cost, tokens, usage)
    SELECT v.* FROM jsonb_to_recordset((%(batch)s)::jsonb -> 'steps') AS v(
        id uuid, execution_id uuid, seq bigint, scope text, node_id text, node_type text, iteration int,
        attempt int, status text, input jsonb, output jsonb, error jsonb, started_at timestamptz,
        finished_at timestamptz, duration_ms bigint, cost numeric, tokens int, usage jsonb)
    JOIN fenced ON fenced.id = v.execution_id
)
SELECT id, mail_posted FROM fenced
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """What the commit writes on one execution. ``state`` None leaves the stored snapshot as it is."""

    id: UUID
    fence: int
    base_seq: int
    last_seq: int
    status: str
    state: dict[str, Any] | None
    state_seq: int | None
    variables: dict[str, Any]
    current_node_ids: list[str]
    output: Any
    error: Any
    metrics: dict[str, Any]
    started_at: datetime
    finished_at: datetime | None
    wake_at: datetime | None
    lease_owner: str
    """Empty when the lease is released with this commit."""
    mail_taken: int


@dataclass(slots=True)
class Batch:
    """The rows of one commit, of one run or of several."""

    runs: list[RunRow] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)


def write(batch: Batch) -> dict[UUID, int]:
    """Write all of it; return the mail counter of each run that was written.

    A run that is missing from the answer was not written: its lease was lost, or an earlier call whose
    answer did not arrive had written it already. Raises django.db errors; DataError means that some value
    cannot be stored, and then nothing of the batch was written.
    """
    data = json.dumps({"runs": batch.runs, "events": batch.events, "steps": batch.steps})
    connection.ensure_connection()
    with connection.wrap_database_errors, prepared_cursor() as cursor:
        cursor.execute(_STATEMENT, {"batch": data.decode()})
        return dict(cursor.fetchall())
