"""``process-gather``: which of a person's answers may be used, by id: none that is private or hidden."""

from __future__ import annotations

from orchestrator.core.threads import in_thread
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from process.nodes.config import NoConfig
from process.nodes.faults import fault_of
from process.services.making import gather_for


async def run(step: StepContext) -> Outcome:
    """Output: ``{usable, answers, private, hidden}``: counts, and the ids of those that may be used."""
    try:
        return Succeeded(await in_thread(gather_for, step.execution_id))
    except Exception as error:  # noqa: BLE001 - whatever it is must not be stored with what it quotes
        return fault_of(error, step)


GATHER = NodeType(
    name="process-gather",
    title="Gather answers",
    description="In built-in workflows: finds which answers of a session may be given to a helper.",
    category="Guided processes",
    icon="shield",
    config=NoConfig,
    effect=Effect.IDEMPOTENT,
    internal=True,
    run=run,
)
