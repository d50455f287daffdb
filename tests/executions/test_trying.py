"""One node done by itself: what it gives, what it would wait for, what must be confirmed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from orchestrator.accounts.models import AuditRecord, User
from orchestrator.ai.models import AiCall
from orchestrator.core.errors import NotAllowed, NotFound
from orchestrator.executions.models import Execution
from orchestrator.executions.services import trying
from orchestrator.executions.services.trying import ConfirmationNeeded, Trial, try_step
from orchestrator.graphs.problems import InvalidGraph
from orchestrator.workflows.models import Access, Workflow, WorkflowStatus
from tests.factories import make_user, make_workflow, node, share, step
from tests.stand_in import Answer, stand_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> User:
    return make_user("owen")


@pytest.fixture
def workflow(owner: User) -> Workflow:
    return make_workflow(owner, nodes=[step("a")])


def attempt(workflow: Workflow, owner: User, part: dict[str, Any], **scope: Any) -> Trial:
    return try_step(owner, workflow.pk, node=part, scope=scope)


def test_a_pure_node_gives_its_output_from_the_sample(workflow: Workflow, owner: User) -> None:
    part = node("t", "transform", {"output": {"total": {"=": "input.price * nodes.a.output.pieces"}}})
    trial = attempt(workflow, owner, part, input={"price": 2.5}, nodes={"a": {"output": {"pieces": 4}}})
    assert (trial.status, trial.output, trial.ports) == ("succeeded", {"total": 10}, ("out",))
    assert not Execution.objects.exists()
    assert not AuditRecord.objects.filter(action="node.tried").exists()


def test_a_missing_name_is_told_as_the_run_would_tell_it(workflow: Workflow, owner: User) -> None:
    trial = attempt(workflow, owner, node("t", "transform", {"output": {"x": {"=": "input.gone"}}}))
    assert trial.status == "failed"
    assert trial.error is not None
    assert trial.error["code"] == "expression_error"
    assert "gone" in trial.error["message"]


def test_a_decision_chooses_its_ports(workflow: Workflow, owner: User) -> None:
    rules = [{"when": "input.n > 1", "port": "many"}]
    part = node("d", "decision", {"rules": rules, "default": "few"})
    assert attempt(workflow, owner, part, input={"n": 2}).ports == ("many",)
    assert attempt(workflow, owner, part, input={"n": 1}).ports == ("few",)


def test_a_waiting_node_only_says_what_it_would_wait_for(workflow: Workflow, owner: User) -> None:
    ask = node("ask", "human", {"approvers": ["user:bob"], "title": "Pay {{ input.sum }}?"})
    trial = attempt(workflow, owner, ask, input={"sum": 5})
    assert (trial.status, trial.notes) == ("waiting", ("It would ask user:bob: “Pay 5?”.",))
    options = [{"signal": "go", "port": "go"}, {"seconds": 60, "port": "late"}]
    assert len(attempt(workflow, owner, node("w", "wait", {"any_of": options})).notes) == 2
    each = node("m", "map", {"items": [1, 2, 3], "body": {"nodes": [step("b")], "edges": []}})
    assert attempt(workflow, owner, each).notes == ("The body would run once for each of 3 items.",)


def test_an_end_says_that_the_run_would_end(workflow: Workflow, owner: User) -> None:
    trial = attempt(workflow, owner, node("e", "end", {"output": {"=": "input"}}), input={"a": 1})
    assert (trial.status, trial.output) == ("ended", {"a": 1})


def test_an_effect_that_cannot_be_taken_back_is_confirmed_first(
    workflow: Workflow, owner: User, settings: Settings
) -> None:
    with stand_in(lambda request: Answer(status=201)) as outside:
        settings.HTTP_ALLOWED_PRIVATE = [outside.address]
        post = node("p", "action", {"action": "http.request", "with": {"method": "POST", "url": outside.url}})
        with pytest.raises(ConfirmationNeeded):
            try_step(owner, workflow.pk, node=post, scope={})
        assert outside.received == []
        trial = try_step(owner, workflow.pk, node=post, scope={}, confirmed=True)
        assert isinstance(trial.output, dict)
        assert (trial.status, trial.output["status"], len(outside.received)) == ("succeeded", 201, 1)
    assert AuditRecord.objects.get(action="node.tried").after == {"node": "p", "effect": "once"}


def test_a_slow_node_is_stopped(
    workflow: Workflow, owner: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trying, "MAX_SECONDS", 0.2)
    with stand_in(lambda request: Answer(delay_seconds=5)) as outside:
        settings.HTTP_ALLOWED_PRIVATE = [outside.address]
        get = node("g", "action", {"action": "http.request", "with": {"url": outside.url}})
        trial = attempt(workflow, owner, get)
    assert trial.error == {"code": "timeout", "message": "The step took longer than 0.2 s."}


def test_a_node_that_cannot_run_is_told_with_its_problems(workflow: Workflow, owner: User) -> None:
    with pytest.raises(InvalidGraph):
        attempt(workflow, owner, node("x", "no-such-type", {}))
    with pytest.raises(InvalidGraph):
        attempt(workflow, owner, {"type": "transform"})


def test_only_editors_may_try(workflow: Workflow, owner: User) -> None:
    viewer = make_user("vera")
    with pytest.raises(NotFound):
        attempt(workflow, viewer, step("a"))
    share(workflow, viewer, Access.VIEWER)
    with pytest.raises(NotAllowed):
        attempt(workflow, viewer, step("a"))


def test_by_api_it_runs_for_the_person_who_asks(client: Client, workflow: Workflow, owner: User) -> None:
    hidden = make_workflow(make_user("harry"))
    client.force_login(owner, backend="orchestrator.accounts.backends.AnyCaseBackend")

    def ask(part: dict[str, Any]) -> Any:
        url = f"/api/v1/workflows/{workflow.pk}/try-node/"
        return client.post(
            url, {"node": part, "scope": {"input": {}}}, content_type="application/json"
        ).json()

    own = ask(node("s", "subworkflow", {"workflow": str(workflow.pk)}))
    assert (own["status"], own["error"]) == ("waiting", None)
    assert ask(node("s", "subworkflow", {"workflow": str(hidden.pk)}))["error"]["code"] == "unknown_workflow"
    answer = ask(node("a", "ai", {"provider": "offline", "prompt": "Say hello"}))
    assert (answer["error"], answer["status"]) == (None, "succeeded")
    assert AiCall.objects.get().user == owner


def test_an_editor_reaches_nothing_of_the_owner_s_by_it(
    client: Client, workflow: Workflow, owner: User
) -> None:
    private = make_workflow(owner, name="Plans of Owen", nodes=[step("a")])
    Workflow.objects.filter(pk=private.pk).update(status=WorkflowStatus.ARCHIVED)
    editor = make_user("eve")
    share(workflow, editor, Access.EDITOR)
    url = f"/api/v1/workflows/{workflow.pk}/try-node/"

    def ask(person: User) -> Any:
        client.force_login(person, backend="orchestrator.accounts.backends.AnyCaseBackend")
        part = node("s", "subworkflow", {"workflow": str(private.pk)})
        return client.post(url, {"node": part, "scope": {}}, content_type="application/json").json()["error"]

    assert "Plans of Owen" in ask(owner)["message"]
    refused = ask(editor)
    assert refused["code"] == "unknown_workflow"
    assert "Plans" not in refused["message"]
