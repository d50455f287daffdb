"""Folders, tags, templates, old versions and bulk jobs, as a client of the API uses them."""

from __future__ import annotations

import pytest

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.workflows.models import BulkJob, Workflow
from orchestrator.workflows.services.bulk import run_bulk_job
from tests.api.conftest import ClientFor
from tests.factories import fresh, make_user, make_workflow, node, start, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return make_user("ann")


def test_folders_are_made_moved_and_deleted(client_for: ClientFor, ann: User) -> None:
    client = client_for(ann)
    sales = client.post("/api/v1/folders/", {"name": "Sales"}).json()
    inner = client.post("/api/v1/folders/", {"name": "Reports", "parent": sales["id"]}).json()
    assert (inner["path"], inner["depth"], inner["parent"]) == ("Sales/Reports", 2, sales["id"])
    circle = client.patch(f"/api/v1/folders/{sales['id']}/", {"parent": inner["id"]})
    assert (circle.status_code, list(circle.json()["errors"])) == (400, ["parent"])
    moved = client.patch(f"/api/v1/folders/{inner['id']}/", {"parent": None, "name": "Figures"}).json()
    assert moved["path"] == "Figures"
    made = client.post("/api/v1/workflows/", {"name": "w", "folder": "Figures"}).json()
    assert (made["folder"], made["folder_id"]) == ("Figures", inner["id"])
    full = client.delete(f"/api/v1/folders/{inner['id']}/")
    assert (full.status_code, full.json()["workflows"]) == (409, 1)
    assert client.delete(f"/api/v1/folders/{inner['id']}/?contents=move_up").status_code == 204
    assert client.get(f"/api/v1/workflows/{made['id']}/").json()["folder"] == ""
    assert [each["path"] for each in client.get("/api/v1/folders/").json()["results"]] == ["Sales"]


def test_a_path_in_a_workflow_makes_the_folders_that_are_missing(client_for: ClientFor, ann: User) -> None:
    client = client_for(ann)
    made = client.post("/api/v1/workflows/", {"name": "w", "folder": "A/B", "category": "c"}).json()
    assert made["folder"] == "A/B"
    assert [row["name"] for row in client.get("/api/v1/workflows/?folder=A").json()["results"]] == ["w"]
    by_id = client.get(f"/api/v1/workflows/?folder_id={made['folder_id']}").json()["results"]
    assert [row["folder"] for row in by_id] == ["A/B"]
    deep = client.patch(f"/api/v1/workflows/{made['id']}/", {"folder": "/".join("abcdefghi")})
    assert (deep.status_code, list(deep.json()["errors"])) == (400, ["folder"])


def test_a_search_comes_by_rank_unless_another_order_is_asked_for(client_for: ClientFor, ann: User) -> None:
    make_workflow(ann, name="A", description="zebra")
    make_workflow(ann, name="Zebra")
    make_workflow(ann, name="B", description="zebra")
    client = client_for(ann)

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"/api/v1/workflows/?{query}").json()["results"]]

    assert names("search=zeb") == ["Zebra", "B", "A"]
    assert names("search=zeb&ordering=name") == ["A", "B", "Zebra"]
    first = client.get("/api/v1/workflows/?search=zeb&page_size=2").json()
    assert [row["name"] for row in first["results"]] == ["Zebra", "B"]
    assert [row["name"] for row in client.get(first["next"]).json()["results"]] == ["A"]


def test_tags_are_listed_renamed_and_deleted(client_for: ClientFor, ann: User) -> None:
    make_workflow(ann, tags=["mony", "a"])
    client = client_for(ann)
    assert client.post("/api/v1/tags/rename/", {"tag": "mony", "new": "money"}).json() == {"workflows": 1}
    assert client.post("/api/v1/tags/delete/", {"tag": "a"}).json() == {"workflows": 1}
    assert client.get("/api/v1/tags/").json() == [{"name": "money", "count": 1}]
    assert client.post("/api/v1/tags/rename/", {"tag": "a,", "new": ""}).status_code == 400


def test_a_template_is_published_found_and_used(client_for: ClientFor, ann: User) -> None:
    workflow = make_workflow(ann, name="Weekly digest", nodes=[step("one")])
    put = client_for(ann).put(f"/api/v1/workflows/{workflow.pk}/template/", {"category": "News"})
    other = client_for(make_user())
    [found] = other.get("/api/v1/templates/?search=dig&category=News").json()["results"]
    assert (found["id"], found["builtin"], found["author"]["username"]) == (put.json()["id"], False, "ann")
    assert other.get(f"/api/v1/templates/{found['id']}/").json()["nodes"] == [step("one")]
    made = other.post(f"/api/v1/templates/{found['id']}/use/", {"name": "Mine"})
    assert (made.status_code, made.json()["name"], made.json()["nodes"]) == (201, "Mine", [step("one")])
    assert other.get(f"/api/v1/workflows/{workflow.pk}/").status_code == 404
    assert client_for(ann).get("/api/v1/workflows/?template=true").json()["results"][0]["is_template"]


def test_old_versions_are_put_away_and_filtered(client_for: ClientFor, ann: User) -> None:
    workflow = make_workflow(ann)
    client, base = client_for(ann), f"/api/v1/workflows/{workflow.pk}/versions/"
    for number in range(2, 5):
        client.post(base, {"nodes": [step(f"n{number}")], "note": f"note {number}"})

    def numbers(query: str = "") -> list[int]:
        return [row["number"] for row in client.get(base + query).json()["results"]]

    assert client.post(f"{base}archive/", {"keep": 2}).json() == {"archived": 2}
    assert (numbers(), numbers("?archived=true")) == ([4, 3], [2, 1])
    assert numbers("?search=note 4") == numbers("?current=true") == [4]
    assert client.delete(f"{base}2/archive/").json()["archived_at"] is None
    assert numbers("?author=ANN&page_size=2") == [4, 3]
    assert client.post(f"{base}archive/", {"keep": 0}).status_code == 400


def test_a_bulk_job_is_asked_for_and_followed(client_for: ClientFor, ann: User) -> None:
    ids = [str(make_workflow(ann).pk) for _ in range(2)]
    client = client_for(ann)
    body = {"subject": "workflows", "action": "tag", "parameters": {"tags": ["x"]}, "ids": ids}
    answer = client.post("/api/v1/bulk-jobs/", body)
    assert (answer.status_code, answer.json()["state"], answer.json()["total"]) == (202, "queued", 2)
    job = BulkJob.objects.get()
    run_bulk_job(job.pk)
    assert client.get(f"/api/v1/bulk-jobs/{job.pk}/").json()["done"] == 2
    assert client.get(f"/api/v1/bulk-jobs/{job.pk}/errors/").json()["results"] == []
    assert Workflow.objects.filter(tags=["x"]).count() == 2
    many = client.post("/api/v1/bulk-jobs/", {**body, "parameters": {"tags": [f"t{n}" for n in range(300)]}})
    assert (many.status_code, list(many.json()["errors"])) == (400, ["parameters.tags"])


def test_runs_are_cancelled_and_retried_by_filter(client_for: ClientFor, ann: User, drain: object) -> None:
    assert callable(drain)
    workflow = make_workflow(ann, nodes=[node("w", "timer", {"seconds": 3600})])
    runs = [start(workflow) for _ in range(2)]
    stranger_run = start(make_workflow(nodes=[node("w", "timer", {"seconds": 3600})]))
    drain()
    client = client_for(ann)
    body = {"subject": "executions", "action": "cancel", "filters": {"status": ["waiting"]}}
    assert client.post("/api/v1/bulk-jobs/", body).status_code == 202
    run_bulk_job(BulkJob.objects.latest("id").pk)
    drain()
    assert {fresh(run).status for run in runs} == {"cancelled"}
    assert fresh(stranger_run).status == "waiting"
    retry = {**body, "action": "retry", "parameters": {"from": "start"}, "filters": {"status": "cancelled"}}
    client.post("/api/v1/bulk-jobs/", retry)
    run_bulk_job(BulkJob.objects.latest("id").pk)
    assert Execution.objects.filter(retry_of__in=[run.pk for run in runs]).count() == 2
    for wrong in ({"after": "yesterday"}, {"workflow": "x"}, {"trigger": "moon"}, {"colour": "red"}):
        answer = client.post("/api/v1/bulk-jobs/", {**body, "filters": wrong})
        assert (answer.status_code, len(answer.json()["errors"])) == (400, 1), wrong
