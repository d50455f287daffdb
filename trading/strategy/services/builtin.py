"""The built-in workflow of strategy sessions. People start it by beginning a session."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.builtin import Account, Builtin, drawn, ensure_builtin, node_of
from trading.strategy.domain.steps import DEFINITIONS

_ACCOUNT: Final = Account(UUID("019a0000-0000-7000-8000-000000000003"), "strategy-sessions", "Strategy")
WORKFLOW: Final = UUID("019a0000-0000-7000-8000-000000000031")
NAME: Final = "Corporation strategy"
STEP: Final = "strategy-step"
_DESCRIPTION: Final = (
    "Seven steps from the situation to a plan, each answered from the corporation's data and reviewed by a "
    "person. Started by beginning a session; inputs, outputs and events hold ids and figures, no words of it."
)


def graph_of() -> JsonObject:
    """The built-in step types in their order, answered by whom the person chose who begins."""
    names = [each.value for each in DEFINITIONS]
    nodes = [
        node_of(each.value, STEP, definition.title, step_type=each.value)
        for each, definition in DEFINITIONS.items()
    ]
    nodes.append(node_of("done", "end", "Done", output={"=": f"nodes.{names[-1]}.output.payload"}))
    ways = zip(names, [*names[1:], "done"], strict=True)
    return drawn(nodes, [(source, target, None) for source, target in ways])


def builtin_workflow() -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release."""
    return ensure_builtin(Builtin(WORKFLOW, _ACCOUNT, NAME, _DESCRIPTION, graph_of()))
