"""Authoring by the API: single rows of drafts, packs, what differs, and what somebody would meet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from orchestrator.accounts.models import AuditRecord, Role
from process.models import PackPrompt, ProcessPrompt, ProcessVersion, PromptPack, SectionPrompt
from process.queries.compiled import process_of
from process.services.interchange import clone_version
from tests.api.conftest import ClientFor
from tests.factories import make_user
from tests.grid_world import telling

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/process/"
NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def used(db: None) -> ProcessVersion:
    telling(make_user("bea"))
    return ProcessVersion.objects.get()


@pytest.fixture
def draft(used: ProcessVersion) -> ProcessVersion:
    return clone_version(make_user(role=Role.ADMIN), used.pk, name="Draft")


@pytest.fixture
def client(client_for: ClientFor) -> APIClient:
    return client_for(make_user("ada", role=Role.ADMIN))


def add(client: APIClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{ROOT}{path}/", body)
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def phase(version: ProcessVersion, key: str) -> str:
    return str(version.nodes.get(node_key=key).pk)


def test_a_process_is_made_row_by_row(client: APIClient) -> None:
    version = client.post(f"{ROOT}versions/", {"format": "orchestrator.process/1", "name": "Empty"}).json()[
        "id"
    ]
    kind = {"version": version, "node_type": "data_collection", "purpose": "p"}
    first = add(client, "nodes", **kind, node_key="ask", node_name="Ask")
    last = add(client, "nodes", **kind, node_key="end", node_name="End", user_facing_text="Thanks.")
    assert (first["order_index"], last["order_index"]) == (0, 1)
    prompt = add(client, "prompts", node=first["id"], prompt_key="why", prompt_text="Why?", is_required=True)
    add(client, "commitments", version=version, title="We listen", description="Always.")
    section = add(client, "sections", version=version, section_key="origins", section_name="Origins")
    put = client.put(f"{ROOT}sections/{section['id']}/prompts/", {"prompts": [prompt["id"]]})
    assert put.json()["prompts"] == [prompt["id"]]
    event = {"condition_type": "scope_match", "condition_value": {"scope": "single_event"}}
    add(client, "edges", version=version, from_node=first["id"], to_node=last["id"], **event)
    process = process_of(ProcessVersion.objects.get(pk=version))
    assert (list(process.nodes), list(process.sections)) == (["ask", "end"], ["origins"])
    assert process.nodes["ask"].edges[0].condition.source == 'scope.type in ["single_event"]'
    told = client.get(f"{ROOT}versions/{version}/").json()
    assert [each["title"] for each in told["commitments"]] == ["We listen"]
    actions = set(AuditRecord.objects.values_list("action", flat=True))
    assert {
        "process_processnode.created",
        "process_flowedge.created",
        "process_processprompt.created",
    } <= actions


def test_what_is_not_given_stays_and_what_is_deleted_goes_with_its_own(
    client: APIClient, draft: ProcessVersion
) -> None:
    talk = UUID(phase(draft, "talk"))
    before = client.get(f"{ROOT}nodes/{talk}/").json()
    changed = client.patch(f"{ROOT}nodes/{talk}/", {"node_name": "Tell"}).json()
    assert changed == {**before, "node_name": "Tell"}
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision + 1
    prompt = ProcessPrompt.objects.get(process_node=talk, prompt_key="why")
    assert client.patch(f"{ROOT}prompts/{prompt.pk}/", {"prompt_text": "Really?"}).status_code == 200
    assert process_of(ProcessVersion.objects.get(pk=draft.pk)).prompts[prompt.pk].text == "Really?"
    assert client.delete(f"{ROOT}nodes/{talk}/").status_code == 204
    assert not ProcessPrompt.objects.filter(process_node=talk).exists()
    assert not draft.edges.exists()
    assert client.get(f"{ROOT}nodes/{talk}/").status_code == 404
    assert client.delete(f"{ROOT}versions/{draft.pk}/").status_code == 204
    assert not ProcessVersion.objects.filter(pk=draft.pk).exists()


BAD: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a key that is taken": ("nodes", "version", {"node_key": "talk"}, "node_key"),
    "a key that is none": ("nodes", "version", {"node_key": "A b"}, "node_key"),
    "an unknown kind": ("nodes", "version", {"node_type": "magic"}, "node_type"),
    "an unknown form": ("nodes", "version", {"form": "tax"}, "form"),
    "a name that is missing": ("nodes", "version", {"node_name": ""}, "node_name"),
    "a condition that does not compile": (
        "edges",
        "version",
        {"condition_type": "expression", "condition_value": "profile.("},
        "condition_value",
    ),
    "a condition of no kind": ("edges", "version", {"condition_type": "mood"}, "condition_type"),
    "an end elsewhere": ("edges", "version", {"to_node": NOBODY}, "to_node"),
    "a section after none": ("sections", "version", {"unlock_after_section": NOBODY}, "unlock_after_section"),
    "an unknown scope": ("sections", "version", {"requires_scope": "mars"}, "requires_scope"),
    "flags that are no object": (
        "sections",
        "version",
        {"requires_profile_flags": [1]},
        "requires_profile_flags",
    ),
    "choices without values": ("prompts", "node", {"choices": [{"label": "x"}]}, "choices"),
    "a tier of four": ("prompts", "node", {"sensitivity_tier": 4}, "sensitivity_tier"),
    "an unknown format": ("prompts", "node", {"response_format": "smell"}, "response_format"),
    "a boundary that does not exist": (
        "prompts",
        "node",
        {"condition_type": "profile_boundary", "condition_value": {"boundary": "money"}},
        "condition_value",
    ),
}


@pytest.mark.parametrize(("path", "parent", "change", "field"), BAD.values(), ids=BAD)
def test_what_could_not_be_stepped_through_is_told_by_field(
    client: APIClient, draft: ProcessVersion, path: str, parent: str, change: dict[str, Any], field: str
) -> None:
    talk = phase(draft, "talk")
    good: dict[str, dict[str, Any]] = {
        "nodes": {"node_type": "fork", "node_key": "k", "node_name": "n", "purpose": "p"},
        "edges": {"from_node": talk, "to_node": talk},
        "sections": {"section_key": "k", "section_name": "n"},
        "prompts": {"prompt_key": "k", "prompt_text": "t"},
    }
    owner = {"version": str(draft.pk), "node": talk}[parent]
    answer = client.post(f"{ROOT}{path}/", {parent: owner, **good[path], **change})
    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["errors"]
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision


def test_a_version_in_use_takes_no_change(client: APIClient, used: ProcessVersion) -> None:
    for method, path, body in (
        ("patch", f"versions/{used.pk}/", {"version_name": "x"}),
        ("patch", f"nodes/{phase(used, 'talk')}/", {"node_name": "x"}),
        ("delete", f"nodes/{phase(used, 'talk')}/", None),
        ("delete", f"versions/{used.pk}/", None),
    ):
        answer = getattr(client, method)(f"{ROOT}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "version_frozen")


def test_only_staff_write(client_for: ClientFor, draft: ProcessVersion) -> None:
    bob = client_for(make_user("bob"))
    assert bob.post(f"{ROOT}nodes/", {"nonsense": 1}).status_code == 403
    assert bob.patch(f"{ROOT}nodes/{phase(draft, 'talk')}/", {"node_name": "x"}).status_code == 403
    assert bob.post(f"{ROOT}versions/{draft.pk}/simulate/", {}).status_code == 403
    assert bob.get(f"{ROOT}nodes/{phase(draft, 'talk')}/").json()["node_name"] == "Talk"


def test_packs_are_made_changed_applied_and_deleted(client: APIClient, draft: ProcessVersion) -> None:
    prompts = [{"prompt_key": "where", "prompt_text": "Where?"}, {"prompt_key": "who", "prompt_text": "Who?"}]
    pack = add(client, "prompt-packs", template_name="Scene", prompts=prompts)
    assert ([each["prompt_key"] for each in pack["prompts"]], pack["is_global"]) == (["where", "who"], True)
    body = {"version": str(draft.pk), "nodes": ["welcome", "talk"], "prefix": "s", "section": "origins"}
    made = add(client, f"prompt-packs/{pack['id']}/apply", **body)["prompts"]
    assert [each["prompt_key"] for each in made] == ["s_where", "s_who"] * 2
    assert SectionPrompt.objects.filter(section__process_version=draft).count() == 5
    own = client.patch(
        f"{ROOT}prompt-packs/{pack['id']}/", {"version": str(draft.pk), "prompts": prompts[:1]}
    )
    assert (own.json()["is_global"], len(own.json()["prompts"])) == (False, 1)
    assert client.patch(f"{ROOT}prompt-packs/{pack['id']}/", {"version": None}).json()["is_global"] is True
    twice = client.patch(f"{ROOT}prompt-packs/{pack['id']}/", {"prompts": prompts[:1] * 2})
    assert twice.status_code == 400
    assert PackPrompt.objects.count() == 1, "nothing changed"
    assert client.post(f"{ROOT}prompt-packs/", {"template_name": "Scene"}).json()["errors"].keys() == {
        "template_name"
    }
    assert client.delete(f"{ROOT}prompt-packs/{pack['id']}/").status_code == 204
    assert not PromptPack.objects.exists()


def test_a_section_takes_prompts_of_its_version_only(
    client: APIClient, draft: ProcessVersion, used: ProcessVersion
) -> None:
    section = draft.sections.get()
    foreign = ProcessPrompt.objects.filter(process_node__process_version=used).first()
    assert foreign is not None
    answer = client.put(f"{ROOT}sections/{section.pk}/prompts/", {"prompts": [str(foreign.pk)]})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["prompts"])
    assert section.section_prompts.count() == 1


def test_what_differs_between_two_versions(
    client: APIClient, draft: ProcessVersion, used: ProcessVersion
) -> None:
    assert client.get(f"{ROOT}versions/{used.pk}/diff/{draft.pk}/").json() == {"differences": []}
    client.patch(f"{ROOT}nodes/{phase(draft, 'welcome')}/", {"user_facing_text": "Hello."})
    client.patch(f"{ROOT}nodes/{phase(draft, 'welcome')}/", {"order_index": 9})
    found = client.get(f"{ROOT}versions/{used.pk}/diff/{draft.pk}/").json()["differences"]
    fields = {each["key"]: each["fields_changed"] for each in found if each["kind"] == "phase"}
    assert fields["welcome"]["text"] == ["Welcome.", "Hello."]
    assert fields["talk"] == {"position": [2, 1]}, "one of the two moved, not both"
    assert client.get(f"{ROOT}versions/{used.pk}/diff/{NOBODY}/").status_code == 404


def test_what_somebody_would_meet(client: APIClient, draft: ProcessVersion) -> None:
    at = f"{ROOT}versions/{draft.pk}/simulate/"
    body = {"scope": {"scope_type": "unsure"}, "profile": {}, "answers": {"talk.why": "Because."}}
    run = client.post(at, body).json()
    assert (run["complete"], run["path"]) == (True, ["welcome", "talk"])
    assert [screen["kind"] for screen in run["screens"]] == ["phase", "phase", "section", "map"]
    assert run["screens"][1]["asked"][0]["value"] == "Because."
    assert run["screens"][0]["ways"][0]["outcome"] == "taken"
    assert client.post(at, {"answers": [1]}).status_code == 400
    assert client.post(at, {"scope": {"scope_type": "mars"}}).status_code == 400
