"""A story with answers of every kind, somebody who told it, and helpers that answer as a test says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.executions.models import Execution
from orchestrator.graphs.steps import Outcome, StepContext
from process.domain.conditions import compile_condition
from process.domain.process import Process
from process.domain.vocabulary import Behavior, Tier
from process.models import Answer, HelpRequest, ProcessNode, ProcessVersion, Session
from process.nodes.writing import run as write
from process.queries.helping import is_under_way, state_of
from process.services import sessions
from process.services.answering import save_answer, set_profile
from process.services.assistance import choose_assistance
from process.services.helping import ask_for_text
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store

Drain = Callable[[], None]
HOUSE = "We lived above the harbour. In the morning my father whistled."
PEOPLE = "My aunt Rosa came on Sundays. She brought plums."
MARKER = "Marzipanherz"
"""In everything that must never leave, nor stand anywhere in clear."""
SECRET = f"Nobody knows of {MARKER}."


@dataclass(frozen=True, slots=True)
class Scene:
    user: User
    session: Session
    process: Process

    def answer(self, key: str) -> Answer:
        return Answer.objects.get(session=self.session, prompt=self.prompt(key))

    def prompt(self, key: str) -> Any:
        return next(prompt.id for prompt in self.process.prompts.values() if prompt.key == key)


def make_scene(*, tell: bool = True) -> Scene:
    """In section ``origins``: two answers that may be used, one of tier 3, one marked private, and one behind
    a boundary that was drawn after it was given.
    """
    lane = [
        make_prompt("house", node="lanes", kind="scene"),
        make_prompt("people", node="lanes", kind="people"),
        make_prompt("deep", node="lanes", tier=Tier.PRIVATE, sensitive=True),
        make_prompt("marked", node="lanes"),
        make_prompt("love", node="lanes", condition=compile_condition("profile_boundary", "romance")),
    ]
    process = make_process(
        make_node("lanes", "writing", behavior=Behavior.ITERATIVE, sections=("origins", "work")),
        make_node("writing", "patterns", behavior=Behavior.SYNTHESIS, text="Chapters."),
        make_node("patterns", behavior=Behavior.SYNTHESIS, text="Patterns."),
        sections=(make_section("origins", *lane), make_section("work", make_prompt("job", node="lanes"))),
    )
    version = store(process)
    ProcessNode.objects.filter(process_version=version, node_key="writing").update(
        agent_objective="Write as they speak.", agent_constraints="Keep it plain."
    )
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    user = make_user()
    scene = Scene(user, sessions.start_session(user), process)
    if tell:
        sessions.select_section(user, scene.session.pk, "origins")
        set_profile(user, scene.session.pk, flags={"comfortable_discussing_romance": True})
        said = {"house": HOUSE, "people": PEOPLE, "deep": SECRET, "love": f"{MARKER} loved me."}
        for key, text in said.items():
            save_answer(user, scene.session.pk, prompt_id=scene.prompt(key), value=text)
        save_answer(user, scene.session.pk, prompt_id=scene.prompt("marked"), value=SECRET, private=True)
        set_profile(user, scene.session.pk, flags={"comfortable_discussing_romance": False})
    return scene


def chapter(*sentences: tuple[str, list[str]]) -> str:
    """What a helper answers who was asked for a text."""
    written = [{"text": text, "answers": refs} for text, refs in sentences]
    return json.dumps({"paragraphs": [{"sentences": written}]}).decode()


GOOD = chapter(
    ("My father whistled above the harbour.", ["A1"]),
    ("Then it was Sunday.", []),
    ("Aunt Rosa brought plums.", ["A2"]),
)


def by_groq(scene: Scene) -> None:
    choose_assistance(scene.user, scene.session.pk, provider="groq")


def draft(scene: Scene, **more: str) -> HelpRequest:
    return ask_for_text(scene.user, scene.session.pk, section="origins", **more)


def attempt(request: HelpRequest) -> Outcome:
    """The writing step of a run by itself, as the engine calls it."""
    execution = Execution.objects.get(pk=request.execution_id)
    context = StepContext(
        execution_id=execution.pk, workflow_id=execution.workflow_id, started_by_id=execution.started_by_id,
        node_id="write", title="Write", scope="", iteration=0, attempt=1, depth=0, config=None, names={},
        idempotency_key=f"{execution.pk}/write#0", now=utc_now(),
    )  # fmt: skip
    return asyncio.run(write(context))


def drain_until(drain: Drain, request: HelpRequest) -> None:
    """Retries wait in real time."""
    end = time.monotonic() + 30
    while is_under_way(state_of(HelpRequest.objects.get(pk=request.pk))) and time.monotonic() < end:
        drain()
        time.sleep(0.1)
