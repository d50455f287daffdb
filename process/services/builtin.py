"""The built-in workflows by which helpers are run: one for each kind of help."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from orchestrator.accounts.models import User
from orchestrator.core.json import JsonObject
from orchestrator.workflows.models import Workflow
from orchestrator.workflows.services.builtin import Account, Builtin, drawn, ensure_builtin, node_of
from process.domain.vocabulary import Help

_ACCOUNT: Final = Account(UUID("019a0000-0000-7000-8000-000000000001"), "process-helper", "Guided processes")
WORKFLOWS: Final = {
    Help.FOLLOW_UP: (UUID("019a0000-0000-7000-8000-000000000011"), "Process: follow-up question"),
    Help.DRAFT: (UUID("019a0000-0000-7000-8000-000000000012"), "Process: section draft"),
    Help.CHECKPOINT: (UUID("019a0000-0000-7000-8000-000000000013"), "Process: checkpoint"),
    Help.ARCHETYPES: (UUID("019a0000-0000-7000-8000-000000000014"), "Process: patterns"),
}
_HANDLERS: Final = {
    Help.FOLLOW_UP: "process-follow-up",
    Help.DRAFT: "process-synthesis",
    Help.CHECKPOINT: "process-synthesis",
    Help.ARCHETYPES: "process-archetypes",
}
_DESCRIPTION: Final = (
    "Run for a person by their session. What they said is read and stored by the steps themselves: inputs, "
    "outputs and events hold ids and counts, no words."
)


def graph_of(help: Help) -> JsonObject:
    """Gather what may be given away; if there is anything, have it written."""
    nodes = [
        node_of("gather", "process-gather", "Gather what may be used"),
        node_of(
            "anything",
            "decision",
            "Anything to go by?",
            rules=[{"when": "nodes.gather.output.usable > 0", "port": "yes"}],
            default="no",
        ),
        node_of("write", _HANDLERS[help], WORKFLOWS[help][1].removeprefix("Process: ").capitalize()),
        node_of("done", "end", "Done", output={"=": "nodes.write.output"}),
        node_of("nothing", "end", "Nothing to go by", output={"=": "nodes.gather.output"}),
    ]
    return drawn(
        nodes,
        [
            ("gather", "anything", None),
            ("anything", "write", "yes"),
            ("anything", "nothing", "no"),
            ("write", "done", None),
        ],
    )


def builtin_workflow(help: Help) -> tuple[User, Workflow]:
    """The account, and the workflow with the graph of this release."""
    pk, name = WORKFLOWS[help]
    return ensure_builtin(Builtin(pk, _ACCOUNT, name, _DESCRIPTION, graph_of(help)))
