"""What is measured: a process of a thousand phases, somebody half-way through it, and a million sessions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from orchestrator.accounts.models import User
from orchestrator.core import json
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.core.json import Json, JsonObject
from orchestrator.executions.bench.copying import copy_lines, vacuum
from process.domain.document import FORMAT
from process.domain.process import Process
from process.domain.vocabulary import NodeStatus, SectionStatus, SessionStatus
from process.models import (
    Answer,
    ProcessVersion,
    Session,
    SessionProgress,
    SessionSectionStatus,
)
from process.queries.compiled import process_of
from process.services.freezing import freeze
from process.services.interchange import import_version
from process.services.sessions import start_session

NODES: Final = 1_000
PROMPTS: Final = 5_000
_SECTIONS: Final = 50
_PROMPTS_EACH: Final = 5
_NAME: Final = "Measured"
_PEOPLE: Final = 1_000
_DAYS: Final = 365


def measured_version() -> ProcessVersion:
    """A version of 1,000 phases and 5,000 prompts, 250 of them in 50 sections; made if it is not there."""
    there = ProcessVersion.objects.filter(version_name=_NAME).first()
    return there or import_version(None, measured_document())


def measured_document() -> JsonObject:
    """Phases one after the other, each left by one of three ways; one in five prompts has a condition."""
    with_prompts = (PROMPTS - _SECTIONS * _PROMPTS_EACH) // _PROMPTS_EACH
    keys = [f"phase_{number}" for number in range(NODES)]
    nodes: list[Json] = [_node(key, number, with_prompts) for number, key in enumerate(keys)]
    edges: list[Json] = [edge for here, there in pairwise(keys) for edge in _edges(here, there)]
    return {
        "format": FORMAT,
        "name": _NAME,
        "description": "Made up for measuring.",
        "nodes": nodes,
        "edges": edges,
        "sections": [_section(number, keys[-1]) for number in range(_SECTIONS)],
    }


def _node(key: str, number: int, with_prompts: int) -> JsonObject:
    last = number == NODES - 1
    count = _SECTIONS * _PROMPTS_EACH if last else _PROMPTS_EACH if number < with_prompts else 0
    return {
        "key": key,
        "name": f"Phase {number}",
        "type": "iterative" if last else "data_collection" if count else "informational",
        "purpose": "To be measured.",
        "text": "Made up for measuring.",
        "prompts": [_prompt(number, each) for each in range(count)],
    }


def _prompt(node: int, number: int) -> JsonObject:
    prompt: JsonObject = {"key": f"prompt_{number}", "text": f"What about {node}.{number}?", "required": True}
    if number % 5 == 4:
        prompt |= {"required": False, "condition": {"type": "expression", "value": _SAID_SOMETHING}}
    return prompt


_SAID_SOMETHING: Final[JsonObject] = {"expression": 'answers.phase_0.prompt_0 != "nothing"'}
_SAID_NOTHING: Final[JsonObject] = {"expression": 'answers.phase_0.prompt_0 == "nothing"'}


def _edges(here: str, there: str) -> Iterator[JsonObject]:
    scope: JsonObject = {"type": "scope_match", "value": {"scope": "single_event"}}
    yield {"from": here, "to": there, "label": "short", "condition": scope}
    yield {"from": here, "to": there, "condition": {"type": "expression", "value": _SAID_NOTHING}}
    yield {"from": here, "to": there}


def _section(number: int, node: str) -> JsonObject:
    first = number * _PROMPTS_EACH
    return {
        "key": f"section_{number}",
        "name": f"Section {number}",
        "prompts": [f"{node}.prompt_{first + each}" for each in range(_PROMPTS_EACH)],
    }


def half_way(user: User, version: ProcessVersion) -> Session:
    """A new session of the person that has 500 of the 1,000 phases and 2,500 answers behind it."""
    freeze(version)
    process = process_of(version)
    session = start_session(user, version_id=version.pk)
    visited = list(process.nodes.values())[: NODES // 2 + 1]
    session.path, session.position = [node.id for node in visited], len(visited) - 1
    session.current_node_id = visited[-1].id
    session.save()
    SessionProgress.objects.filter(session=session).delete()
    SessionProgress.objects.bulk_create(
        SessionProgress(
            session=session,
            process_node_id=node.id,
            status=(NodeStatus.IN_PROGRESS if node is visited[-1] else NodeStatus.COMPLETED).value,
        )
        for node in visited
    )
    Answer.objects.bulk_create(
        Answer(session=session, prompt_id=prompt.id, content=json.dumps("Something.").decode(), tier=1)
        for node in visited[:-1]
        for prompt in node.prompts
    )
    _open_sections(session, process)
    return session


def _open_sections(session: Session, process: Process) -> None:
    SessionSectionStatus.objects.filter(session=session).delete()
    SessionSectionStatus.objects.bulk_create(
        SessionSectionStatus(session=session, section_id=section.id, status=SectionStatus.UNLOCKED.value)
        for section in process.sections.values()
    )


def seed_sessions(version: ProcessVersion, *, sessions: int) -> User:
    """Make sure that about so many are there, of a thousand people; answer with one of these."""
    people = [
        User(username=f"teller{number}", email=f"teller{number}@bench.test") for number in range(_PEOPLE)
    ]
    User.objects.bulk_create(people, ignore_conflicts=True)
    freeze(version)
    there = Session.objects.count()
    if there < sessions:
        owners = list(User.objects.filter(username__startswith="teller").values_list("pk", flat=True))
        process, new = process_of(version), sessions - there
        copy_lines(
            Session, _SESSION_COLUMNS, _session_lines(version, process, owners, new), there=there, new=new
        )
        vacuum(User, Session)
    return User.objects.get(username="teller0")


_SESSION_COLUMNS: Final = (
    "id", "user_id", "process_version_id", "current_node_id", "path", "status", "started_at",
    "last_activity_at", "completed_at",
)  # fmt: skip


def _session_lines(version: ProcessVersion, process: Process, owners: list[Any], new: int) -> Iterator[str]:
    start = process.start
    assert start is not None
    began, pause = utc_now() - timedelta(days=_DAYS), timedelta(days=_DAYS) / new
    for number in range(new):
        at = began + pause * number
        done = number % 3 == 0
        yield "\t".join(
            (
                id_at(at, tail=number).hex,
                str(owners[number % len(owners)]),
                str(version.pk),
                str(start.id),
                f"{{{start.id}}}",
                (SessionStatus.COMPLETED if done else SessionStatus.ACTIVE).value,
                at.isoformat(),
                at.isoformat(),
                at.isoformat() if done else r"\N",
            )
        )
