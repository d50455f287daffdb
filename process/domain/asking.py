"""What is asked of a person where they stand, and what still has to be answered there."""

from __future__ import annotations

from process.domain.journey import OPEN, Journey
from process.domain.process import Node, Process, Prompt, Section
from process.domain.vocabulary import Form, SectionStatus


def node_of(process: Process, journey: Journey) -> Node:
    return process.nodes[journey.node_key]


def prompts_here(process: Process, journey: Journey) -> list[Prompt]:
    """What is asked now: the node's own prompts, or those of the section that is worked on there."""
    node = node_of(process, journey)
    if journey.section is not None:
        return visible(process, journey, process.sections[journey.section].prompts)
    return visible(process, journey, node.prompts)


def visible(process: Process, journey: Journey, prompts: tuple[Prompt, ...]) -> list[Prompt]:
    """Those whose conditions hold: boundaries, scope and flags decide what is never asked."""
    if all(prompt.condition.always for prompt in prompts):
        return list(prompts)
    names = journey.names(process)
    return [prompt for prompt in prompts if prompt.condition.holds(names)]


def sections_here(process: Process, journey: Journey) -> list[Section]:
    return [process.sections[key] for key in node_of(process, journey).sections]


def missing_here(process: Process, journey: Journey) -> list[str]:
    """What keeps the person in the present node or section, in words."""
    node = node_of(process, journey)
    missing = []
    if journey.section is None and node.form is Form.SCOPE and journey.scope is None:
        missing.append("Choose first what you want to tell about.")
    if journey.section is None and node.form is Form.PROFILE and journey.profile is None:
        missing.append("Answer the questions about your life and what you would rather leave out first.")
    unanswered = [
        prompt
        for prompt in prompts_here(process, journey)
        if prompt.required and prompt.id not in journey.answered
    ]
    missing += [f"This still needs an answer: {prompt.text}" for prompt in unanswered]
    if journey.section is None and _nothing_worked_on(journey, node):
        missing.append("Work on at least one section first.")
    return missing


def is_asked(process: Process, journey: Journey, prompt: Prompt) -> bool:
    """Whether the person has come to the prompt's node, and nothing hides it from them."""
    return prompt.node in journey.nodes and bool(visible(process, journey, (prompt,)))


def _nothing_worked_on(journey: Journey, node: Node) -> bool:
    """There are sections to work on, and none has an answer yet."""
    states = [journey.state(key) for key in node.sections]
    begun = any(each.answered or each.status is SectionStatus.COMPLETED for each in states)
    return not begun and any(each.status in OPEN for each in states)
