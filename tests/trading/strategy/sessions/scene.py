"""A corporation with generated data, and a session that goes through its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from tests.factories import chain, fresh, make_user, make_workflow, node
from trading.strategy.models import Corporation, StrategicSession, StrategicStep
from trading.strategy.services.ending import close_session
from trading.strategy.services.generating import generate_corporation
from trading.strategy.services.reviewing import advance_session
from trading.strategy.services.sessions import start_session

Drain = Callable[[], None]
OWN = {"step_type": "scouting", "instructions": "Say which systems are worth a look."}
QUICK = {"retry": {"max_attempts": 2, "backoff_seconds": 0}}


@dataclass(frozen=True, slots=True)
class Scene:
    user: User
    corporation: Corporation

    def start(self, workflow: Workflow | None = None, **options: Any) -> StrategicSession:
        pk = None if workflow is None else workflow.pk
        return start_session(self.user, self.corporation.pk, workflow_id=pk, **options)[0]


def make_scene(name: str = "ann") -> Scene:
    user = make_user(name)
    return Scene(user, generate_corporation(user))


def make_steps(owner: User, *configs: dict[str, Any], **data: Any) -> Workflow:
    """A workflow of one step for each configuration, one after the other."""
    nodes = [node(f"s{at}", "strategy-step", config, **data) for at, config in enumerate(configs)]
    return make_workflow(owner, nodes=nodes, edges=chain(*[each["id"] for each in nodes]))


def again(session: StrategicSession) -> StrategicSession:
    return StrategicSession.objects.select_related("corporation").get(pk=session.pk)


def step_of(session: StrategicSession, position: int = 0) -> StrategicStep:
    return StrategicStep.objects.get(session=session, position=position)


def run_of(session: StrategicSession) -> Execution:
    execution_id = again(session).execution_id
    assert execution_id is not None
    return fresh(execution_id)


def finish(user: User, session: StrategicSession, drain: Drain) -> StrategicSession:
    """Accept every step as it comes, and let the session hear of its run's end."""
    drain()
    while any(each.awaits_review for each in session.steps.all()):
        advance_session(user, session.pk)
        drain()
    close_session(run_of(session).pk)
    return again(session)


def events_of(session: StrategicSession) -> list[str]:
    return list(session.log.order_by("seq").values_list("event", flat=True))
