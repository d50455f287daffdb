"""A session from its beginning to its end, by fixed rules over generated data."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from orchestrator.core.schemas import faults_in
from orchestrator.executions.models import EventRow
from tests.factories import chain, edge, make_user, make_workflow, node, step
from tests.trading.strategy.domain.test_documents import VALIDATOR
from tests.trading.strategy.making import make_step
from tests.trading.strategy.sessions.scene import (
    OWN,
    Drain,
    again,
    events_of,
    finish,
    make_scene,
    make_steps,
    run_of,
    step_of,
)
from tests.workspaces.test_pages import client_of
from trading.strategy.domain.steps import DEFINITIONS
from trading.strategy.domain.vocabulary import Access, SessionStatus, StepType
from trading.strategy.models import StrategicSession
from trading.strategy.queries.session_page import now_of
from trading.strategy.services.corporations import lend_corporation
from trading.strategy.services.documents import export_session
from trading.strategy.services.reviewing import advance_session, edit_step
from trading.strategy.services.sessions import (
    archive_session,
    delete_session,
    pause_session,
    resume_session,
    start_session,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_session_goes_through_the_seven_steps(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(objective="Grow by a third until spring.")
    assert [each.step_type for each in session.steps.all()] == [*StepType]
    assert {each.status for each in session.steps.all()} == {"pending"}

    done = finish(scene.user, session, drain)

    assert (done.status, done.current_step) == ("completed", 6)
    assert run_of(session).status == "completed"
    for each in session.steps.prefetch_related("recommendations"):
        assert each.status == "completed"
        assert each.reviewed_by == scene.user
        assert each.output is not None
        assert not faults_in(each.output, DEFINITIONS[StepType(each.step_type)].schema)
        assert each.confidence_score is not None
        assert 0 < each.confidence_score < 1
        given = {told["id"] for told in each.input["snapshots"]}
        for advice in each.recommendations.all():
            assert advice.citations
            assert all(told["kind"] == "step" or told["snapshot"] in given for told in advice.citations)
            assert "offline rules" in advice.detail
    assert step_of(session, 0).recommendations.exists()
    assert len(step_of(session, 4).output["scores"]) == 4 * len(step_of(session, 4).output["options"])
    every = events_of(session)
    assert every.count("matrix_created") == 1
    told = [each for each in every if each != "matrix_created"]
    assert told == [
        "session_started",
        *["step_started", "step_answered", "step_accepted"] * 7,
        "session_completed",
    ]
    assert list(session.log.values_list("seq", flat=True)) == list(range(1, len(every) + 1))
    VALIDATOR.validate(export_session(scene.user, session.pk))


def test_what_is_in_a_session_stands_in_no_event_of_its_run(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(objective="A secret objective")
    finish(scene.user, session, drain)

    run = run_of(session)
    events = " ".join(str(each) for each in EventRow.objects.filter(execution_id=run.pk).values_list("data"))
    for words in ("secret", "offline rules", scene.corporation.name, "ISK"):
        assert words not in events
        assert words not in str((run.input, run.output, run.variables, run.state))


def test_a_person_or_an_agent_begins_it() -> None:
    scene = make_scene()
    assert scene.start().initiator == "ann"
    assert scene.start(initiator="agent: quartermaster").initiator == "agent: quartermaster"
    for wrong in ("bob", "agent:", "agent:" + "x" * 200):
        with pytest.raises(InvalidInput) as caught:
            scene.start(initiator=wrong)
        assert list(caught.value.fields) == ["initiator"]


def test_one_key_begins_one_session() -> None:
    scene = make_scene()
    first = scene.start(idempotency_key="monday")
    again_, is_new = start_session(scene.user, scene.corporation.pk, idempotency_key="monday")
    assert (again_.pk, is_new) == (first.pk, False)
    assert StrategicSession.objects.count() == 1


def test_who_may_begin_and_move_one(drain: Drain) -> None:
    scene = make_scene()
    stranger, reader, worker = make_user("eve"), make_user("rea"), make_user("wes")
    lend_corporation(scene.user, scene.corporation.pk, username="rea", access=Access.READER)
    lend_corporation(scene.user, scene.corporation.pk, username="wes", access=Access.EDITOR)
    session = scene.start()
    drain()
    for user, error in ((stranger, NotFound), (reader, NotAllowed)):
        for attempt in (pause_session, archive_session, delete_session, advance_session):
            with pytest.raises(error):
                attempt(user, session.pk)
        with pytest.raises(error):
            start_session(user, scene.corporation.pk)
    step = advance_session(worker, session.pk)
    assert (step.position, step.reviewed_by) == (0, worker)
    drain()
    assert step_of(session, 1).output is not None
    with pytest.raises(NotAllowed):
        delete_session(worker, session.pk)
    delete_session(scene.user, session.pk)
    drain()
    assert not StrategicSession.objects.exists()


def test_what_is_paused_waits_and_goes_on(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start()
    drain()
    pause_session(scene.user, session.pk)
    drain()
    assert run_of(session).status == "paused"
    for attempt in (pause_session, advance_session):
        with pytest.raises(WrongState, match="paused"):
            attempt(scene.user, session.pk)
    resume_session(scene.user, session.pk)
    with pytest.raises(WrongState, match="active already"):
        resume_session(scene.user, session.pk)
    assert finish(scene.user, session, drain).status == "completed"


def test_what_is_archived_never_moves_again(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start()
    drain()
    archive_session(scene.user, session.pk)
    drain()
    assert (again(session).status, run_of(session).status) == ("archived", "cancelled")
    for attempt in (pause_session, resume_session, archive_session, advance_session):
        with pytest.raises(WrongState, match="archived"):
            attempt(scene.user, session.pk)
    with pytest.raises(WrongState, match="archived"):
        edit_step(scene.user, session.pk, 0, output={})


def test_an_imported_session_has_no_run_to_move() -> None:
    scene = make_scene()
    session = StrategicSession.objects.create(
        corporation=scene.corporation, initiator="x", title="Of old", imported_id="1"
    )
    assert session.status == SessionStatus.ACTIVE
    for attempt in (pause_session, archive_session, advance_session):
        with pytest.raises(WrongState, match="imported"):
            attempt(scene.user, session.pk)


def test_a_session_whose_run_was_deleted_says_that_and_not_that_it_was_imported() -> None:
    scene = make_scene()
    session = StrategicSession.objects.create(corporation=scene.corporation, initiator="x", title="Of old")
    make_step(session)
    with pytest.raises(WrongState, match="was deleted, as runs are that ended long ago"):
        advance_session(scene.user, session.pk)
    assert now_of(session, []).word == "gone"
    page = client_of(scene.user).get(f"/strategy/sessions/{session.pk}/").content.decode()
    assert "begin another" in page
    assert "imported" not in page


def test_an_author_draws_steps_of_their_own(drain: Drain) -> None:
    scene = make_scene()
    nodes = [
        node("first", "strategy-step", {"review": False}, title="How we stand"),
        node("scout", "strategy-step", OWN),
        step("between"),
        node("last", "strategy-step", {**OWN, "data": ["wallets"]}),
    ]
    workflow = make_workflow(scene.user, nodes=nodes, edges=chain("first", "scout", "between", "last"))
    session = scene.start(workflow)
    assert [each.title for each in session.steps.all()] == ["How we stand", "scout", "last"]

    done = finish(scene.user, session, drain)

    assert done.status == "completed"
    assert step_of(session, 0).reviewed_by is None
    assert [told["kind"] for told in step_of(session, 2).input["snapshots"]] == ["wallets"]
    assert [told["position"] for told in step_of(session, 2).input["steps"]] == [0, 1]


def test_a_loop_adds_the_steps_that_come_again(drain: Drain) -> None:
    scene = make_scene()
    nodes = [
        step("begin"),
        node("scout", "strategy-step", {**OWN, "review": False}),
        node(
            "more",
            "decision",
            {"rules": [{"when": "nodes.scout.output.step < 2", "port": "yes"}], "default": "no"},
        ),
        step("end"),
    ]
    edges = [
        *chain("begin", "scout", "more"),
        edge("more", "scout", port="yes"),
        edge("more", "end", port="no"),
    ]
    session = scene.start(make_workflow(scene.user, nodes=nodes, edges=edges))
    assert session.steps.count() == 1
    finish(scene.user, session, drain)
    assert [(each.position, each.iteration) for each in session.steps.all()] == [(0, 1), (1, 2), (2, 3)]
    assert again(session).current_step == 2


def test_a_workflow_without_a_step_is_no_session() -> None:
    scene = make_scene()
    with pytest.raises(InvalidInput) as caught:
        scene.start(make_workflow(scene.user))
    assert list(caught.value.fields) == ["workflow_id"]
    with pytest.raises(NotFound):
        scene.start(make_steps(make_user(), OWN))
    assert not StrategicSession.objects.exists()


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"step_type": "situaton"}, "Do you mean “situation”?"),
        ({"step_type": "Two words"}, "pattern"),
        ({"data": ["gossip"]}, "Input should be"),
        ({"output_schema": {"type": "array"}}, "is an object"),
        ({"output_schema": {"type": "nonsense"}}, "no JSON Schema|not a JSON Schema"),
        ({"provider": "oracle"}, "Input should be"),
    ],
)
def test_a_step_that_cannot_be_is_told_before_it_is_published(config: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        make_steps(make_user(), config)


def test_a_run_that_nobody_began_as_a_session_says_so(drain: Drain) -> None:
    from tests.factories import start

    run = start(make_steps(make_user(), OWN))
    drain()
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["code"] == "no_session"
