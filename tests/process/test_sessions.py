"""Sessions: a person's steps, their locks, and that they agree with the rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.json import Json
from process.domain import steps
from process.domain.asking import prompts_here, sections_here
from process.domain.journey import (
    DeadEnd,
    Journey,
    NotActive,
    NotAsked,
    OpenPrompts,
    SectionLocked,
)
from process.domain.process import Process, Prompt
from process.domain.vocabulary import Behavior, ResponseFormat, SessionStatus
from process.models import Answer, ProcessVersion, Session
from process.services import answering, sessions
from process.services.journeys import MovedOn, answer_value, place_of
from tests.factories import make_user
from tests.process.making import (
    make_node,
    make_process,
    make_prompt,
    make_section,
    processes,
    profiles,
    scopes,
)
from tests.process.storing import store

pytestmark = pytest.mark.django_db


def make_story() -> tuple[Process, ProcessVersion]:
    """Welcome, one required and one free prompt, two sections of which the second waits, and an end."""
    required = make_prompt("name", node="talk", required=True)
    free = make_prompt("why", node="talk", max_length=20)
    first = make_section("origins", make_prompt("o_scene", node="lanes"))
    second = make_section("work", make_prompt("w_scene", node="lanes"), after="origins", minimum=1)
    process = make_process(
        make_node("welcome", "talk", behavior=Behavior.INFORMATIONAL, text="Welcome."),
        make_node("talk", "lanes", prompts=(required, free)),
        make_node("lanes", "close", behavior=Behavior.ITERATIVE, sections=("origins", "work")),
        make_node("close", behavior=Behavior.INFORMATIONAL, text="Thank you."),
        sections=(first, second),
    )
    return process, store(process)


def _session(user: User, version: ProcessVersion) -> Session:
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    return sessions.start_session(user)


def _prompt(process: Process, name: str) -> Prompt:
    return next(prompt for prompt in process.prompts.values() if prompt.name == name)


def test_a_session_begins_at_the_first_node_of_the_active_version() -> None:
    process, version = make_story()
    session = _session(make_user(), version)
    assert session.current_node_id == process.nodes["welcome"].id
    assert [row.status for row in session.progress.all()] == ["in_progress"]
    assert session.process_version_id == version.pk


def test_a_whole_journey() -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    sessions.advance(user, session.pk)
    with pytest.raises(OpenPrompts, match="What about name"):
        sessions.advance(user, session.pk)
    answering.save_answer(user, session.pk, prompt_id=_prompt(process, "talk.name").id, value="Ada")
    sessions.advance(user, session.pk)
    with pytest.raises(SectionLocked, match="Opens after one question is answered in “Origins”"):
        sessions.select_section(user, session.pk, "work")
    sessions.select_section(user, session.pk, "origins")
    answering.save_answer(user, session.pk, prompt_id=_prompt(process, "lanes.o_scene").id, value="A house.")
    sessions.advance(user, session.pk)
    sessions.select_section(user, session.pk, "work")
    sessions.go_back(user, session.pk)
    sessions.advance(user, session.pk)
    ended = sessions.advance(user, session.pk)
    assert ended.status == SessionStatus.COMPLETED
    assert ended.completed_at is not None
    with pytest.raises(NotActive, match="completed"):
        sessions.advance(user, session.pk)


def test_a_blank_never_deletes_an_answer() -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    sessions.advance(user, session.pk)
    prompt = _prompt(process, "talk.why").id
    answering.save_answer(user, session.pk, prompt_id=prompt, value="Because.")
    blanks: list[Json] = ["", "  \n", None, []]
    for blank in blanks:
        answering.save_answer(user, session.pk, prompt_id=prompt, value=blank)
    answer = Answer.objects.get(session=session, prompt=prompt)
    assert (answer_value(answer), answer.revision) == ("Because.", 1)


def test_what_is_said_is_nowhere_in_the_clear() -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    sessions.advance(user, session.pk)
    answering.save_answer(user, session.pk, prompt_id=_prompt(process, "talk.why").id, value="Geheimnis")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(process_answer)::text FROM process_answer")
        [[stored]] = cursor.fetchall()
    assert "Geheimnis" not in stored


def test_two_tabs_the_second_is_told() -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    sessions.advance(user, session.pk, revision=session.revision)
    with pytest.raises(MovedOn):
        sessions.advance(user, session.pk, revision=session.revision)
    prompt = _prompt(process, "talk.why").id
    answering.save_answer(user, session.pk, prompt_id=prompt, value="One.", expect=0)
    with pytest.raises(answering.AnswerChanged) as told:
        answering.save_answer(user, session.pk, prompt_id=prompt, value="Two.", expect=0)
    assert told.value.extra == {"value": "One.", "revision": 1}


def test_bad_answers_are_told_and_change_nothing() -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    with pytest.raises(NotAsked):
        answering.save_answer(user, session.pk, prompt_id=_prompt(process, "talk.why").id, value="Early.")
    sessions.advance(user, session.pk)
    with pytest.raises(InvalidInput, match="21 characters; 20 fit"):
        answering.save_answer(user, session.pk, prompt_id=_prompt(process, "talk.why").id, value="x" * 21)
    with pytest.raises(NotFound):
        answering.save_answer(user, session.pk, prompt_id=session.pk, value="To what?")
    with pytest.raises(SectionLocked):
        answering.save_answer(user, session.pk, prompt_id=_prompt(process, "lanes.w_scene").id, value="No.")
    with pytest.raises(NotFound):
        sessions.advance(make_user("stranger"), session.pk)
    assert not Answer.objects.exists()


def test_a_session_takes_a_fixed_number_of_queries(django_assert_max_num_queries: object) -> None:
    process, version = make_story()
    user = make_user()
    session = _session(user, version)
    sessions.advance(user, session.pk)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        answering.save_answer(user, session.pk, prompt_id=_prompt(process, "talk.name").id, value="Ada")
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        sessions.advance(user, session.pk)


_VALUES: dict[ResponseFormat, Json] = {
    ResponseFormat.TEXT: "Some words.",
    ResponseFormat.VOICE: "Spoken words.",
    ResponseFormat.CHECKBOX: True,
    ResponseFormat.MULTI_SELECT: ["a"],
}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(processes(), st.data())
def test_a_session_and_the_rules_agree_at_every_step(process: Process, data: st.DataObject) -> None:
    """The simulator is these rules, so it and a real session agree."""
    Session.objects.all().delete()
    ProcessVersion.objects.filter(is_active=True).update(is_active=False)
    version = store(process, name=f"v{ProcessVersion.objects.count()}")
    user = User.objects.first() or make_user()
    try:
        journey = steps.begin(process)
    except DeadEnd:
        return
    session = _session(user, version)
    for _ in range(data.draw(st.integers(0, 12))):
        name = data.draw(st.sampled_from(["scope", "profile", "answer", "select", "advance", "back", "skip"]))
        journey, refused = _both(process, journey, user, session, name, data)
        _compare(session, journey)
        if journey.status is not SessionStatus.ACTIVE and not refused:
            break


def _both(
    process: Process, journey: Journey, user: User, session: Session, name: str, data: st.DataObject
) -> tuple[Journey, bool]:
    """One step by the rules and by the services. Either both are refused or neither."""
    asked, sections = prompts_here(process, journey), sections_here(process, journey)
    scope, profile = data.draw(scopes), data.draw(profiles)
    prompt = data.draw(st.sampled_from(asked)) if asked else None
    section = data.draw(st.sampled_from(sections)).key if sections else None
    by_rule: dict[str, Callable[[], Journey]] = {
        "scope": lambda: steps.set_scope(process, journey, scope),
        "profile": lambda: steps.set_profile(process, journey, profile),
        "advance": lambda: steps.advance(process, journey),
        "back": lambda: steps.back(journey),
        "skip": lambda: steps.skip(process, journey),
    }
    by_service: dict[str, Callable[[], object]] = {
        "scope": lambda: answering.set_scope(user, session.pk, scope_type=scope.type),
        "profile": lambda: answering.set_profile(user, session.pk, flags=profile),
        "advance": lambda: sessions.advance(user, session.pk),
        "back": lambda: sessions.go_back(user, session.pk),
        "skip": lambda: sessions.skip(user, session.pk),
    }
    if prompt is not None:
        value = _VALUES[prompt.format]
        by_rule["answer"] = lambda: steps.answer(process, journey, prompt, value)
        by_service["answer"] = lambda: answering.save_answer(
            user, session.pk, prompt_id=prompt.id, value=value
        )
    if section is not None:
        by_rule["select"] = lambda: steps.select_section(process, journey, section)
        by_service["select"] = lambda: sessions.select_section(user, session.pk, section)
    if name not in by_rule:
        return journey, True
    try:
        after = by_rule[name]()
    except WrongState as refusal:
        with pytest.raises(type(refusal)):
            by_service[name]()
        return journey, True
    by_service[name]()
    return after, False


def _compare(session: Session, journey: Journey) -> None:
    session = Session.objects.select_related("process_version", "scope", "profile").get(pk=session.pk)
    stored = place_of(session).journey
    assert (stored.status, stored.path, stored.at, stored.section) == (
        journey.status,
        journey.path,
        journey.at,
        journey.section,
    )
    assert (stored.scope, stored.profile) == (journey.scope, journey.profile)
    assert (stored.nodes, stored.sections) == (journey.nodes, journey.sections)
