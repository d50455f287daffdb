"""The built-in workflow of coding runs. People start it by sending a batch."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.builtin import Account, Builtin, drawn, ensure_builtin, node_of

_ACCOUNT: Final = Account(
    UUID("019a0000-0000-7000-8000-000000000002"), "workspace-coder", "Pattern workspaces"
)
WORKFLOW: Final = UUID("019a0000-0000-7000-8000-000000000021")
_DESCRIPTION: Final = (
    "Works a batch of reviews into a pattern workspace's algorithm. Started by sending the batch; what is "
    "done stands in the workspace's timeline."
)


def graph_of() -> JsonObject:
    """Planning → implementing → testing, refining and testing again while it may help, then release."""
    nodes = [
        node_of("planning", "workspace-plan", "Planning"),
        node_of("implementing", "workspace-implement", "Implementing"),
        node_of("testing", "workspace-test", "Testing"),
        node_of(
            "good",
            "decision",
            "Good enough?",
            rules=[{"when": "nodes.testing.output.verdict == 'good'", "port": "yes"}],
            default="no",
        ),
        node_of("refining", "workspace-refine", "Refining"),
        node_of("committing", "workspace-commit", "Committing"),
        node_of("deploying", "workspace-deploy", "Deploying"),
        node_of("done", "end", "Done", output={"=": "nodes.deploying.output"}),
    ]
    return drawn(
        nodes,
        [
            ("planning", "implementing", None),
            ("implementing", "testing", None),
            ("testing", "good", None),
            ("good", "committing", "yes"),
            ("good", "refining", "no"),
            ("refining", "testing", None),
            ("committing", "deploying", None),
            ("deploying", "done", None),
        ],
    )


def builtin_workflow() -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release."""
    return ensure_builtin(Builtin(WORKFLOW, _ACCOUNT, "Workspaces: coding run", _DESCRIPTION, graph_of()))
