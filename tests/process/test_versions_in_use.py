"""People who are in the middle of a version feel nothing of the next one, however different it is."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any, cast

import pytest

from orchestrator.accounts.models import Role
from orchestrator.core import json
from process.domain.vocabulary import SessionStatus
from process.models import Answer, ProcessVersion, Session
from process.queries import compiled
from process.queries.exported import export_version
from process.services.interchange import import_version
from process.services.journeys import Place, answer_value, place_of
from process.services.sessions import start_session
from process.services.versions import activate_version
from tests.factories import make_user
from tests.process.test_interchange import SHIPPED
from tests.process.walking import walk

pytestmark = pytest.mark.django_db

PEOPLE = 100


def everything_changed(version: ProcessVersion) -> ProcessVersion:
    """Other keys, other words, other order, other ways, all prompts turned round, half the sections gone."""
    text = json.dumps(export_version(version)).decode()
    document = cast(dict[str, Any], json.loads(text))
    document["name"] = "Everything is different"
    document["nodes"].reverse()
    keys = {node["key"]: f"new_{node['key']}" for node in document["nodes"]}
    for node in document["nodes"]:
        node["key"], node["name"] = keys[node["key"]], f"New {node['name']}"
        node["optional"], node["text"] = not node.get("optional", False), "All is new."
        for prompt in node.get("prompts", []):
            prompt["text"], prompt["required"] = f"New: {prompt['text']}", not prompt.get("required", False)
            prompt["condition"] = {"type": "", "value": None}
    order = [node["key"] for node in document["nodes"]]
    document["edges"] = [{"from": here, "to": there} for here, there in pairwise(order)]
    document["sections"] = document["sections"][::2]
    for section in document["sections"]:
        section["key"], section["unlock_after"] = f"new_{section['key']}", None
        section["prompts"] = [f"new_{name}" for name in section.get("prompts", [])]
    return import_version(None, document)


def seen_of(session: Session) -> tuple[object, ...]:
    """All that a person meets where they stand, and all that they said."""
    place = place_of(Session.objects.select_related("process_version", "scope", "profile").get(pk=session.pk))
    said = {row.prompt_id: answer_value(row) for row in Answer.objects.filter(session=session)}
    return place.journey, place.process, said


def test_a_hundred_sessions_go_on_as_if_no_other_version_had_come() -> None:
    old, dice = import_version(None, json.loads(SHIPPED.read_bytes())), random.Random(1)
    admin = make_user(role=Role.ADMIN)
    activate_version(admin, old.pk)
    people = [make_user() for _ in range(PEOPLE)]
    going = [(user, start_session(user)) for user in people]
    places = [walk(user, session, dice, steps=dice.randrange(20)) for user, session in going]
    assert len({place.journey.node_key for place in places}) >= 5, "they stand in many phases"
    assert sum(place.journey.section is not None for place in places) >= 5, "and some in a section"
    before = [seen_of(session) for _, session in going]

    new = everything_changed(old)
    activate_version(admin, new.pk)
    compiled._compiled.cache_clear()  # as in a web process that starts now

    assert [seen_of(session) for _, session in going] == before
    assert all(is_of(walk(user, session, dice, steps=3), old) for user, session in going)
    ends = [walk(user, session, dice) for user, session in going[:4]]
    assert {end.journey.status for end in ends} == {SessionStatus.COMPLETED}
    assert all(is_of(end, old) for end in ends)
    assert start_session(people[0]).process_version_id == new.pk


def is_of(place: Place, version: ProcessVersion) -> bool:
    """Whether all that was visited and answered is the version's."""
    session = place.session
    nodes = set(session.progress.values_list("process_node__process_version", flat=True))
    prompts = set(session.answers.values_list("prompt__process_node__process_version", flat=True))
    return session.process_version_id == version.pk and nodes | prompts == {version.pk}
