"""What a session cost so far, by the ledger of AI calls: also those that came to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from orchestrator.core.rls import as_server
from trading.strategy.models import StrategicSession

_SPENT: Final = """
    WITH RECURSIVE runs AS (
        SELECT id, retry_of_id FROM executions_execution WHERE id = %s
        UNION
        SELECT earlier.id, earlier.retry_of_id
        FROM executions_execution AS earlier JOIN runs ON earlier.id = runs.retry_of_id
    )
    SELECT coalesce(sum(cost), 0), coalesce(sum(input_tokens + output_tokens), 0), count(*),
           count(*) FILTER (WHERE status = 'reserved')
    FROM ai_aicall WHERE execution_id IN (SELECT id FROM runs)
"""


@dataclass(frozen=True, slots=True)
class Spent:
    """``cost`` in US dollars. ``open_calls`` are under way, and not yet in the sums."""

    cost: Decimal = Decimal(0)
    tokens: int = 0
    calls: int = 0
    open_calls: int = 0


def spent_on(session: StrategicSession) -> Spent:
    """In one query, over the run that works on it and those that it was gone on with."""
    why = "whoever sees a session sees what it cost, whoever paid, and whether or not they see its run"
    with as_server(why), connection.cursor() as cursor:
        cursor.execute(_SPENT, [session.execution_id])
        found = cursor.fetchone()
    return Spent(*found)
