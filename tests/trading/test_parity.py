"""Every operation of the source document's service layer, by the API: see docs/howto/strategies.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from orchestrator.accounts.models import Role, User
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Workflow
from tests.factories import make_user
from tests.trading.strategies.making import make_tape
from tests.trading.strategies.test_document import EDGES, NODES
from trading.models import StrategyRun

pytestmark = pytest.mark.django_db(transaction=True)
Drain = Callable[[], None]
BASE = "/api/v1"


@pytest.fixture
def ann() -> User:
    return make_user("ann")


@pytest.fixture
def api(ann: User) -> APIClient:
    return client_of(ann)


@pytest.fixture
def workflow(api: APIClient) -> dict[str, Any]:
    """``createWorkflow``, with the document's own example."""
    about = {
        "name": "Momentum Strategy",
        "description": "Buy markets with >5% momentum in politics category",
        "category": "trading",
        "tags": ["momentum", "politics"],
    }
    return dict(answer(api.post(f"{BASE}/workflows/", {**about, "nodes": NODES, "edges": EDGES}), 201))


def test_strategies_are_listed_with_filters_and_found_by_words(
    api: APIClient, workflow: dict[str, Any]
) -> None:
    for query in (
        "category=trading",
        "tag=momentum",
        "search=momentum",
        "status=draft",
        "ordering=-updated_at",
    ):
        assert listed(api, f"workflows/?{query}") == [workflow["id"]]
    for query in ("category=other", "tag=rates", "search=zebra", "status=active", "favorite=true"):
        assert listed(api, f"workflows/?{query}") == []


def test_one_is_read_changed_in_place_and_versioned(api: APIClient, workflow: dict[str, Any]) -> None:
    one = f"{BASE}/workflows/{workflow['id']}/"
    assert answer(api.get(one))["name"] == "Momentum Strategy"
    assert answer(api.patch(one, {"description": "Other words"}))["description"] == "Other words"
    answer(api.post(f"{one}publish/", {"note": "First"}), 200, 201)
    draft = answer(api.patch(one, {"nodes": NODES[:1], "edges": []}))
    assert (draft["version"], draft["version_status"]) == (2, "draft")
    again = answer(api.patch(one, {"nodes": NODES, "edges": []}))
    assert (again["version"], again["version_status"]) == (2, "draft")
    answer(api.post(f"{one}versions/", {"nodes": NODES[:1], "edges": []}), 201)
    history = answer(api.get(f"{one}versions/"))["results"]
    assert [each["number"] for each in history] == [2, 1]
    answer(api.post(f"{one}versions/1/restore/"), 201)
    assert answer(api.get(f"{one}versions/"))["results"][0]["number"] == 3


def test_one_is_duplicated_starred_archived_and_deleted(api: APIClient, workflow: dict[str, Any]) -> None:
    one = f"{BASE}/workflows/{workflow['id']}/"
    copy = answer(api.post(f"{one}duplicate/", {"name": "My copy"}), 201)
    assert copy["category"] == "trading"
    assert api.put(f"{one}favorite/").status_code == 204
    assert listed(api, "workflows/?favorite=true") == [workflow["id"]]
    assert api.delete(f"{one}favorite/").status_code == 204
    answer(api.post(f"{one}archive/"))
    assert listed(api, "workflows/?status=archived") == [workflow["id"]]
    assert api.delete(f"{BASE}/workflows/{copy['id']}/").status_code == 204
    assert not Workflow.objects.filter(pk=copy["id"]).exists()


def test_one_becomes_a_template_that_others_use(api: APIClient, workflow: dict[str, Any]) -> None:
    one = f"{BASE}/workflows/{workflow['id']}/"
    answer(api.post(f"{one}publish/", {"note": "First"}), 200, 201)
    template = answer(api.put(f"{one}template/", {"description": "To begin with"}))
    bea = client_of(make_user("bea"))
    found = answer(bea.get(f"{BASE}/templates/?category=trading"))["results"]
    assert template["id"] in [each["id"] for each in found]
    used = answer(bea.post(f"{BASE}/templates/{template['id']}/use/", {"name": "Hers"}), 201)
    assert used["category"] == "trading"


def test_a_run_starts_ends_with_outputs_by_node_and_is_counted(
    api: APIClient, ann: User, workflow: dict[str, Any], drain: Drain
) -> None:
    one = f"{BASE}/workflows/{workflow['id']}/"
    tape = make_tape(ann, messages=8_000)
    answer(api.post(f"{one}publish/", {"note": "First"}), 200, 201)
    begun = answer(api.post(f"{one}execute/", {}), 202)
    drain()
    ended = answer(api.get(f"{BASE}/executions/{begun['id']}/"))
    assert ended["status"] == "completed"
    assert set(ended["outputs"]) == {"node-1", "node-2"}
    assert [
        each["id"] for each in answer(api.get(f"{BASE}/executions/?workflow={workflow['id']}"))["results"]
    ] == [begun["id"]]
    stats = answer(api.get(f"{one}stats/"))
    assert (stats["total"], stats["success_rate"]) == (1, 1.0)
    assert stats["average_duration_ms"] > 0

    asked = {"workflow": workflow["id"], "tape": str(tape.pk), "cash": "500"}
    headers: Any = {"HTTP_IDEMPOTENCY_KEY": "monday"}
    first = answer(api.post(f"{BASE}/trading/backtests/", asked, **headers), 202)
    again = answer(api.post(f"{BASE}/trading/backtests/", asked, **headers), 200)
    assert first["id"] == again["id"]
    drain()
    found = answer(api.get(f"{BASE}/trading/backtests/{first['id']}/"))
    assert (found["status"], found["mode"], found["tape_is_generated"]) == ("completed", "backtest", True)
    assert found["figures"]["begin"] == "500.000000"
    assert answer(api.get(f"{BASE}/trading/backtests/{first['id']}/curve/"))["results"]
    assert answer(api.get(f"{BASE}/trading/backtests/{first['id']}/trades/"))["results"] == []
    query = f"?workflow={workflow['id']}&mode=backtest&tape={tape.pk}"
    assert listed(api, f"trading/backtests/{query}") == [first["id"]]
    plain = StrategyRun.objects.get(execution_id=begun["id"])
    compared = answer(api.get(f"{BASE}/trading/backtests/{first['id']}/compare/{plain.pk}/"))
    assert {each["node"] for each in compared["nodes"]} == {"node-1", "node-2"}
    assert api.get(f"{BASE}/trading/backtests/?tape=nonsense").status_code == 400


def test_slow_ones_are_named(api: APIClient, workflow: dict[str, Any]) -> None:
    assert answer(api.get(f"{BASE}/analytics/slow/"))["results"] == []
    assert api.get(f"{BASE}/analytics/slow/?over=nonsense").status_code == 400


def test_runs_older_than_thirty_days_are_deleted(api: APIClient, ann: User, workflow: dict[str, Any]) -> None:
    answer(api.post(f"{BASE}/workflows/{workflow['id']}/publish/", {"note": "First"}), 200, 201)
    version = Workflow.objects.get().versions.get()
    old, new = (ended(workflow["id"], version.pk, days) for days in (31, 29))
    assert api.post(f"{BASE}/executions/clean/", {"days": 30}).status_code == 403
    root = client_of(make_user("root", role=Role.ADMIN))
    assert answer(root.post(f"{BASE}/executions/clean/", {"days": 30, "dry_run": True}))["runs"] == 1
    assert Execution.objects.filter(pk=old.pk).exists()
    assert answer(root.post(f"{BASE}/executions/clean/", {"days": 30}))["runs"] == 1
    assert list(Execution.objects.values_list("pk", flat=True)) == [new.pk]
    assert root.post(f"{BASE}/executions/clean/", {"days": 0}).status_code == 400


def test_versions_beyond_the_last_five_are_put_away(api: APIClient, workflow: dict[str, Any]) -> None:
    one = f"{BASE}/workflows/{workflow['id']}/"
    for number in range(7):
        graph = [{**NODES[0], "id": f"stream-{number}"}]
        answer(api.post(f"{one}versions/", {"nodes": graph, "edges": []}), 201)
    answer(api.post(f"{one}versions/archive/", {"keep": 5}))
    kept = answer(api.get(f"{one}versions/"))["results"]
    assert [each["number"] for each in kept] == [7, 6, 5, 4, 3]


def ended(workflow: str, version: Any, days: int) -> Execution:
    then = utc_now() - timedelta(days=days)
    return Execution.objects.create(
        pk=id_at(then),
        workflow_id=workflow,
        version_id=version,
        status="completed",
        created_at=then,
        finished_at=then,
    )


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client


def answer(response: Any, *codes: int) -> Any:
    assert response.status_code in (codes or (200,)), response.content[:500]
    return response.json()


def listed(api: APIClient, path: str) -> list[str]:
    return [each["id"] for each in answer(api.get(f"{BASE}/{path}"))["results"]]
