"""Two authors with the same page open: the later one overwrites nothing, and loses nothing that was typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from orchestrator.accounts.models import User
from orchestrator.core.json import Json
from process.domain.drawing import read_redrawing
from process.models import (
    FlowEdge,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
)
from process.services.graphing import redraw
from tests.admin.test_process import actions_on, ada, client, draft, form_of, url, used

__all__ = ["ada", "client", "draft", "used"]
pytestmark = pytest.mark.django_db
TOLD = "Somebody changed this version after you opened the page"


def rename(author: User, version: ProcessVersion, key: str, name: str) -> None:
    """In the graph view, by another author."""
    version.refresh_from_db()
    node = ProcessNode.objects.get(process_version=version, node_key=key)
    change: Json = {"do": "change_phase", "id": str(node.pk), "values": {"name": name}}
    wanted = read_redrawing({"revision": version.revision, "changes": [change]})
    redraw(author, version.pk, revision=wanted.revision, changes=wanted.changes)


def shown(answer: Any, name: str) -> str:
    """What stands in a field of the page."""
    [tag] = re.findall(rf"<(?:input|textarea)[^>]*name=\"{name}\"[^>]*>[^<]*", answer.content.decode())
    value = re.search(r'value="([^"]*)"', tag)
    return value[1] if value else tag.partition(">")[2].strip()


def row(version: ProcessVersion, kind: str) -> Any:
    if kind == "version":
        return version
    if kind == "section":
        return ProcessSection.objects.get(process_version=version)
    return ProcessNode.objects.get(process_version=version, node_key="talk")


@pytest.mark.parametrize(
    ("kind", "field", "column"),
    [
        ("version", "version_name", "version_name"),
        ("phase", "node_name", "node_name"),
        ("section", "section_name", "section_name"),
    ],
)
def test_a_form_that_is_out_of_date_is_shown_again_and_stores_nothing(
    client: Client, draft: ProcessVersion, ada: User, kind: str, field: str, column: str
) -> None:
    it = row(draft, kind)
    typed = form_of(client, it) | {field: "Mine"}
    rename(ada, draft, "welcome", "Theirs")
    stored = ProcessVersion.objects.get(pk=draft.pk).revision

    for _ in range(2):  # sending it once more does not get it through
        answer = client.post(url(it), typed)
        assert answer.status_code == 200
        assert TOLD in answer.content.decode()
        assert f'<a href="{url(it)}" target="_blank"' in answer.content.decode()
        assert shown(answer, field) == "Mine"
        typed["revision_seen"] = shown(answer, "revision_seen")
    assert getattr(type(it).objects.get(pk=it.pk), column) != "Mine"
    assert ProcessVersion.objects.get(pk=draft.pk).revision == stored
    assert not [action for action in actions_on(it) if action.endswith(".changed")]

    assert client.post(url(it), form_of(client, it) | {field: "Mine"}).status_code == 302
    assert getattr(type(it).objects.get(pk=it.pk), column) == "Mine"
    assert ProcessNode.objects.get(process_version=draft, node_key="welcome").node_name == "Theirs"


def test_rows_of_a_form_overwrite_nothing_either(client: Client, draft: ProcessVersion, ada: User) -> None:
    typed = form_of(client, draft) | {"nodes-1-node_name": "Mine", "nodes-1-purpose": "Mine too"}
    rename(ada, draft, "welcome", "Theirs")
    answer = client.post(url(draft), typed)
    assert TOLD in answer.content.decode()
    assert shown(answer, "nodes-1-node_name") == "Mine"
    assert shown(answer, "nodes-0-node_name") == "Welcome"
    names = ProcessNode.objects.filter(process_version=draft).values_list("node_name", flat=True)
    assert "Theirs" in names
    assert "Mine" not in names


def test_a_phase_that_was_deleted_meanwhile_does_not_push_what_was_typed_out_of_the_form(
    client: Client, draft: ProcessVersion
) -> None:
    typed = form_of(client, draft)
    last = int(typed["nodes-INITIAL_FORMS"]) - 1
    first = ProcessNode.objects.get(pk=typed["nodes-0-id"])
    FlowEdge.objects.filter(from_node=first).delete()
    assert client.post(url(first, "delete"), {"post": "yes"}).status_code == 302
    answer = client.post(url(draft), typed | {f"nodes-{last}-node_name": "Mine"})
    assert TOLD in answer.content.decode()
    assert shown(answer, f"nodes-{last}-node_name") == "Mine"
    assert not ProcessNode.objects.filter(node_name="Mine").exists()


def test_prompts_of_a_phase_that_another_author_changed_stay(client: Client, draft: ProcessVersion) -> None:
    node = row(draft, "phase")
    mine, theirs = form_of(client, node), form_of(client, node)
    assert client.post(url(node), theirs | {"prompts-0-prompt_text": "Theirs?"}).status_code == 302
    answer = client.post(url(node), mine | {"prompts-0-prompt_text": "Mine?"})
    assert TOLD in answer.content.decode()
    assert shown(answer, "prompts-0-prompt_text") == "Mine?"
    texts = ProcessPrompt.objects.filter(process_node=node).values_list("prompt_text", flat=True)
    assert "Theirs?" in texts
    assert "Mine?" not in texts


def test_a_form_without_a_revision_is_refused(client: Client, draft: ProcessVersion) -> None:
    typed = form_of(client, draft) | {"version_name": "Mine"}
    for nothing in ("", "none", str(draft.revision + 10**12)):
        answer = client.post(url(draft), typed | {"revision_seen": nothing})
        assert TOLD in answer.content.decode()
    del typed["revision_seen"]
    assert TOLD in client.post(url(draft), typed).content.decode()
    assert not ProcessVersion.objects.filter(version_name="Mine").exists()


def test_a_form_that_was_refused_for_a_fault_can_be_sent_again(client: Client, draft: ProcessVersion) -> None:
    node = row(draft, "phase")
    typed = form_of(client, node)
    assert client.post(url(node), typed | {"node_key": "Not a key"}).status_code == 200
    assert client.post(url(node), typed | {"node_name": "Mine"}).status_code == 302


def test_a_new_part_needs_no_revision(client: Client, draft: ProcessVersion) -> None:
    form = form_of(client, row(draft, "phase"))
    form |= {"process_version": str(draft.pk), "node_key": "newer", "prompts-TOTAL_FORMS": "0"}
    form |= {"prompts-INITIAL_FORMS": "0"}
    del form["revision_seen"]
    answer = client.post(url(draft).replace(f"processversion/{draft.pk}/change", "processnode/add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert ProcessNode.objects.filter(process_version=draft, node_key="newer").exists()
