"""The admin's pages about a whole version: simulate, compare, packs, validation, import."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.core import json
from process.models import (
    FlowEdge,
    PackPrompt,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    Session,
)
from process.queries.exported import export_version
from process.services.interchange import clone_version
from tests.admin.test_process import actions_on, ada, client, draft, form_of, url, used

__all__ = ["ada", "client", "draft", "used"]  # the fixtures

pytestmark = pytest.mark.django_db

UNKNOWN = "00000000-0000-7000-8000-000000000000"
CHOICES = {"scope_type": "whole_life", "profile": "on", "fills": "on", "section": "origins", "at": "0"}


def simulated(client: Client, version: ProcessVersion, **form: Any) -> Any:
    answer = client.post(url(version, "simulate"), CHOICES | form)
    assert answer.status_code == 200
    return answer


def here(answer: Any) -> tuple[str, str]:
    stop = answer.context["stop"]
    return stop.title, stop.frame.kind.value


def test_the_simulator_opens_at_the_beginning_of_a_life(client: Client, draft: ProcessVersion) -> None:
    page = client.get(url(draft, "simulate"))
    assert here(page) == ("Welcome", "phase")
    assert page.context["following"].title == "Talk"
    assert b"Comes to the end." in page.content


def test_it_is_stepped_through_forward_back_to_a_screen_and_to_the_end(
    client: Client, draft: ProcessVersion
) -> None:
    titles = [here(simulated(client, draft, at=at, go="forward")) for at in ("0", "1", "2")]
    assert titles == [("Talk", "phase"), ("Origins", "section"), ("Talk", "map")]
    assert here(simulated(client, draft, at="2", go="back")) == ("Talk", "phase")
    assert here(simulated(client, draft, go="2")) == ("Origins", "section")
    assert here(simulated(client, draft, go="end", fills="")) == ("Talk", "map")
    for beyond in ({"go": "999"}, {"at": "-5"}, {"at": "x", "go": "y"}, {"at": "9" * 40}):
        assert simulated(client, draft, **beyond).context["stop"] is not None


def test_an_answer_stays_while_other_screens_are_looked_at(client: Client, draft: ProcessVersion) -> None:
    said = {"a:talk.why": "Because <b>of</b> Ida."}
    page = simulated(client, draft, at="0", **said)
    assert page.context["carried"] == [("a:talk.why", "Because <b>of</b> Ida.")]
    page = simulated(client, draft, at="1", **said)
    field = page.context["fields"][0]
    assert (field.asked.value, field.asked.given, page.context["carried"]) == (said["a:talk.why"], True, [])
    assert b"<b>of</b>" not in page.content


def test_what_is_chosen_decides_what_is_met(client: Client, draft: ProcessVersion) -> None:
    assert not any(stop.frame.section for stop in simulated(client, draft, section="").context["stops"])
    page = simulated(client, draft, at="1", skip="talk")
    assert page.context["stop"].frame.skipped
    prompt = ProcessPrompt.objects.get(process_node__process_version=draft, prompt_key="why")
    ProcessPrompt.objects.filter(pk=prompt.pk).update(
        condition_type="profile_flag", condition_value={"flag": "has_children"}
    )
    ProcessNode.objects.filter(process_version=draft, node_key="welcome").update(form="profile")
    ProcessVersion.objects.filter(pk=draft.pk).update(revision=99)
    page = simulated(client, draft, at="1")
    assert b"does not hold: profile.has_children is false" in page.content
    page = simulated(client, draft, at="1", **{"f:has_children": "on"})
    assert "why" in [field.asked.prompt.key for field in page.context["fields"]]


def test_nothing_is_stored_by_looking(client: Client, draft: ProcessVersion, used: ProcessVersion) -> None:
    for version in (draft, used):
        before = export_version(version), version.revision, Session.objects.count()
        simulated(client, version, go="end")
        version.refresh_from_db()
        assert (export_version(version), version.revision, Session.objects.count()) == before


def test_a_draft_with_faults_is_simulated_as_far_as_it_goes(client: Client, draft: ProcessVersion) -> None:
    FlowEdge.objects.filter(process_version=draft).update(
        condition_type="scope_match", condition_value={"scope": "single_event"}
    )
    ProcessVersion.objects.filter(pk=draft.pk).update(revision=99)
    page = simulated(client, draft)
    assert b"No way leads on from" in page.content
    assert b"is a dead end for whoever" in page.content
    FlowEdge.objects.filter(process_version=draft).update(condition_type="scope_match", condition_value="x")
    ProcessVersion.objects.filter(pk=draft.pk).update(revision=100)
    for page in (client.get(url(draft, "simulate")), client.get(url(draft))):
        assert b"This version cannot be read" in page.content
    empty = ProcessVersion.objects.create(version_name="Empty")
    assert b"This process has no phases yet." in simulated(client, empty).content


def test_a_version_is_compared_with_its_source_word_by_word(
    client: Client, draft: ProcessVersion, used: ProcessVersion
) -> None:
    same = client.get(url(draft, "compare"))
    assert same.context["other"] == used
    assert (same.context["total"], b"are the same in every part" in same.content) == (0, True)
    welcome = ProcessNode.objects.filter(process_version=draft, node_key="welcome")
    welcome.update(user_facing_text="Welcome, you.")
    ProcessPrompt.objects.filter(process_node__process_version=draft, prompt_key="why").delete()
    page = client.get(url(draft, "compare"))
    found = [each.difference for each in page.context["shown"]]
    assert {(each.change, each.kind, each.key) for each in found} == {
        ("changed", "phase", "welcome"),
        ("removed", "prompt", "talk.why"),
    }
    assert b"Welcome<ins>, you</ins>." in page.content
    assert url(welcome.get()).encode() in page.content
    only = client.get(url(draft, "compare"), {"kind": "prompt", "with": str(used.pk)})
    assert [each.difference.kind for each in only.context["shown"]] == ["prompt"]
    for nobody in ("x", UNKNOWN):
        assert client.get(url(draft, "compare"), {"with": nobody}).status_code == 404


def test_conditions_are_compared_in_words(client: Client, draft: ProcessVersion) -> None:
    FlowEdge.objects.filter(process_version=draft).update(
        condition_type="scope_match", condition_value={"scope": "single_event"}
    )
    [shown] = client.get(url(draft, "compare")).context["shown"]
    [(name, pieces)] = shown.fields
    assert (shown.difference.key, name) == ("welcome → talk", "condition")
    assert [piece.text for piece in pieces if piece.change == "gone"] == ["always"]
    assert "single event" in "".join(piece.text for piece in pieces if piece.change == "new")


def test_it_says_who_stands_where_the_new_version_has_nothing(
    client: Client, draft: ProcessVersion, used: ProcessVersion
) -> None:
    assert b"still there" in client.get(url(draft, "compare")).content
    ProcessNode.objects.filter(process_version=draft, node_key="talk").update(node_key="speak")
    page = client.get(url(draft, "compare"))
    [standing] = page.context["standings"]
    assert (standing.node_key, standing.sessions, standing.is_removed) == ("talk", 1, True)
    assert client.get(url(used, "compare")).context["standings"] == []


@pytest.fixture
def pack(db: None) -> PromptPack:
    pack = PromptPack.objects.create(template_name="Scenes")
    for at, key in enumerate(("why", "where")):
        PackPrompt.objects.create(prompt_pack=pack, prompt_key=key, prompt_text=f"{key}?", order_index=at)
    return pack


def keys(version: ProcessVersion, node: str) -> list[str]:
    rows = ProcessPrompt.objects.filter(process_node__process_version=version, process_node__node_key=node)
    return list(rows.order_by("order_index").values_list("prompt_key", flat=True))


def test_a_pack_is_shown_before_it_comes_and_comes_into_many_phases(
    client: Client, draft: ProcessVersion, pack: PromptPack
) -> None:
    form = {"pack": str(pack.pk), "nodes": ["welcome", "talk"]}
    before = {node: keys(draft, node) for node in ("welcome", "talk")}
    page = client.post(url(draft, "packs"), form | {"preview": "1"})
    plan = {phase.node.node_key: phase for phase in page.context["plan"]}
    assert [each.key for each in plan["talk"].staying] == ["why"]
    assert [each.key for each in plan["welcome"].coming] == ["why", "where"]
    assert {node: keys(draft, node) for node in before} == before
    form |= {"previewed": page.context["previewed"]}
    told = client.post(url(draft, "packs"), form | {"apply": "1"}, follow=True)
    assert b"3 prompts came into 2 phases of Draft." in told.content
    assert keys(draft, "welcome") == ["why", "where"]
    assert keys(draft, "talk") == [*before["talk"], "where"]
    assert actions_on(draft)[-1] == "process_pack.applied"
    page = client.post(url(draft, "packs"), form | {"preview": "1"})
    form |= {"previewed": page.context["previewed"]}
    again = client.post(url(draft, "packs"), form | {"apply": "1"}, follow=True)
    assert b"Nothing came" in again.content


@pytest.mark.parametrize("change", ["phase", "prefix", "section", "pack", "prompt there", "nothing shown"])
def test_what_was_not_previewed_does_not_come_and_is_shown_first(
    client: Client, draft: ProcessVersion, pack: PromptPack, change: str
) -> None:
    form: dict[str, Any] = {"pack": str(pack.pk), "nodes": ["talk"]}
    page = client.post(url(draft, "packs"), form | {"preview": "1"})
    form |= {"previewed": page.context["previewed"]}
    match change:
        case "phase":
            form |= {"nodes": ["talk", "welcome"]}
        case "prefix":
            form |= {"prefix": "first"}
        case "section":
            form |= {"section": "origins"}
        case "pack":
            pack.prompts.filter(prompt_key="where").update(prompt_text="Where else?")
        case "prompt there":
            node = draft.nodes.get(node_key="talk")
            ProcessPrompt.objects.create(
                process_node=node, prompt_key="where", prompt_text="?", order_index=99
            )
        case _:
            del form["previewed"]
    before = {node: keys(draft, node) for node in ("welcome", "talk")}
    refused = client.post(url(draft, "packs"), form | {"apply": "1"})
    assert refused.status_code == 409
    assert b"This is not what the preview showed" in refused.content
    assert {node: keys(draft, node) for node in before} == before

    form |= {"previewed": refused.context["previewed"]}
    assert client.post(url(draft, "packs"), form | {"apply": "1"}).status_code == 302


def test_a_pack_comes_under_a_prefix_into_a_section(
    client: Client, draft: ProcessVersion, pack: PromptPack
) -> None:
    form = {"pack": str(pack.pk), "nodes": ["talk"], "prefix": "first", "section": "origins"}
    page = client.post(url(draft, "packs"), form | {"preview": "1"})
    form |= {"previewed": page.context["previewed"], "apply": "1"}
    assert client.post(url(draft, "packs"), form).status_code == 302
    section = ProcessSection.objects.get(process_version=draft)
    asked = [link.process_prompt.prompt_key for link in section.section_prompts.all()]
    assert asked == ["house", "first_why", "first_where"]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"nodes": []}, "Choose at least one phase."),
        ({"nodes": ["nowhere"]}, "no phase “nowhere”"),
        ({"prefix": "Not a key"}, "The prefix does not do"),
        ({"pack": "x"}, "no such pack"),
        ({"section": "nowhere"}, "no section “nowhere”"),
    ],
)
def test_a_pack_that_cannot_come_is_told_and_what_was_typed_stays(
    client: Client, draft: ProcessVersion, pack: PromptPack, change: dict[str, Any], complaint: str
) -> None:
    form: dict[str, Any] = {"pack": str(pack.pk), "nodes": ["talk"], "prefix": "p", "apply": "1"} | change
    before = keys(draft, "talk")
    page = client.post(url(draft, "packs"), form)
    assert page.status_code in (400, 404)
    assert complaint in page.content.decode()
    assert page.context["prefix"] == form["prefix"]
    assert keys(draft, "talk") == before


def test_a_pack_s_page_leads_to_the_drafts_that_may_use_it(
    client: Client, draft: ProcessVersion, used: ProcessVersion, pack: PromptPack, ada: User
) -> None:
    shown = client.get(url(pack, "apply")).content.decode()
    assert f"{url(draft, 'packs')}?pack={pack.pk}" in shown
    assert url(used, "packs") not in shown
    clone_version(ada, used.pk, name="Another")
    form = {"pack": str(pack.pk), "nodes": "talk", "apply": "1"}
    before = keys(used, "talk")
    assert client.post(url(used, "packs"), form).status_code == 409
    assert keys(used, "talk") == before
    pack.is_global, pack.process_version = False, draft
    pack.save()
    assert "Another" not in client.get(url(pack, "apply")).content.decode()
    closed = client.get(url(used, "packs"))
    assert b"Clone it to change it" in closed.content


def test_a_version_s_page_says_what_is_wrong_and_where(client: Client, draft: ProcessVersion) -> None:
    assert b"Nothing is wrong with this version." in client.get(url(draft)).content
    FlowEdge.objects.filter(process_version=draft).delete()
    ProcessVersion.objects.filter(pk=draft.pk).update(revision=99)
    shown = client.get(url(draft)).content.decode()
    assert "Forbids activation:" in shown
    node = ProcessNode.objects.get(process_version=draft, node_key="talk")
    assert f'<a href="{url(node)}">phase “Talk”</a>' in shown


def test_a_file_becomes_a_draft_and_a_faulty_one_is_told_by_place(
    client: Client, draft: ProcessVersion
) -> None:
    at = reverse("admin:process_processversion_import_file")
    assert client.get(at).status_code == 200
    document = json.dumps(export_version(draft))
    sent = client.post(at, {"file": SimpleUploadedFile("p.json", document), "name": "From a file"})
    assert sent.status_code == 302
    made = ProcessVersion.objects.get(version_name="From a file")
    assert sent["location"] == url(made)
    faulty = json.dumps({"name": "x", "nodes": [{"key": "A b"}]})
    told = client.post(at, {"file": SimpleUploadedFile("p.json", faulty), "name": ""})
    assert told.status_code == 400
    assert b"<code>nodes.0.key</code>" in told.content
    for nothing in (b"{", b"\xff\xfe"):
        told = client.post(at, {"file": SimpleUploadedFile("p.json", nothing)})
        assert (told.status_code, b"This file is not JSON" in told.content) == (400, True)
    assert client.post(at, {}).status_code == 400
    assert ProcessVersion.objects.count() == 3


def test_rows_dragged_on_a_second_page_stay_behind_the_first(client: Client, draft: ProcessVersion) -> None:
    """The admin's script numbers the rows of a page from 0."""
    kind = draft.nodes.first().node_type  # type: ignore[union-attr]  # the fixture has some
    for number in range(2, 53):
        ProcessNode.objects.create(
            process_version=draft,
            node_type=kind,
            node_key=f"n{number}",
            node_name="N",
            order_index=number,
            purpose="p",
        )
    page = client.get(url(draft) + "?nodes-page=2")
    [formset] = [
        each.formset for each in page.context["inline_admin_formsets"] if each.formset.prefix == "nodes"
    ]
    assert [form.instance.node_key for form in formset.initial_forms] == ["n50", "n51", "n52"]
    form = form_of(client, draft, "?nodes-page=2")
    form |= {"nodes-0-order_index": "2", "nodes-1-order_index": "0", "nodes-2-order_index": "1"}
    assert client.post(url(draft) + "?nodes-page=2", form).status_code == 302
    keys_now = list(draft.nodes.values_list("node_key", flat=True))
    assert keys_now[48:] == ["n48", "n49", "n51", "n52", "n50"]


def test_kinds_of_phases_say_why_they_are_read_only(client: Client, draft: ProcessVersion) -> None:
    kind = draft.nodes.select_related("node_type")[0].node_type
    for page in (reverse("admin:process_nodetype_changelist"), url(kind)):
        assert b"Kinds of phases are read-only" in client.get(page).content
    assert client.post(url(kind), {"description": "x"}).status_code == 403
