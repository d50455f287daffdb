"""The doors of the graph view: who may open them, and what they answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from orchestrator.core.ids import new_id
from process.models import FlowEdge, ProcessVersion
from process.services.freezing import freeze
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt, make_section
from tests.process.storing import store

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"
DOORS = ("state", "changes", "condition")


@pytest.fixture
def version() -> ProcessVersion:
    origins = make_section("origins", make_prompt("where", node="talk"))
    talk = make_node("talk", "bye", prompts=(make_prompt(),))
    return store(make_process(make_node("welcome", "talk"), talk, make_node("bye"), sections=(origins,)))


@pytest.fixture
def ada() -> User:
    return make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)


def client_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user, backend=BACKEND)
    return client


def url(version: ProcessVersion, door: str = "") -> str:
    name = f"graph_{door}" if door else "graph"
    return reverse(f"admin:process_processversion_{name}", args=[version.pk])


def post(client: Client, version: ProcessVersion, door: str, data: Any) -> Any:
    return client.post(url(version, door), json.dumps(data), content_type="application/json")


def rename(version: ProcessVersion, revision: int | None = None, **values: Any) -> dict[str, Any]:
    talk = version.nodes.get(node_key="talk")
    change = {"do": "change_phase", "id": str(talk.pk), "values": values or {"name": "Chat"}}
    return {"revision": version.revision if revision is None else revision, "changes": [change]}


def test_the_page_brings_the_graph_and_no_script_of_its_own(ada: User, version: ProcessVersion) -> None:
    page = client_of(ada).get(url(version))
    shown = page.context["settings"]
    assert [phase["key"] for phase in shown["graph"]["phases"]] == ["welcome", "talk", "bye"]
    assert (shown["may_change"], shown["is_frozen"]) == (True, False)
    assert 'src="/static/dist/process-graph.js"' in page.content.decode()
    assert client_of(ada).get(url(version).replace(str(version.pk), str(new_id()))).status_code == 404


def test_the_page_of_a_version_has_a_button_to_its_graph(ada: User, version: ProcessVersion) -> None:
    page = client_of(ada).get(reverse("admin:process_processversion_change", args=[version.pk]))
    assert url(version) in page.content.decode()


def test_a_change_is_stored_and_answered_with_what_is_there_now(ada: User, version: ProcessVersion) -> None:
    answer = post(client_of(ada), version, "changes", rename(version))
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["revision"], shown["made"]) == (version.revision + 1, [None])
    assert [phase["name"] for phase in shown["phases"]] == ["Welcome", "Chat", "Bye"]
    assert client_of(ada).get(url(version, "state")).json()["phases"] == shown["phases"]


def test_what_a_change_breaks_is_found_at_once(ada: User, version: ProcessVersion) -> None:
    way = FlowEdge.objects.get(to_node__node_key="bye")
    removal = {"revision": version.revision, "changes": [{"do": "delete_way", "id": str(way.pk)}]}
    findings = post(client_of(ada), version, "changes", removal).json()["findings"]
    assert ("unreachable_node", "node:bye") in {(each["code"], each["place"]) for each in findings}


def test_an_older_revision_is_told_the_newer_one(ada: User, version: ProcessVersion) -> None:
    client = client_of(ada)
    post(client, version, "changes", rename(version))
    late = post(client, version, "changes", rename(version, name="Late"))
    assert (late.status_code, late.json()["code"]) == (409, "draft_moved_on")
    assert late.json()["revision"] == version.revision + 1


def test_complaints_come_by_field(ada: User, version: ProcessVersion) -> None:
    answer = post(client_of(ada), version, "changes", rename(version, key="Not a key"))
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"key": ["Small letters, digits and _, beginning with a letter."]}


@pytest.mark.parametrize("sent", ["{", "[]", '{"revision": 1}', "null"])
def test_what_cannot_be_read_is_refused(ada: User, version: ProcessVersion, sent: str) -> None:
    answer = client_of(ada).post(url(version, "changes"), sent, content_type="application/json")
    assert answer.status_code == 400


def test_a_version_in_use_stays_as_it_is(ada: User, version: ProcessVersion) -> None:
    freeze(version)
    client = client_of(ada)
    assert client.get(url(version)).context["settings"]["is_frozen"] is True
    answer = post(client, version, "changes", rename(version))
    assert (answer.status_code, answer.json()["code"]) == (409, "version_frozen")


def test_who_may_only_look_changes_nothing(version: ProcessVersion) -> None:
    viewer = make_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_processversion"))
    client = client_of(viewer)
    assert client.get(url(version)).context["settings"]["may_change"] is False
    assert client.get(url(version, "state")).status_code == 200
    for door in ("changes", "condition"):
        assert post(client, version, door, rename(version)).status_code == 403


def test_staff_who_are_no_admins_change_nothing(version: ProcessVersion) -> None:
    client = client_of(make_user("sam", is_staff=True, is_superuser=True))
    assert client.get(url(version)).context["settings"]["may_change"] is False
    assert post(client, version, "changes", rename(version)).status_code == 403
    assert version.nodes.filter(node_name="Talk").exists()


def test_staff_without_rights_and_others_see_nothing(version: ProcessVersion) -> None:
    staff = client_of(make_user("tom", is_staff=True))
    assert {staff.get(url(version)).status_code, staff.get(url(version, "state")).status_code} == {403}
    for person in (make_user("bea"), make_user("pia", role=Role.ADMIN)):
        for door in DOORS:
            answer = post(client_of(person), version, door, rename(version))
            assert answer.status_code == 302
            assert "/login/" in answer["location"]
    assert version.nodes.filter(node_name="Talk").exists()


def test_a_request_from_elsewhere_is_refused(ada: User, version: ProcessVersion) -> None:
    strict = client_of(ada, enforce_csrf_checks=True)
    assert post(strict, version, "changes", rename(version)).status_code == 403
    assert client_of(ada).get(url(version, "changes")).status_code == 405


@pytest.mark.parametrize(
    ("condition", "words", "source"),
    [
        ({"type": "", "value": None}, "", "true"),
        (
            {"type": "scope_match", "value": {"scopes": ["single_event", "unsure"]}},
            "scope is single event or unsure",
            'scope.type in ["single_event","unsure"]',
        ),
        (
            {"type": "profile_flag", "value": {"has_children": False}},
            "has children: no",
            'profile["has_children"] == false',
        ),
        (
            {"type": "profile_boundary", "value": {"boundaries": ["romance"]}},
            "may be asked about romance",
            "profile.comfortable_discussing_romance == true",
        ),
        (
            {"type": "section_active", "value": {"sections": ["origins"]}},
            "“Origins” is being worked on",
            'sections["origins"].status == "in_progress"',
        ),
    ],
)
def test_a_condition_is_checked_without_being_stored(
    ada: User, version: ProcessVersion, condition: dict[str, Any], words: str, source: str
) -> None:
    answer = post(client_of(ada), version, "condition", condition)
    assert answer.json() == {"words": words, "source": source, "unknown": []}
    version.refresh_from_db()
    assert version.revision == 1


def test_a_faulty_condition_is_told_at_its_field(ada: User, version: ProcessVersion) -> None:
    client = client_of(ada)
    bad = post(client, version, "condition", {"type": "expression", "value": {"expression": "scope.type =="}})
    assert bad.status_code == 400
    assert list(bad.json()["errors"]) == ["condition"]
    odd = {"type": "expression", "value": {"expression": "profile.has_wings && answers.talk.nothing == 1"}}
    assert post(client, version, "condition", odd).json()["unknown"] == [
        "There is no prompt “talk.nothing”.",
        "The profile has no flag “has_wings”.",
    ]
