"""Sessions that workflows begin: by the person whom the run is of, in the name of an agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.errors import NotAllowed, WrongState
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from trading.strategy.access import May, corporation_numbered
from trading.strategy.models import StrategicSession
from trading.strategy.services.sessions import AGENT, MOST_INITIATOR, start_session

_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``corporation`` is EVE's number; ``key`` the same whenever the same step is done again."""

    run: UUID
    workflow: UUID
    person: UUID | None
    key: str
    corporation: int
    steps: UUID | None
    agent: str
    title: str
    objective: str
    provider: str


def begin_session(wanted: Wanted) -> tuple[UUID, bool]:
    """The session, and whether it is new. In a worker.

    Raises what ``start_session`` raises, NotAllowed for a run that is nobody's, and WrongState within a
    session: one that begins others would never end.
    """
    user = User.objects.filter(pk=wanted.person, is_active=True).first() if wanted.person else None
    if user is None:
        raise NotAllowed("This run is nobody's who could begin a session.")
    if _is_within_a_session(wanted.run):
        raise WrongState("A session begins no other session. Begin it by a workflow of its own.")
    name = wanted.agent.strip() or Workflow.objects.values_list("name", flat=True).get(pk=wanted.workflow)
    corporation = corporation_numbered(user, wanted.corporation, May.WORK)
    session, is_new = start_session(
        user,
        corporation.pk,
        workflow_id=wanted.steps,
        title=wanted.title,
        objective=wanted.objective,
        initiator=f"{AGENT} {name}"[:MOST_INITIATOR],
        provider=wanted.provider,
        idempotency_key=wanted.key,
    )
    return session.pk, is_new


def _is_within_a_session(run: UUID | None) -> bool:
    """Its own, or that of a run above it."""
    for _ in range(_DEEPEST):
        if run is None:
            return False
        if StrategicSession.objects.filter(execution_id=run).exists():
            return True
        run = Execution.objects.filter(pk=run).values_list("parent_id", flat=True).first()
    return True
