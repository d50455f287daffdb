"""``process-follow-up``, ``process-synthesis``, ``process-archetypes``: what is made of answers, and kept."""

from __future__ import annotations

from typing import Any, Final

from orchestrator.ai.domain.calls import AgentSpec, CallFailed, CallUsage
from orchestrator.ai.services.agents import run_agent
from orchestrator.ai.services.ledger import Payer
from orchestrator.core.json import Json
from orchestrator.core.threads import in_thread
from orchestrator.graphs.model import RetryPolicy
from orchestrator.graphs.nodetypes import Effect, NodeType
from orchestrator.graphs.steps import Outcome, StepContext, Succeeded
from process.domain import offline
from process.domain.results import read_paragraphs, read_patterns, read_question
from process.domain.vocabulary import Help, Sent
from process.nodes.config import NoConfig
from process.nodes.faults import fault_of, used
from process.services.making import (
    Work,
    begin,
    keep_patterns,
    keep_question,
    keep_text,
    note_outcome,
)

RETRY: Final = RetryPolicy(max_attempts=3, backoff_seconds=2)
"""For rate limits, broken connections, and answers that rest on nothing."""


async def run(step: StepContext) -> Outcome:
    """Output: ``{outcome, answers}``: how it ended, and how many answers were used."""
    usage: CallUsage | None = None
    try:
        work = await in_thread(begin, step.execution_id)
        if work is None:
            return Succeeded({"outcome": "nothing_left", "answers": 0})
        data: Any = None
        if not work.is_offline:
            data, usage = await _ask(step, work)
        kept = await in_thread(_keep, step, work, data)
    except Exception as error:  # noqa: BLE001 - whatever it is must not be stored with what it quotes
        return fault_of(error, step, usage)
    return Succeeded(kept, usage=used(usage) if usage else None)


async def _ask(step: StepContext, work: Work) -> tuple[Json, CallUsage]:
    """Nothing of the answer is shown while it comes: the feed of a run is not only the person's."""
    spec = AgentSpec(
        provider=work.provider,
        model=work.model,
        objective=work.agent.objective,
        constraints=work.agent.constraints,
        prompts=(work.agent.text,),
        output_schema=work.agent.schema,
        max_tokens=work.agent.max_tokens,
    )
    payer = Payer(
        user_id=work.person,
        workflow_id=step.workflow_id,
        execution_id=step.execution_id,
        fence=step.fence,
        node_id=step.node_id,
        step_key=step.idempotency_key,
    )
    try:
        result = await run_agent(spec, {}, payer=payer)
    except CallFailed as fault:
        was_sent = fault.usage is not None and fault.usage.calls > 0
        await in_thread(note_outcome, work.disclosure, Sent.FAILED if was_sent else Sent.NOT_SENT)
        raise
    await in_thread(note_outcome, work.disclosure, Sent.ANSWERED)
    return result.output, result.usage


def _keep(step: StepContext, work: Work, data: Json) -> dict[str, Json]:
    run, material = step.execution_id, work.material
    match work.help:
        case Help.FOLLOW_UP:
            told = material.sources[0].told
            question = offline.question(told) if work.is_offline else read_question(data)
            return keep_question(run, work, question)
        case Help.DRAFT:
            draft = offline.draft(material) if work.is_offline else read_paragraphs(data, material)
            return keep_text(run, work, draft)
        case Help.CHECKPOINT:
            heard = offline.checkpoint(material) if work.is_offline else read_paragraphs(data, material)
            return keep_text(run, work, heard)
        case Help.ARCHETYPES:
            seen = offline.patterns(material) if work.is_offline else read_patterns(data, material)
            return keep_patterns(run, work, seen)


def _node_type(name: str, title: str, description: str, icon: str) -> NodeType:
    return NodeType(
        name=name,
        title=title,
        description=f"In built-in workflows: {description}",
        category="Guided processes",
        icon=icon,
        config=NoConfig,
        effect=Effect.IDEMPOTENT,
        internal=True,
        run=run,
        retry=RETRY,
    )


FOLLOW_UP = _node_type(
    "process-follow-up", "Further question", "asks further about an answer.", "circle-question-mark"
)
SYNTHESIS = _node_type(
    "process-synthesis",
    "Synthesis",
    "makes a text of answers, every sentence with its sources.",
    "scroll-text",
)
ARCHETYPES = _node_type(
    "process-archetypes", "Patterns", "sees which narrative patterns a story has.", "wand-sparkles"
)
