"""Authoring guided processes in the admin: drafts change on record, what is in use does not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from orchestrator.accounts.models import AuditRecord, Role, User
from orchestrator.core import json
from process.models import (
    Commitment,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    Session,
    SessionBook,
)
from process.queries.compiled import process_of
from process.services.answering import save_answer
from process.services.interchange import clone_version, import_version
from tests.factories import make_user
from tests.grid_world import telling

pytestmark = pytest.mark.django_db
BACKEND = "orchestrator.accounts.backends.AnyCaseBackend"


@pytest.fixture
def ada() -> User:
    return make_user("ada", role=Role.ADMIN, is_staff=True, is_superuser=True)


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.force_login(ada, backend=BACKEND)
    return client


@pytest.fixture
def used(db: None) -> ProcessVersion:
    """A version in use by somebody who has answered something."""
    owner = make_user("bea")
    made = telling(owner)
    answer = made["answer"]
    save_answer(owner, made["session"], prompt_id=UUID(answer["prompt"]), value="A secret of mine")
    return ProcessVersion.objects.get()


@pytest.fixture
def draft(used: ProcessVersion, ada: User) -> ProcessVersion:
    return clone_version(ada, used.pk, name="Draft")


def url(row: Any, page: str = "change") -> str:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}"
    return reverse(name, args=[row.pk])


def form_of(client: Client, row: Any, query: str = "") -> dict[str, Any]:
    """What the page of a row would send if it were saved as it is."""
    page = client.get(url(row) + query)
    assert page.status_code == 200
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        formset = inline.formset
        forms += [formset.management_form, *formset.initial_forms]
    sent: dict[str, Any] = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                sent[field.html_name] = str(value) if not isinstance(value, bool) else "on"
    for inline in page.context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        sent[f"{prefix}-TOTAL_FORMS"] = sent[f"{prefix}-INITIAL_FORMS"]
    return sent


def actions_on(row: Any) -> list[str]:
    rows = AuditRecord.objects.filter(object_id=str(row.pk)).order_by("id")
    return list(rows.values_list("action", flat=True))


def test_a_draft_is_changed_with_its_parts_and_is_read_anew(client: Client, draft: ProcessVersion) -> None:
    before = process_of(draft)
    form = form_of(client, draft) | {"nodes-0-node_name": "Hello", "commitments-TOTAL_FORMS": "1"}
    form |= {"commitments-0-title": "We listen", "commitments-0-description": "Always."}
    form |= {"commitments-0-order_index": "0", "commitments-0-process_version": str(draft.pk)}
    answer = client.post(url(draft), form)
    assert answer.status_code == 302, answer.context["errors"]
    assert Commitment.objects.get(process_version=draft).title == "We listen"
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision + 1
    assert before.nodes["welcome"].name == "Welcome"
    assert process_of(draft).nodes["welcome"].name == "Hello"
    assert actions_on(draft) == ["process_version.imported", "process_processversion.changed"]


def test_a_phase_is_changed_with_its_prompts(client: Client, draft: ProcessVersion) -> None:
    node = ProcessNode.objects.get(process_version=draft, node_key="talk")
    form = form_of(client, node)
    assert client.post(url(node), form | {"prompts-0-prompt_text": "Really?"}).status_code == 302
    assert ProcessPrompt.objects.filter(process_node=node, prompt_text="Really?").count() == 1
    assert actions_on(node) == ["process_processnode.changed"]
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision + 1


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("prompts-0-choices", '[{"label": "x"}]', "with a value each"),
        ("prompts-0-prompt_key", "Not a key", "beginning with a letter"),
        ("prompts-0-condition_type", "profile_flag", "flag"),
    ],
)
def test_what_could_not_be_stepped_through_is_not_stored(
    client: Client, draft: ProcessVersion, field: str, value: str, complaint: str
) -> None:
    node = ProcessNode.objects.get(process_version=draft, node_key="talk")
    answer = client.post(url(node), form_of(client, node) | {field: value})
    assert answer.status_code == 200
    assert complaint in answer.content.decode()
    revision = draft.revision
    draft.refresh_from_db()
    assert draft.revision == revision


def test_what_is_in_use_is_read_only(client: Client, used: ProcessVersion) -> None:
    node = ProcessNode.objects.filter(process_version=used).first()
    section = ProcessSection.objects.get(process_version=used)
    for row in (used, node, section):
        page = client.get(url(row))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(url(row), {"version_name": "x", "node_name": "x"}).status_code == 403
        assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 403
    used.refresh_from_db()
    assert used.version_name == "v1"


def test_a_draft_is_deleted_on_record(client: Client, draft: ProcessVersion) -> None:
    section = ProcessSection.objects.get(process_version=draft)
    for row in (section, draft):
        assert client.post(url(row, "delete"), {"post": "yes"}).status_code == 302
        assert not type(row).objects.filter(pk=row.pk).exists()
        assert actions_on(row)[-1].endswith(".deleted")


def test_ways_lead_to_phases_of_the_same_version_only(client: Client, draft: ProcessVersion) -> None:
    page = client.get(url(draft))
    edges = next(each for each in page.context["inline_admin_formsets"] if each.formset.prefix == "edges")
    offered = edges.formset.forms[0].fields["to_node"].queryset
    assert {node.process_version_id for node in offered} == {draft.pk}


def test_a_version_is_checked_and_exported(client: Client, draft: ProcessVersion, ada: User) -> None:
    checked = client.get(url(draft, "find_faults"), follow=True)
    assert b"Nothing is wrong with this version." in checked.content
    sent = client.get(url(draft, "export"))
    assert sent["content-disposition"] == f'attachment; filename="process-{draft.pk}.json"'
    again = import_version(ada, json.loads(sent.content), name="Again")
    assert process_of(again).nodes.keys() == process_of(draft).nodes.keys()
    empty = ProcessVersion.objects.create(version_name="Empty")
    assert b"There are no phases" in client.get(url(empty, "find_faults"), follow=True).content


def test_a_version_is_cloned_and_activated_only_when_confirmed(
    client: Client, used: ProcessVersion, draft: ProcessVersion
) -> None:
    asked = client.get(url(draft, "activate")).content.decode()
    assert "1 session of v1" in asked
    assert client.get(url(draft, "clone")).status_code == 200
    assert (ProcessVersion.objects.active(), ProcessVersion.objects.count()) == (used, 2), (
        "asking does nothing"
    )
    assert client.post(url(draft, "activate")).status_code == 302
    assert ProcessVersion.objects.active() == draft
    assert client.post(url(draft, "clone")).status_code == 302
    assert ProcessVersion.objects.filter(cloned_from=draft, frozen_at=None).count() == 1


def test_a_version_with_faults_is_not_activated(client: Client, used: ProcessVersion) -> None:
    empty = ProcessVersion.objects.create(version_name="Empty")
    told = client.post(url(empty, "activate"), follow=True)
    assert b"cannot be activated yet" in told.content
    assert ProcessVersion.objects.active() == used


def test_staff_who_are_no_admins_write_nothing(used: ProcessVersion, draft: ProcessVersion) -> None:
    client = Client()
    client.force_login(make_user("sam", is_staff=True, is_superuser=True), backend=BACKEND)
    for page in ("activate", "clone"):
        assert b"Only staff author processes" in client.post(url(draft, page), follow=True).content
    client.post(url(draft), form_of(client, draft) | {"version_name": "x"})
    draft.refresh_from_db()
    assert (draft.version_name, ProcessVersion.objects.active()) == ("Draft", used)


def test_a_pack_is_written_on_record(client: Client) -> None:
    form = {
        "template_name": "Scenes", "description": "", "is_global": "on", "process_version": "",
        "prompts-TOTAL_FORMS": "1", "prompts-INITIAL_FORMS": "0", "prompts-0-order_index": "0",
        "prompts-0-prompt_key": "where", "prompts-0-prompt_text": "Where were you?",
    }  # fmt: skip
    answer = client.post(reverse("admin:process_promptpack_add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    pack = PromptPack.objects.get()
    assert pack.prompts.get().prompt_key == "where"
    assert actions_on(pack) == ["process_promptpack.created"]


def test_of_a_session_staff_see_where_it_stands_and_nothing_that_was_said(
    client: Client, used: ProcessVersion, ada: User
) -> None:
    session = Session.objects.get()
    SessionBook.objects.create(session=session, title="My secret title")
    for page in (client.get(reverse("admin:process_session_changelist")), client.get(url(session))):
        shown = page.content.decode()
        assert "active" in shown
        assert "secret" not in shown
