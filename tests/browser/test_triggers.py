"""Triggers in a browser: presets, previews as one types, a delivery used as a sample, and how they look."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from orchestrator.workflows.models import Trigger, Workflow
from orchestrator.workflows.services.triggers import create_trigger
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user, make_workflow

LooksRight = Callable[[Page], None]


@pytest.fixture
def workflow(transactional_db: None) -> Workflow:
    return make_workflow(make_user("owner", time_zone="Europe/Paris"), name="Nightly")


def hook_with_deliveries(workflow: Workflow) -> Trigger:
    hook = create_trigger(
        workflow.owner, workflow.pk, kind="webhook", name="Shop", condition="trigger.payload.n < 9"
    )
    for number in (1, 2, 9):
        body = json.dumps({"n": number, "note": "<b>hello</b>"})
        Client().post(f"/hooks/{hook.pk}/{hook.address_secret}/", body, content_type="application/json")
    return hook


def test_a_schedule_is_made_with_what_it_means_shown_while_one_types(
    open_as: OpenAs, watch: Watch, workflow: Workflow
) -> None:
    watch.allow(r"htmx:(afterRequest|sendAbort)")  # a preview that the next key makes out of date
    page = open_as(workflow.owner, f"/workflows/{workflow.pk}/?tab=triggers")
    page.get_by_role("link", name="Schedule").click()
    page.get_by_label("Name").fill("Every morning")
    expect(page.get_by_text("Every weekday at 09:00, Europe/Paris")).to_be_visible()
    expect(page.get_by_role("list", name="Next runs").get_by_role("listitem")).to_have_count(5)
    page.get_by_role("button", name="Hourly").click()
    expect(page.get_by_text("At the start of every hour, Europe/Paris")).to_be_visible()
    page.get_by_label("Cron expression").fill("61 * * * *")
    expect(page.get_by_text('"61" cannot be the minute')).to_be_visible()
    page.get_by_label("Every so often").check()
    expect(page.get_by_label("Cron expression")).to_be_hidden()
    page.get_by_label("Every", exact=True).fill("90")
    page.get_by_label("Unit").select_option("minutes")
    expect(page.get_by_text("Every 90 minutes")).to_be_visible()
    page.get_by_role("button", name="Make the trigger").click()
    expect(page.get_by_text("“Every morning” is made.")).to_be_visible()
    expect(page.get_by_text("Every 90 minutes").first).to_be_visible()


def test_a_delivery_is_used_as_a_sample_and_replayed(open_as: OpenAs, workflow: Workflow) -> None:
    hook = hook_with_deliveries(workflow)
    page = open_as(workflow.owner, f"/workflows/{workflow.pk}/triggers/{hook.pk}/")
    rows = page.locator(".delivery-row")
    expect(rows).to_have_count(3)
    made = page.locator("#made-example pre").first
    expect(made).to_contain_text('"n": 9')
    rows.last.click()
    page.get_by_role("button", name="Use as sample").click()
    expect(made).to_contain_text('"n": 1')
    page.get_by_label("Input of its runs").fill('{"number": {"=": "trigger.payload.n * 2"}}')
    expect(made).to_contain_text('"number": 18')
    page.get_by_label("Input of its runs").fill('{"=": "trigger.payload.nothing"}')
    expect(page.locator("#made-example").get_by_text("nothing")).to_be_visible()
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("Delivered again: this is the new run.")).to_be_visible()
    expect(page.get_by_role("link", name="Shop")).to_be_visible()


def test_the_pages_of_triggers_look_right(
    open_as: OpenAs, looks_right: LooksRight, workflow: Workflow
) -> None:
    hook = hook_with_deliveries(workflow)
    create_trigger(workflow.owner, workflow.pk, kind="schedule", name="Daily", cron="@daily")
    base = f"/workflows/{workflow.pk}"
    for path in (f"{base}/?tab=triggers", f"{base}/triggers/new/schedule/", f"{base}/triggers/new/webhook/"):
        page = open_as(workflow.owner, path)
        expect(page.get_by_role("link", name="Triggers", exact=True)).to_have_attribute(
            "aria-current", "page"
        )
        looks_right(page)
    page = open_as(workflow.owner, f"{base}/triggers/{hook.pk}/")
    page.locator(".delivery-row").first.click()
    expect(page.get_by_text("SHA-256 of the body")).to_be_visible()
    looks_right(page)
