"""Workflows and their versions over the API."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.accounts.models import AuditRecord, Role
from orchestrator.workflows.models import Access, Workflow, WorkflowVersion
from tests.api.conftest import ClientFor
from tests.factories import chain, make_user, make_workflow, share, step

pytestmark = pytest.mark.django_db
URL = "/api/v1/workflows/"


def test_a_workflow_is_made_changed_published_and_read(client_for: ClientFor) -> None:
    client = client_for(make_user("ann"))
    made = client.post(URL, {"name": "Greet", "tags": ["Hello ", "hello"], "nodes": [step("a")]})
    assert made.status_code == 201
    body = made.json()
    assert (body["status"], body["version"], body["version_status"], body["tags"]) == (
        "draft",
        1,
        "draft",
        ["hello"],
    )

    url = f"{URL}{body['id']}/"
    changed = client.patch(
        url, {"description": "Says hello.", "nodes": [step("a"), step("b")], "edges": chain("a", "b")}
    )
    assert (changed.status_code, len(changed.json()["nodes"])) == (200, 2)

    published = client.post(f"{url}publish/", {"note": "First"})
    assert (published.status_code, published.json()["number"], published.json()["note"]) == (200, 1, "First")
    read = client.get(url).json()
    assert (read["status"], read["current_version"], read["owner"]["username"]) == ("active", 1, "ann")


def test_an_edit_after_publishing_makes_a_draft_and_leaves_the_current_version(client_for: ClientFor) -> None:
    workflow = make_workflow(nodes=[step("a", {"v": 1})])
    client = client_for(workflow.owner)
    client.patch(f"{URL}{workflow.pk}/", {"nodes": [step("a", {"v": 2})]})

    rows = client.get(f"{URL}{workflow.pk}/versions/").json()["results"]
    assert [(row["number"], row["status"], row["is_current"], row["parent"]) for row in rows] == [
        (2, "draft", False, 1),
        (1, "published", True, None),
    ]
    first = client.get(f"{URL}{workflow.pk}/versions/1/").json()
    assert first["nodes"][0]["data"]["config"]["output"] == {"v": 1}


def test_publishing_a_graph_with_problems_is_refused_with_all_of_them(client_for: ClientFor) -> None:
    workflow = make_workflow(
        nodes=[{"id": "a", "type": "nope"}, step("b", {"x": {"=": "1 +"}})], publish=False
    )
    answer = client_for(workflow.owner).post(f"{URL}{workflow.pk}/publish/")
    assert answer.status_code == 400
    assert [(each["code"], each["node"]) for each in answer.json()["problems"]] == [
        ("unknown_type", "a"),
        ("bad_expression", "b"),
    ]
    assert not WorkflowVersion.objects.filter(status="published").exists()


def test_validating_takes_a_graph_or_the_stored_draft(client_for: ClientFor) -> None:
    workflow = make_workflow(publish=False)
    client = client_for(workflow.owner)
    url = f"{URL}{workflow.pk}/validate/"
    assert client.get(url).json() == {"problems": []}
    found = client.post(url, {"nodes": [{"id": "x", "type": "nope"}], "edges": []}).json()["problems"]
    assert found[0]["node"] == "x"


def test_two_editors_the_second_is_told_and_nothing_is_lost(client_for: ClientFor) -> None:
    workflow, ben = make_workflow(), make_user("ben")
    share(workflow, ben, Access.EDITOR)
    url = f"{URL}{workflow.pk}/"
    base = client_for(workflow.owner).get(url).json()["checksum"]

    first = client_for(ben).patch(url, {"nodes": [step("bens")], "base_checksum": base})
    second = client_for(workflow.owner).patch(url, {"nodes": [step("mine")], "base_checksum": base})
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "draft_conflict"
    assert "ben has saved" in second.json()["detail"]
    assert client_for(ben).get(url).json()["nodes"][0]["id"] == "bens"


def test_a_version_is_restored_as_a_new_one(client_for: ClientFor) -> None:
    workflow = make_workflow(nodes=[step("old")])
    client = client_for(workflow.owner)
    client.post(f"{URL}{workflow.pk}/versions/", {"nodes": [step("new")], "note": "Rewritten"})
    restored = client.post(f"{URL}{workflow.pk}/versions/1/restore/")
    assert (restored.status_code, restored.json()["number"], restored.json()["parent"]) == (201, 3, 1)
    assert client.get(f"{URL}{workflow.pk}/").json()["nodes"][0]["id"] == "old"


def test_the_difference_of_two_versions_is_told_by_node_and_field(client_for: ClientFor) -> None:
    workflow = make_workflow(nodes=[step("a", {"v": 1})])
    client = client_for(workflow.owner)
    client.post(f"{URL}{workflow.pk}/versions/", {"nodes": [step("a", {"v": 2}), step("b")]})
    diff = client.get(f"{URL}{workflow.pk}/versions/1/diff/2/").json()
    assert diff["nodes"]["added"] == ["b"]
    assert diff["nodes"]["changed"] == {"a": [{"path": "data.config.output.v", "before": 1, "after": 2}]}


def test_a_version_once_published_does_not_change(client_for: ClientFor) -> None:
    workflow = make_workflow(nodes=[step("a")])
    before = WorkflowVersion.objects.get(workflow=workflow).checksum
    client_for(workflow.owner).put(f"{URL}{workflow.pk}/", {"name": "n", "nodes": [step("b")]})
    assert WorkflowVersion.objects.get(workflow=workflow, number=1).checksum == before


def test_publishing_without_a_draft_is_a_conflict(client_for: ClientFor) -> None:
    workflow = make_workflow()
    assert client_for(workflow.owner).post(f"{URL}{workflow.pk}/publish/").status_code == 409


def test_a_workflow_can_be_copied_exported_and_imported(client_for: ClientFor) -> None:
    workflow = make_workflow(name="Original", tags=["x"])
    ben = make_user("ben")
    share(workflow, ben, Access.VIEWER)
    client = client_for(ben)
    copy = client.post(f"{URL}{workflow.pk}/duplicate/", {"name": "Mine"}).json()
    assert (copy["name"], copy["owner"]["username"], copy["tags"], copy["status"]) == (
        "Mine",
        "ben",
        ["x"],
        "draft",
    )

    document = client.get(f"{URL}{workflow.pk}/export/").json()
    imported = client.post(f"{URL}import/", document)
    assert imported.status_code == 201
    assert imported.json()["nodes"] == document["nodes"]
    refused = client.post(f"{URL}import/", {"format": "else", "nodes": 5})
    assert set(refused.json()["errors"]) == {"format", "nodes"}


def test_archived_workflows_are_out_of_the_way_and_come_back(client_for: ClientFor) -> None:
    workflow = make_workflow()
    client = client_for(workflow.owner)
    assert client.post(f"{URL}{workflow.pk}/archive/").json()["status"] == "archived"
    assert client.get(URL).json()["results"] == []
    assert len(client.get(URL, {"status": "archived"}).json()["results"]) == 1
    assert client.delete(f"{URL}{workflow.pk}/archive/").json()["status"] == "active"


def test_filters_find_by_tag_folder_favourite_owner_and_words(client_for: ClientFor) -> None:
    ann, ben = make_user("ann"), make_user("ben")
    first = make_workflow(
        ann, name="Momentum strategy", tags=["a", "b"], folder="x", description="buys winners"
    )
    second = make_workflow(ben, name="Report", tags=["b"], is_public=True)
    client = client_for(ann)
    client.put(f"{URL}{second.pk}/favorite/")

    def found(**params: Any) -> set[str]:
        return {row["name"] for row in client.get(URL, params).json()["results"]}

    assert found() == {first.name, second.name}
    assert found(tag="b") == {first.name, second.name}
    assert found(tag="a,b") == {first.name}
    assert found(folder="x") == {first.name}
    assert found(favorite="true") == {second.name}
    assert found(mine="true") == {first.name}
    assert found(search="winning") == set()
    assert found(search="winner") == {first.name}
    assert found(status="draft") == set()


def test_pages_follow_each_other_without_repeating(client_for: ClientFor) -> None:
    owner = make_user()
    names = {make_workflow(owner).name for _ in range(7)}
    client, seen = client_for(owner), []
    page = client.get(URL, {"page_size": 3}).json()
    while True:
        seen += [row["name"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert len(seen) == 7
    assert set(seen) == names


def test_sharing_gives_and_takes_access(client_for: ClientFor) -> None:
    workflow, ben = make_workflow(), make_user("ben")
    owner, url = client_for(workflow.owner), f"{URL}{workflow.pk}/permissions/"
    assert client_for(ben).get(f"{URL}{workflow.pk}/").status_code == 404
    assert owner.post(url, {"username": "BEN", "access": "viewer"}).status_code == 201
    assert client_for(ben).get(f"{URL}{workflow.pk}/").json()["access"] == "viewer"
    assert owner.delete(f"{url}{ben.pk}/").status_code == 204
    assert client_for(ben).get(f"{URL}{workflow.pk}/").status_code == 404
    assert owner.delete(f"{url}{workflow.owner_id}/").status_code == 409
    assert owner.post(url, {"username": "nobody", "access": "viewer"}).status_code == 400


def test_a_viewer_by_role_makes_no_workflows(client_for: ClientFor) -> None:
    assert client_for(make_user(role=Role.VIEWER)).post(URL, {"name": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({}, "name"),
        ({"name": "x", "tags": ["t"] * 3 + [f"t{i}" for i in range(300)]}, "tags"),
        ({"name": "x", "tags": ["y" * 51]}, "tags"),
        ({"name": "x", "settings": {"timeout": 5}}, "settings.timeout"),
        ({"name": "x", "settings": {"concurrency": 0}}, "settings.concurrency"),
        ({"name": "x", "settings": {"input_schema": {"type": 7}}}, "settings.input_schema"),
        ({"name": "x", "nodes": "none"}, "nodes"),
    ],
)
def test_bad_input_is_refused_with_the_field_and_nothing_is_made(
    client_for: ClientFor, body: dict[str, Any], field: str
) -> None:
    answer = client_for(make_user()).post(URL, body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"], answer.json()
    assert not Workflow.objects.exists()


def test_a_graph_over_the_limits_is_refused(client_for: ClientFor) -> None:
    client = client_for(make_user())
    many = client.post(URL, {"name": "x", "nodes": [step(f"n{i}") for i in range(2_001)]})
    assert (many.status_code, many.json()["code"]) == (413, "too_large")
    deep: Any = []
    for _ in range(90):
        deep = [deep]
    assert client.post(URL, {"name": "x", "nodes": deep}).status_code == 400


@pytest.mark.parametrize("body", [b"{", b"", b"[1,", b"\xff\xfe", b'{"name": "a\\u0000b"}', b"[" * 5_000])
def test_a_body_that_is_not_json_is_refused_with_a_problem(client_for: ClientFor, body: bytes) -> None:
    answer = client_for(make_user()).post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["0" * 32, "nonsense", "00000000-0000-0000-0000-000000000000/versions/1"])
def test_unknown_ids_are_not_found(client_for: ClientFor, path: str) -> None:
    assert client_for(make_user()).get(f"{URL}{path}/").status_code == 404


def test_every_change_leaves_an_audit_row(client_for: ClientFor) -> None:
    client, ben = client_for(make_user("ann")), make_user("ben")
    workflow = client.post(URL, {"name": "A", "nodes": [step("a")]}, headers={"user-agent": "pytest"}).json()
    url = f"{URL}{workflow['id']}/"
    client.patch(url, {"name": "B"})
    client.post(f"{url}publish/")
    client.post(f"{url}permissions/", {"username": "ben", "access": "editor"})
    client.delete(f"{url}permissions/{ben.pk}/")
    client.delete(url)

    rows = list(AuditRecord.objects.order_by("id"))
    assert [row.action for row in rows] == [
        "workflow.created",
        "workflow.described",
        "version.published",
        "permission.granted",
        "permission.revoked",
        "workflow.deleted",
    ]
    assert {row.actor_name for row in rows} == {"ann"}
    assert (rows[1].before, rows[1].after) == ({"name": "A"}, {"name": "B"})
    assert rows[0].origin["user_agent"] == "pytest"


def test_the_registry_gives_every_type_its_schema(client_for: ClientFor) -> None:
    types = {each["name"]: each for each in client_for(make_user()).get("/api/v1/node-types/").json()}
    assert types.keys() >= {
        "action", "decision", "end", "human", "map", "subworkflow", "timer", "transform", "wait",
    }  # fmt: skip
    assert types["timer"]["schema"]["properties"]["seconds"]["description"] == "How long to wait"
    assert types["timer"]["effect"] == "wait"
