"""Analytics in a browser: charts are drawn, read by keys, and shown as tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.analytics.models import ExecutionHistory
from orchestrator.analytics.services.generating import generate_history
from orchestrator.analytics.services.recording import add_histories
from orchestrator.core.clock import utc_now
from tests.browser.conftest import OpenAs
from tests.factories import make_user, make_workflow, node, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def reader(transactional_db: None) -> User:
    owner = make_user("reader")
    nodes = [step("prepare"), node("ask", "human", {"approvers": ["user:reader"]})]
    workflow = make_workflow(owner, name="Orders <b>&", nodes=nodes)
    generate_history([workflow], runs=40, days=20, now=utc_now())
    return owner


def test_charts_are_drawn_and_told_as_tables(open_as: OpenAs, reader: User) -> None:
    page = open_as(reader, "/analytics/")
    runs = page.locator("section", has=page.get_by_role("heading", name="Runs", exact=True))
    expect(runs.locator("canvas")).to_be_visible()
    expect(page.locator(".chart-plot canvas")).to_have_count(4)
    expect(runs.get_by_role("table")).to_be_hidden()
    runs.get_by_role("button", name="Table of Runs").click()
    expect(runs.locator("canvas")).to_be_hidden()
    expect(runs.get_by_role("table")).to_be_visible()
    expect(runs.get_by_role("columnheader", name="Timed out")).to_be_visible()
    expect(runs.locator("tbody tr")).to_have_count(30)
    runs.get_by_role("button", name="Table of Runs").click()
    expect(runs.locator("canvas")).to_be_visible()


def test_a_chart_is_read_by_keys(open_as: OpenAs, reader: User) -> None:
    page = open_as(reader, "/analytics/")
    chart = page.get_by_role("group", name="Runs, as a chart. Left and right arrows read it.", exact=True)
    chart.focus()
    last = chart.get_by_role("status").inner_text()
    page.keyboard.press("Home")
    expect(chart.get_by_role("status")).not_to_have_text(last)
    first = chart.get_by_role("status").inner_text()
    page.keyboard.press("ArrowRight")
    expect(chart.get_by_role("status")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("status")).to_have_text(first)
    page.keyboard.press("End")
    expect(chart.get_by_role("status")).to_have_text(last)


def test_a_pointer_over_a_chart_reads_it(open_as: OpenAs, reader: User) -> None:
    page = open_as(reader, "/analytics/")
    chart = page.get_by_role("group", name="Duration of successful runs")
    status = chart.get_by_role("status")
    before = status.inner_text()
    chart.scroll_into_view_if_needed()
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    expect(status).not_to_have_text(before)
    expect(status).to_contain_text("p95")


@pytest.mark.parametrize("path", ["/analytics/", "/analytics/?range=24h"])
def test_the_overview_looks_right(open_as: OpenAs, looks_right: LooksRight, reader: User, path: str) -> None:
    looks_right(open_as(reader, path))


def test_the_page_of_a_workflow_and_an_empty_one_look_right(
    open_as: OpenAs, looks_right: LooksRight, reader: User
) -> None:
    page = open_as(reader, "/analytics/")
    page.get_by_role("link", name="Orders <b>&").first.click()
    expect(page.get_by_role("heading", name="Orders <b>&")).to_be_visible()
    looks_right(page)
    looks_right(open_as(make_user("newcomer"), "/analytics/"))


def test_tables_instead_of_charts_look_right_on_a_phone(
    open_as: OpenAs, looks_right: LooksRight, reader: User
) -> None:
    page = open_as(reader, "/analytics/", phone=True)
    for button in page.locator("[data-chart-toggle]").all():
        button.click()
    looks_right(page)


def test_one_run_alone_makes_a_chart(open_as: OpenAs, transactional_db: None) -> None:
    workflow, now = make_workflow(), utc_now()
    add_histories(
        [
            ExecutionHistory(
                execution_id=uuid4(), workflow_id=workflow.pk, workflow_name=workflow.name, version=1,
                started_at=now - timedelta(milliseconds=1), finished_at=now, duration_ms=1, status="success",
            )
        ]
    )  # fmt: skip
    page = open_as(workflow.owner, "/analytics/")
    expect(page.locator(".chart-plot canvas")).to_have_count(3)
