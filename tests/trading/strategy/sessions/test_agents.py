"""Who begins a session: a person, a person's agent by an API key, or a workflow."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.accounts.services.keys import create_api_key
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from tests.executions.dying import engine
from tests.factories import chain, fresh, make_user, make_workflow, node, start
from tests.trading.strategy.sessions.scene import OWN, Drain, finish, make_scene, make_steps
from trading.strategy.domain.vocabulary import Access
from trading.strategy.models import StrategicSession
from trading.strategy.services.corporations import lend_corporation

pytestmark = pytest.mark.django_db(transaction=True)
SESSIONS = "/api/v1/strategy/sessions/"


def beginning(user: User, corporation: int, **config: Any) -> Workflow:
    begin = node("begin", "strategy-session", {"corporation": corporation, **config})
    return make_workflow(user, nodes=[begin], edges=[], name="Monday review")


def begun_by(workflow: Workflow, user: User | None = None) -> Execution:
    run = start(workflow, user=user) if user else start(workflow)
    with engine() as worker:
        worker.run_until_idle()
    return fresh(run.pk)


def test_an_agent_with_a_key_begins_a_session_and_names_itself() -> None:
    scene = make_scene()
    _, weak = create_api_key(scene.user, name="Clerk", scopes=["read", "write"])
    _, key = create_api_key(scene.user, name="Quartermaster", scopes=["run"])
    client = Client(headers={"authorization": f"Api-Key {key}"})
    body = {"corporation_id": str(scene.corporation.eve_id), "initiator": "agent: quartermaster"}
    answer = client.post(SESSIONS, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert answer.json()["initiator"] == "agent: quartermaster"
    session = StrategicSession.objects.get()
    assert (session.initiator, session.created_by) == ("agent: quartermaster", scene.user)
    assert session.log.get(seq=1).actor == scene.user
    clerk = Client(headers={"authorization": f"Api-Key {weak}"})
    assert clerk.post(SESSIONS, body, content_type="application/json").status_code == 403
    body["initiator"] = "somebody else"
    refused = client.post(SESSIONS, body, content_type="application/json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["initiator"])


def test_a_workflow_begins_a_session_in_its_own_name(drain: Drain) -> None:
    scene = make_scene()
    steps = make_steps(scene.user, OWN)
    workflow = beginning(scene.user, scene.corporation.eve_id, workflow=str(steps.pk), title="Monday")
    run = begun_by(workflow)
    assert (run.status, run.error) == ("completed", None)
    session = StrategicSession.objects.get()
    output = run.steps.get(node_id="begin").output
    assert output == {
        "session": str(session.pk),
        "corporation_id": str(scene.corporation.eve_id),
        "is_new": True,
    }
    assert (session.initiator, session.title) == ("agent: Monday review", "Monday")
    assert session.execution_id != run.pk
    assert finish(scene.user, session, drain).status == "completed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"corporation": 98_999_999}, "invalid"),
        ({"provider": "oracle"}, "invalid"),
        ({"workflow": "019a0000-0000-7000-8000-00000000ffff"}, "not_found"),
    ],
)
def test_what_a_workflow_cannot_begin_is_told(change: dict[str, Any], code: str) -> None:
    scene = make_scene()
    run = begun_by(beginning(scene.user, **{"corporation": scene.corporation.eve_id, **change}))
    assert run.status == "failed"
    assert run.error is not None
    assert run.error["code"] == code
    assert not StrategicSession.objects.exists()


def test_a_reader_s_run_begins_none() -> None:
    scene, reader = make_scene(), make_user("rea")
    lend_corporation(scene.user, scene.corporation.pk, username="rea", access=Access.READER)
    run = begun_by(beginning(reader, scene.corporation.eve_id))
    assert run.error is not None
    assert run.error["code"] == "forbidden"


def test_a_session_begins_no_session() -> None:
    """Otherwise a workflow that names itself would never end."""
    scene = make_scene()
    nodes = [
        node("begin", "strategy-session", {"corporation": scene.corporation.eve_id}),
        node("scout", "strategy-step", OWN),
    ]
    workflow = make_workflow(scene.user, nodes=nodes, edges=chain("begin", "scout"))
    session = scene.start(workflow)
    with engine() as worker:
        worker.run_until_idle()
    run = fresh(session.execution_id)
    assert run.error is not None
    assert "begins no other session" in run.error["message"]
    assert StrategicSession.objects.count() == 1
