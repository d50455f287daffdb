"""Pages of triggers: the tab, forms that keep what was typed, previews, deliveries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orchestrator.executions.models import Execution
from orchestrator.workflows.models import Access, Trigger, Workflow
from orchestrator.workflows.services.triggers import create_trigger
from tests.factories import make_user, make_workflow, share
from tests.web.conftest import Visit

pytestmark = pytest.mark.django_db
SCHEDULE = {"name": "Mornings", "mode": "cron", "cron": "0 9 * * 1-5", "time_zone": "Europe/Paris",
            "missed": "skip", "overlap": "skip", "input": "{}", "enabled": "on"}  # fmt: skip


def page(workflow: Workflow, *parts: object) -> str:
    return f"/workflows/{workflow.pk}/triggers/" + "".join(f"{part}/" for part in parts)


def hook_of(workflow: Workflow, **fields: Any) -> Trigger:
    return create_trigger(workflow.owner, workflow.pk, kind="webhook", name="Hook", **fields)


def test_a_schedule_is_made_and_told_on_the_tab(visit: Visit) -> None:
    workflow = make_workflow()
    client = visit(workflow.owner)
    answer = client.post(page(workflow, "new", "schedule"), SCHEDULE)
    trigger = Trigger.objects.get()
    assert answer.headers["Location"] == page(workflow, trigger.pk)
    tab = client.get(f"/workflows/{workflow.pk}/?tab=triggers").content.decode()
    assert "Every weekday at 09:00, Europe/Paris" in tab
    shown = client.get(page(workflow, trigger.pk)).content.decode()
    assert 'value="0 9 * * 1-5"' in shown


def test_a_form_that_is_not_right_is_shown_again_with_what_was_typed(visit: Visit) -> None:
    workflow = make_workflow()
    client = visit(workflow.owner)
    answer = client.post(page(workflow, "new", "schedule"), {**SCHEDULE, "cron": "99 * * * *", "name": "<b>"})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "cannot be the minute" in shown
    assert 'value="99 * * * *"' in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert not Trigger.objects.exists()


def test_an_interval_begins_by_the_clock_of_its_own_zone(visit: Visit) -> None:
    workflow = make_workflow(make_user(time_zone="Asia/Tokyo"))
    client = visit(workflow.owner)
    given = {**SCHEDULE, "mode": "interval", "every": "2", "unit": "days", "anchor_at": "2026-03-01T08:30"}
    assert client.post(page(workflow, "new", "schedule"), given).status_code == 302
    trigger = Trigger.objects.get()
    assert trigger.anchor_at is not None
    assert trigger.anchor_at.isoformat() == "2026-03-01T07:30:00+00:00"
    assert (trigger.cron, trigger.every, trigger.unit) == ("", 2, "days")
    assert 'value="2026-03-01T08:30"' in client.get(page(workflow, trigger.pk)).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cron=0 9 * * 1-5&time_zone=Europe/Paris", "Every weekday at 09:00, Europe/Paris"),
        ("mode=interval&every=3&unit=hours&time_zone=UTC", "Every 3 hours"),
        ("cron=nonsense", "five fields"),
        ("cron=@daily&time_zone=Mars", "no time zone"),
        ("mode=interval&every=x", "Say every how many"),
        ("mode=interval&every=1&unit=weeks&anchor_at=x&time_zone=UTC", "Every week"),
        ("mode=interval&every=1&unit=days&anchor_at=2026-13-45T99:99&time_zone=UTC", "Every day"),
        ("cron=%00", "five fields"),
    ],
)
def test_what_is_typed_is_told_while_it_is_typed(visit: Visit, query: str, expected: str) -> None:
    workflow = make_workflow()
    answer = visit(workflow.owner).get(page(workflow, "schedule") + f"?{query}")
    assert answer.status_code == 200
    assert expected in answer.content.decode()


def test_the_preview_shows_five_moments(visit: Visit) -> None:
    workflow = make_workflow()
    shown = visit(workflow.owner).get(page(workflow, "schedule") + "?cron=@hourly&time_zone=UTC")
    assert shown.content.decode().count("<li") == 5


def test_the_input_is_shown_for_the_latest_delivery(visit: Visit) -> None:
    workflow = make_workflow()
    hook = hook_of(workflow)
    path = f"/hooks/{hook.pk}/{hook.address_secret}/"
    Client().post(path, json.dumps({"order": 7}), content_type="application/json")
    client = visit(workflow.owner)
    given = {"kind": "webhook", "trigger": str(hook.pk), "input": '{"n": {"=": "trigger.payload.order"}}'}
    assert "7" in client.post(page(workflow, "input"), given).content.decode()
    wrong = client.post(page(workflow, "input"), {**given, "input": '{"=": "trigger.payload.x.y"}'})
    assert "x" in wrong.content.decode()
    assert client.post(page(workflow, "input"), {**given, "input": "{"}).status_code == 200
    assert client.post(page(workflow, "input"), {**given, "sample": "nonsense"}).status_code == 200


def test_a_viewer_sees_triggers_and_neither_address_nor_deliveries(visit: Visit) -> None:
    workflow, viewer = make_workflow(), make_user()
    share(workflow, viewer, Access.VIEWER)
    hook = hook_of(workflow)
    shown = visit(viewer).get(page(workflow, hook.pk)).content.decode()
    assert "Hook" in shown
    assert "/hooks/" not in shown
    assert "Deliveries" not in shown


def test_the_command_on_the_page_fits_the_workflows_input(visit: Visit) -> None:
    schema = {"type": "object", "properties": {"amount": {"type": "number", "default": 250}}}
    workflow = make_workflow(settings={"input_schema": schema})
    hook = hook_of(workflow)
    shown = visit(workflow.owner).get(page(workflow, hook.pk)).content.decode()
    assert "curl -X POST" in shown
    assert "{&quot;amount&quot;:250}" in shown


def test_a_signing_secret_left_empty_stays(visit: Visit) -> None:
    workflow = make_workflow()
    hook = hook_of(workflow, signature="hmac", signing_secret="a secret that both know")
    given = {"name": "Hook", "signature": "hmac", "signing_secret": "", "input": "{}", "enabled": "on"}
    client = visit(workflow.owner)
    assert client.post(page(workflow, hook.pk), given).status_code == 302
    hook.refresh_from_db()
    assert hook.shared_secret == "a secret that both know"
    assert "a secret that both know" not in client.get(page(workflow, hook.pk)).content.decode()


def test_a_delivery_is_unfolded_and_replayed(visit: Visit) -> None:
    workflow = make_workflow()
    hook = hook_of(workflow)
    path = f"/hooks/{hook.pk}/{hook.address_secret}/"
    Client().post(path, '{"x": "<script>"}', content_type="application/json")
    delivery = hook.deliveries.get()
    client = visit(workflow.owner)
    shown = client.get(page(workflow, hook.pk, "deliveries", delivery.pk)).content.decode()
    assert "&lt;script&gt;" in shown
    answer = client.post(page(workflow, hook.pk, "deliveries", delivery.pk, "replay"))
    run = Execution.objects.latest("id")
    assert answer.headers["Location"] == f"/executions/{run.pk}/"
    assert run.input == {"x": "<script>"}


def test_the_page_of_a_run_names_the_trigger_that_started_it(visit: Visit) -> None:
    workflow = make_workflow()
    client = visit(workflow.owner)
    trigger = create_trigger(workflow.owner, workflow.pk, kind="manual", name="The red button")
    client.post(page(workflow, trigger.pk, "fire"))
    run = Execution.objects.get()
    shown = client.get(f"/executions/{run.pk}/").content.decode()
    assert "The red button" in shown
    assert page(workflow, trigger.pk) in shown
    client.post(page(workflow, trigger.pk, "delete"))
    assert client.get(f"/executions/{run.pk}/").status_code == 200


def test_what_keeps_a_run_from_starting_is_said_on_the_triggers_page(visit: Visit) -> None:
    workflow = make_workflow(publish=False)
    trigger = create_trigger(workflow.owner, workflow.pk, kind="manual", name="Too early")
    answer = visit(workflow.owner).post(page(workflow, trigger.pk, "fire"), follow=True)
    assert "no published version" in answer.content.decode()


def test_the_tab_costs_the_same_for_many_triggers(
    visit: Visit, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    workflow = make_workflow()
    for number in range(5):
        create_trigger(workflow.owner, workflow.pk, kind="schedule", name=f"t{number}", cron="@daily")
    client = visit(workflow.owner)
    with django_assert_max_num_queries(14):
        client.get(f"/workflows/{workflow.pk}/?tab=triggers")
