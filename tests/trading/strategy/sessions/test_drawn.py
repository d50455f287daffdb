"""Sessions as authors draw them: branches, loops and maps, steps of their own, and graphs that are none."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.models import Workflow
from tests.factories import chain, edge, expression, make_workflow, node, step
from tests.trading.strategy.domain.test_documents import VALIDATOR
from tests.trading.strategy.making import make_corporation
from tests.trading.strategy.sessions.scene import (
    OWN,
    Drain,
    Scene,
    again,
    finish,
    make_scene,
    run_of,
    step_of,
)
from trading.strategy.models import StrategicSession, StrategicStep
from trading.strategy.services.documents import export_session
from trading.strategy.services.reviewing import accept_step, ask_again, edit_step
from trading.strategy.services.sessions import start_session

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = {
    "type": "object",
    "required": ["systems"],
    "properties": {"systems": {"type": "array", "items": {"type": "string"}, "minItems": 1}},
}
SCOUT = {**OWN, "data": ["members"], "output_schema": SCHEMA}
SYSTEMS = ["Jita", "Amarr", "Dodixie"]


def mapped(scene: Scene, **config: Any) -> Workflow:
    """A step, then one for each of three systems, then one that is given all of them."""
    body = {"nodes": [node("scout", "strategy-step", {**SCOUT, **config}, title="Scout")], "edges": []}
    nodes = [
        node("first", "strategy-step", OWN),
        node("each", "map", {"items": SYSTEMS, "body": body, "concurrency": 2}),
        node("last", "strategy-step", OWN),
    ]
    return make_workflow(scene.user, nodes=nodes, edges=chain("first", "each", "last"))


def titles(session: StrategicSession) -> list[str]:
    return [each.title for each in session.steps.order_by("position")]


def waiting(session: StrategicSession) -> list[StrategicStep]:
    return [each for each in session.steps.order_by("position") if each.awaits_review]


def test_steps_of_a_map_are_told_their_item_and_come_before_what_follows_it(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(mapped(scene))
    assert titles(session) == ["first", "last"]
    drain()
    accept_step(scene.user, session.pk, 0)
    drain()
    at_once = waiting(session)
    assert len(at_once) == 2, "as many as the map takes at once"
    assert {each.position for each in at_once} == {1, 2}
    for each in at_once:
        assert each.input["instructions"].endswith(f"one of several: {SYSTEMS[int(each.title[-2]) - 1]}")

    done = finish(scene.user, session, drain)

    assert (done.status, run_of(session).status) == ("completed", "completed")
    assert titles(session)[0] == "first"
    assert sorted(titles(session)[1:4]) == ["Scout (1)", "Scout (2)", "Scout (3)"]
    assert titles(session)[4] == "last"
    last = step_of(session, 4)
    assert [told["position"] for told in last.input["steps"]] == [0, 1, 2, 3]
    assert done.current_step == 4
    VALIDATOR.validate(export_session(scene.user, session.pk))


def test_a_step_of_a_map_is_edited_by_its_own_schema_and_asked_again_alone(drain: Drain) -> None:
    scene = make_scene()
    session = scene.start(mapped(scene))
    drain()
    accept_step(scene.user, session.pk, 0)
    drain()
    one, other = waiting(session)
    with pytest.raises(InvalidInput) as caught:
        edit_step(scene.user, session.pk, one.position, output={"systems": []})
    assert list(caught.value.fields) == ["output.systems"]
    edit_step(scene.user, session.pk, one.position, output={"systems": ["Perimeter"]})
    ask_again(scene.user, session.pk, other.position, remark="Look at the neighbours.")
    drain()
    one, other = waiting(session)
    assert (one.output, one.rounds, other.rounds) == ({"systems": ["Perimeter"]}, 1, 2)
    assert finish(scene.user, session, drain).status == "completed"


def test_branches_wait_beside_each_other_and_are_accepted_in_any_order(drain: Drain) -> None:
    scene = make_scene()
    nodes = [node(name, "strategy-step", OWN) for name in ("begin", "left", "right", "end")]
    edges = [
        edge("begin", "left"),
        edge("begin", "right"),
        edge("left", "end"),
        edge("right", "end"),
    ]
    session = scene.start(make_workflow(scene.user, nodes=nodes, edges=edges))
    assert titles(session) == ["begin", "left", "right", "end"]
    drain()
    accept_step(scene.user, session.pk, 0)
    drain()
    assert [each.title for each in waiting(session)] == ["left", "right"]
    accept_step(scene.user, session.pk, 2)
    drain()
    assert [each.title for each in waiting(session)] == ["left"], "the end waits for both"
    accept_step(scene.user, session.pk, 1)
    drain()
    assert [told["position"] for told in step_of(session, 3).input["steps"]] == [0, 1, 2]
    assert finish(scene.user, session, drain).status == "completed"


def test_what_follows_a_loop_is_given_all_its_rounds(drain: Drain) -> None:
    scene = make_scene()
    rule = {"when": "nodes.scout.output.payload.step < 2", "port": "more"}
    nodes = [
        step("begin"),
        node("scout", "strategy-step", OWN),
        node("again", "decision", {"rules": [rule], "default": "done"}),
        node("end", "strategy-step", OWN),
    ]
    edges = [
        *chain("begin", "scout", "again"),
        edge("again", "scout", port="more"),
        edge("again", "end", port="done"),
    ]
    session = scene.start(make_workflow(scene.user, nodes=nodes, edges=edges))
    finish(scene.user, session, drain)
    assert again(session).status == "completed"
    assert titles(session) == ["scout", "scout", "scout", "end"]
    assert [told["position"] for told in step_of(session, 3).input["steps"]] == [0, 1, 2]


def test_a_graph_that_draws_no_step_is_no_session() -> None:
    scene = make_scene()
    empty: dict[str, Any] = {"nodes": [step("nothing")], "edges": []}
    drawn = [
        [step("a")],
        [node("each", "map", {"items": expression("[1]"), "body": empty})],
        [step("a"), node("off", "strategy-step", OWN, disabled=True)],
    ]
    for nodes in drawn:
        edges = chain(*[each["id"] for each in nodes]) if len(nodes) > 1 else []
        workflow = make_workflow(scene.user, nodes=nodes, edges=edges)
        with pytest.raises(InvalidInput, match="has no strategy step") as caught:
            scene.start(workflow)
        assert list(caught.value.fields) == ["workflow_id"]
    assert not StrategicSession.objects.exists()


def test_a_key_of_one_corporation_begins_nothing_in_another() -> None:
    scene = make_scene()
    scene.start(idempotency_key="monday")
    other = make_corporation(scene.user, eve_id=98_000_777)
    with pytest.raises(InvalidInput, match="another corporation"):
        start_session(scene.user, other.pk, idempotency_key="monday")
