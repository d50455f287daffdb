"""The form that starts a run: made from the input schema, checked on the server, sent once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Access, Workflow
from orchestrator.workflows.services.definitions import archive_workflow
from orchestrator.workflows.services.versions import publish_draft, save_draft
from tests.factories import make_user, make_workflow, share, step
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db

SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Order",
    "required": ["customer", "amount"],
    "properties": {
        "amount": {"type": "number", "title": "Amount", "exclusiveMinimum": 0, "default": 250},
        "customer": {
            "type": "string",
            "title": "Customer",
            "description": "As on the invoice",
            "minLength": 2,
        },
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "express": {"type": "boolean", "title": "Express"},
        "size": {"enum": ["small", 2, None]},
        "day": {"type": "string", "format": "date"},
        "email": {"type": "string", "format": "email"},
        "code": {"type": "string", "pattern": "^[A-Z]+$"},
        "note": {"type": "string", "maxLength": 2000},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "meta": {"type": "object"},
    },
}


def workflow(schema: dict[str, Any] | None = None, **options: Any) -> Workflow:
    settings = {} if schema is None else {"input_schema": schema}
    return make_workflow(name="Orders", settings=settings, **options)


def nonce(page: str) -> str:
    found = re.search(r'name="nonce" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def send(client: Client, flow: Workflow, **typed: Any) -> Any:
    url = f"/workflows/{flow.pk}/run/"
    form = {f"input-{name}": value for name, value in typed.items()}
    given = {"nonce": nonce(client.get(url).text), "version": "1"}
    return client.post(url, {**given, **form})


def started() -> Any:
    return Execution.objects.get().input


def test_fields_come_from_the_schema_what_is_required_first(visit: Visit) -> None:
    flow = workflow(SCHEMA)
    page = visit(flow.owner).get(f"/workflows/{flow.pk}/run/").text
    names = re.findall(r'name="input-(\w+)"', page)
    assert names[:2] == ["customer", "amount"]
    assert set(names) == set(SCHEMA["properties"])
    assert "As on the invoice" in page
    assert re.search(r'name="input-amount"[^>]*value="250"', page)
    assert re.search(r'type="date"[^>]*name="input-day"', page)


def test_what_is_typed_starts_a_run_with_values_of_the_schema_s_types(visit: Visit) -> None:
    flow = workflow(SCHEMA)
    answer = send(
        visit(flow.owner), flow, customer="Café", amount="12.50", count="3", express="on", size="2",
        day="2026-11-21", tags='["a", "b"]', meta='{"deep": [1]}', note="two\r\nlines",
    )  # fmt: skip
    assert answer.headers["Location"] == f"/executions/{Execution.objects.get().pk}/"
    assert started() == {
        "customer": "Café", "amount": 12.5, "count": 3, "express": True, "size": 2, "day": "2026-11-21",
        "tags": ["a", "b"], "meta": {"deep": [1]}, "note": "two\nlines",
    }  # fmt: skip
    assert Execution.objects.get().trigger_type == "manual"


def test_fields_left_blank_are_left_out_and_whole_numbers_stay_whole(visit: Visit) -> None:
    flow = workflow(SCHEMA)
    send(visit(flow.owner), flow, customer="Café", amount="12")
    assert started() == {"customer": "Café", "amount": 12, "express": False}


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("customer", "", "This field is required"),
        ("amount", "many", "Enter a number"),
        ("amount", "0", "less than or equal to the minimum of 0"),
        ("count", "10", "less than or equal to 9"),
        ("email", "nobody", "valid email"),
        ("day", "tomorrow", "valid date"),
        ("code", "abc", "does not match"),
        ("size", '"huge"', "Select a valid choice"),
        ("tags", "a, b", "This is not JSON"),
        ("tags", '["a", 2]', "1: 2 is not of type"),
        ("tags", '["a", "b", "c"]', "is too long"),
        ("meta", "[]", "is not of type"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_lost(
    visit: Visit, field: str, typed: str, complaint: str
) -> None:
    flow = workflow(SCHEMA)
    form = {"customer": "Kept <b>", "amount": "7", field: typed}
    answer = send(visit(flow.owner), flow, **form)
    assert answer.status_code == 400
    errors = re.search(rf'id="id_input-{field}_error">(.*?)</div>', answer.text, re.DOTALL)
    assert errors
    assert complaint in errors[1].replace("&#x27;", "'")
    if field != "customer":
        assert "Kept &lt;b&gt;" in answer.text
    assert not Execution.objects.exists()


def test_without_a_schema_any_json_may_be_typed(visit: Visit) -> None:
    flow = workflow()
    client = visit(flow.owner)
    page = client.get(f"/workflows/{flow.pk}/run/").text
    assert re.search(r'<textarea name="input-json"[^>]*>\s*\{\}</textarea>', page)
    assert send(client, flow, json="{nothing").status_code == 400
    assert send(client, flow, json='{"a": [1, 2.5]}').status_code == 302
    assert started() == {"a": [1, 2.5]}


def test_a_form_that_is_sent_twice_starts_one_run(visit: Visit) -> None:
    flow = workflow(SCHEMA)
    client, url = visit(flow.owner), f"/workflows/{flow.pk}/run/"
    form = {
        "nonce": nonce(client.get(url).text),
        "version": "1",
        "input-customer": "Café",
        "input-amount": "1",
    }
    first, second = client.post(url, form), client.post(url, form)
    assert first.headers["Location"] == second.headers["Location"]
    other = client.post(url, {**form, "input-amount": "2"})
    assert other.headers["Location"] != first.headers["Location"]
    assert Execution.objects.count() == 2


def test_an_earlier_published_version_can_be_chosen(visit: Visit) -> None:
    flow = workflow(SCHEMA)
    save_draft(flow.owner, flow.pk, nodes=[step("other")], edges=[])
    publish_draft(flow.owner, flow.pk, note="Second")
    client, url = visit(flow.owner), f"/workflows/{flow.pk}/run/"
    page = client.get(url).text
    assert re.search('<option value="2" selected>2 \\(current\\) \N{EN DASH} Second</option>', page)
    form = {"nonce": nonce(page), "input-customer": "Café", "input-amount": "1"}
    client.post(url, {**form, "version": "1"})
    assert Execution.objects.get().version.number == 1
    assert client.post(url, {**form, "version": "7"}).status_code == 400


def test_a_workflow_that_cannot_be_run_says_why(visit: Visit) -> None:
    draft = make_workflow(publish=False)
    assert (
        "Nothing of this workflow is published yet"
        in visit(draft.owner).get(f"/workflows/{draft.pk}/run/").text
    )
    flow = workflow()
    archive_workflow(flow.owner, flow.pk)
    client, url = visit(flow.owner), f"/workflows/{flow.pk}/run/"
    assert "This workflow is archived" in client.get(url).text
    answer = client.post(url, {"nonce": "a", "version": "1", "input-json": "{}"})
    assert answer.status_code == 409
    assert not Execution.objects.exists()


def test_viewers_may_not_run_and_strangers_find_nothing(visit: Visit) -> None:
    flow, viewer = workflow(), make_user()
    share(flow, viewer, Access.VIEWER)
    assert visit(viewer).get(f"/workflows/{flow.pk}/run/").status_code == 403
    assert visit(make_user()).get(f"/workflows/{flow.pk}/run/").status_code == 404


def test_names_that_are_no_identifiers_and_text_of_others_do_no_harm(visit: Visit) -> None:
    odd = {
        "a b": {"type": "string"},
        "a.b": {"type": "integer"},
        "<i>": {"title": "<script>", "type": "string"},
    }
    flow = workflow({"type": "object", "properties": odd, "title": "<script>"})
    client = visit(flow.owner)
    page = client.get(f"/workflows/{flow.pk}/run/").text
    assert "<script>" not in page.replace('<script type="module"', "")
    spaced, dotted = sorted(re.findall(r'name="input-(a_b\w*)"', page))
    assert send(client, flow, **{spaced: "x", dotted: "5"}).status_code == 302
    assert started() == {"a b": "x", "a.b": 5}
