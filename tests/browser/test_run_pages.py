"""Runs in a browser: started from the form, followed live, steered, cut off and found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.executions.services.steering import signal_execution
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    log_step,
    make_user,
    make_workflow,
    node,
    start,
    step,
)

LooksRight = Callable[[Page], None]
Drain = Callable[[], None]

FORM = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "number", "title": "Approved amount", "minimum": 1}},
}
INPUT = {
    "type": "object",
    "title": "Order",
    "required": ["customer", "amount"],
    "properties": {
        "customer": {"type": "string", "title": "Customer"},
        "amount": {"type": "number", "title": "Amount", "minimum": 1},
    },
}


def order_flow(user: User) -> Any:
    """Settles an order after somebody's approval, or declines it."""
    ask = {"title": "Approve {{ input.amount }}?", "approvers": [f"user:{user.username}"], "form": FORM,
           "payload": {"amount": expression("input.amount")}}  # fmt: skip
    return make_workflow(
        user,
        name="Order",
        nodes=[
            log_step("note", title="Note it"),
            node("ask", "human", ask, title="Ask"),
            step("settle", {"amount": expression("nodes.ask.output.payload.amount")}, title="Settle"),
            step("decline", title="Decline"),
        ],
        edges=[
            edge("note", "ask"),
            edge("ask", "settle", port="approved"),
            edge("ask", "decline", port="rejected"),
        ],
        settings={"input_schema": INPUT},
    )


def waiting_run(user: User, drain: Drain, signals: int = 1) -> Execution:
    """A run that goes one step on with each signal ``go``."""
    waits = [node(f"w{n}", "wait", {"any_of": [{"signal": "go", "port": "out"}]}) for n in range(signals)]
    names = ["a", *(wait["id"] for wait in waits), "z"]
    run = start(
        make_workflow(user, name="Patient", nodes=[step("a"), *waits, step("z")], edges=chain(*names))
    )
    drain()
    return run


def go(run: Execution, drain: Drain) -> None:
    assert run.started_by is not None
    signal_execution(run.started_by, run.pk, "go")
    drain()


def state(page: Page, node_id: str) -> Any:
    return page.locator(f'.react-flow__node[data-id="{node_id}"] .flow-node')


def is_live(page: Page) -> None:
    expect(page.locator("[data-live]")).to_have_text("Live")


def seqs(page: Page, rows: str) -> list[int]:
    found: list[int] = page.eval_on_selector_all(
        f"{rows} > li[data-seq]", "all => all.map(li => +li.dataset.seq)"
    )
    return found


def nothing_is_missing_or_twice(page: Page, run: Execution) -> None:
    last = fresh(run).last_seq
    expect(page.locator(f'#event-rows > li[data-seq="{last}"]')).to_have_count(1)
    assert seqs(page, "#event-rows") == list(range(last, 0, -1))
    steps = list(run.steps.order_by("seq").values_list("seq", flat=True))
    expect(page.locator(f'#step-rows > li[data-seq="{steps[-1]}"]')).to_have_count(1)
    assert seqs(page, "#step-rows") == steps


def test_a_run_is_started_from_the_form_and_followed_to_its_end_without_a_reload(
    open_as: OpenAs, drain: Drain
) -> None:
    user = make_user()
    flow = order_flow(user)
    page = open_as(user, f"/workflows/{flow.pk}/run/")
    page.get_by_label("Customer").fill("Corner Café")
    page.get_by_label("Amount").fill("250")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Order")
    is_live(page)
    page.evaluate("window.samePage = true")
    drain()
    expect(state(page, "ask")).to_have_attribute("data-state", "waiting")
    expect(state(page, "note").locator(".flow-node-note")).to_have_text("Done")
    expect(page.locator("#run-status")).to_have_text("Waiting")
    expect(page.get_by_text("waits for your answer")).to_be_visible()
    assert page.evaluate("window.samePage")
    page.get_by_label("Approved amount").fill("199")
    page.get_by_label("Comment").fill("Less is more")
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_text("Approved: Approve 250?")).to_be_visible()
    is_live(page)
    page.evaluate("window.sameRun = true")
    drain()
    expect(page.locator("#run-status")).to_have_text("Completed")
    expect(state(page, "settle")).to_have_attribute("data-state", "done")
    expect(state(page, "decline")).to_have_attribute("data-state", "")
    expect(page.locator("#run-waits")).to_be_hidden()
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    assert page.evaluate("window.sameRun")
    run = Execution.objects.get()
    assert run.steps.get(node_id="settle").output == {"amount": 199}
    nothing_is_missing_or_twice(page, run)


def test_events_and_steps_are_opened_where_they_stand(open_as: OpenAs, drain: Drain) -> None:
    run = waiting_run(make_user(), drain)
    go(run, drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    page.locator("#step-rows summary").first.press("Enter")
    expect(page.locator("#step-rows .json-tree").first).to_be_visible()
    page.locator("#event-rows summary").first.click()
    expect(page.locator("#event-rows")).to_contain_text("execution_ended")
    page.locator("#step-filter").get_by_label("Node").select_option("z")
    expect(page.locator("#step-rows > li")).to_have_count(1)
    expect(page.locator("#step-rows")).to_contain_text("z")


def test_cancelling_asks_for_a_reason_first(open_as: OpenAs, drain: Drain) -> None:
    run = waiting_run(make_user(), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Cancel", exact=True).click()
    dialog.get_by_label("Reason").fill("Changed my mind")
    dialog.get_by_role("button", name="Cancel the run").click()
    is_live(page)
    drain()
    expect(page.locator("#run-status")).to_have_text("Cancelled")
    expect(page.locator("#event-rows")).to_contain_text("Changed my mind")


def test_a_failed_run_is_retried_and_leads_to_the_new_one(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    boom = step("boom", {"x": expression("input.missing")}, title="Boom")
    run = start(make_workflow(user, nodes=[step("a"), boom], edges=chain("a", "boom")), {})
    drain()
    page = open_as(user, f"/executions/{run.pk}/")
    expect(page.get_by_label("Error")).to_contain_text("Boom")
    page.get_by_role("link", name="Show what the step was given").click()
    expect(page.locator("#step-rows > li")).to_have_count(1)
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("dialog").get_by_role("button", name="Retry").click()
    expect(page.get_by_text("This is the new run.")).to_be_visible()
    expect(page.locator('svg [data-node="a"]')).to_have_attribute("data-state", "earlier", timeout=1)
    expect(page.get_by_text("Retry of")).to_be_visible()
    assert not page.url.endswith(f"{run.pk}/")


def test_pausing_and_going_on_shows_at_once(open_as: OpenAs, drain: Drain) -> None:
    run = waiting_run(make_user(), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    for button, status in (("Pause", "Paused"), ("Resume", "Waiting")):
        page.get_by_role("button", name=button).click()
        is_live(page)
        drain()
        expect(page.locator("#run-status")).to_have_text(status)


def test_a_reload_in_the_midst_of_a_run_loses_and_repeats_nothing(open_as: OpenAs, drain: Drain) -> None:
    run = waiting_run(make_user(), drain, signals=3)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    is_live(page)
    go(run, drain)
    expect(state(page, "w1")).to_have_attribute("data-state", "waiting")
    nothing_is_missing_or_twice(page, run)
    page.reload()
    is_live(page)
    go(run, drain)
    expect(state(page, "w2")).to_have_attribute("data-state", "waiting")
    nothing_is_missing_or_twice(page, run)
    go(run, drain)
    expect(page.locator("#run-status")).to_have_text("Completed")
    nothing_is_missing_or_twice(page, run)


def test_a_connection_that_breaks_is_told_and_mended_without_loss(
    open_as: OpenAs, drain: Drain, watch: Watch
) -> None:
    watch.allow(r"WebSocket|ERR_INTERNET_DISCONNECTED|Failed to load resource")
    run = waiting_run(make_user(), drain, signals=2)
    page = open_as(run.started_by, "/executions/")
    sockets: list[Any] = []
    blocked = {"on": False}

    def route(socket: Any) -> None:
        if blocked["on"]:
            socket.close(code=1011, reason="cut")
            return
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/feed/", route)
    page.goto(f"/executions/{run.pk}/")
    is_live(page)
    blocked["on"] = True
    sockets[-1].close(code=1011, reason="cut")
    expect(page.locator("[data-live]")).to_have_text("Reconnecting…")
    go(run, drain)
    go(run, drain)
    expect(state(page, "z")).to_have_attribute("data-state", "")
    blocked["on"] = False
    is_live(page)
    expect(state(page, "z")).to_have_attribute("data-state", "done")
    expect(page.locator("#run-status")).to_have_text("Completed")
    nothing_is_missing_or_twice(page, run)


def test_somebody_whose_session_has_ended_is_told(open_as: OpenAs, drain: Drain, watch: Watch) -> None:
    watch.allow("WebSocket")
    run = waiting_run(make_user(), drain)
    page = open_as(run.started_by, "/executions/")
    page.route_web_socket("**/ws/feed/", lambda socket: socket.close(code=4401, reason="logged out"))
    page.goto(f"/executions/{run.pk}/")
    expect(page.locator("[data-live]")).to_contain_text("You were logged out")


def test_a_half_written_answer_survives_what_happens_meanwhile(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    ask = node("ask", "human", {"title": "Sure?", "approvers": [f"user:{user.username}"]})
    wait = node("wait", "wait", {"any_of": [{"signal": "go", "port": "out"}]})
    run = start(make_workflow(user, nodes=[ask, wait, step("z")], edges=chain("wait", "z")))
    drain()
    page = open_as(user, f"/executions/{run.pk}/")
    is_live(page)
    page.get_by_label("Comment").fill("I am still thin")
    go(run, drain)
    expect(state(page, "z")).to_have_attribute("data-state", "done")
    expect(page.locator("#run-waits")).not_to_contain_text("signal")
    expect(page.get_by_label("Comment")).to_have_value("I am still thin")


def test_lists_follow_their_runs_and_announce_new_ones(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    run = waiting_run(user, drain)
    page = open_as(user, "/executions/")
    row = page.locator(f"#run-{run.pk}")
    expect(row).to_contain_text("Waiting")
    page.wait_for_timeout(500)
    go(run, drain)
    expect(row).to_contain_text("Completed")
    start(make_workflow(user, name="Newcomer"))
    drain()
    bar = page.locator("[data-new-runs]")
    expect(bar).to_contain_text("1 new run")
    expect(page.get_by_role("table")).not_to_contain_text("Newcomer")
    bar.get_by_role("link", name="Show").click()
    expect(page.get_by_role("table")).to_contain_text("Newcomer")


def test_the_first_page_follows_what_happens(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    page = open_as(user, "/")
    expect(page.get_by_text("First steps")).to_be_visible()
    page.wait_for_timeout(500)
    start(order_flow(user), {"customer": "Initech", "amount": 9})
    drain()
    expect(page.get_by_role("heading", name="Waiting for you")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Reject")).click()
    expect(page.get_by_text("Rejected: Approve 9?")).to_be_visible()
    drain()
    expect(page.get_by_role("heading", name="Recently finished")).to_be_visible()


def test_filters_apply_as_they_are_set(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    waiting_run(user, drain)
    start(make_workflow(user, name="Quick"))
    drain()
    page = open_as(user, "/executions/")
    page.get_by_label("Completed", exact=True).check(force=True)
    expect(page).to_have_url("**/executions/?status=completed".replace("**", page.url.split("/exec")[0]))
    expect(page.locator("tr[data-run]")).to_have_count(1)
    page.get_by_label("Search").first.fill("patient")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No run fits")).to_be_visible()
    page.get_by_role("link", name="Clear").click()
    expect(page.locator("tr[data-run]")).to_have_count(2)


@pytest.mark.parametrize("which", ["waiting", "failed", "list", "home", "form"])
def test_the_pages_look_right(open_as: OpenAs, looks_right: LooksRight, drain: Drain, which: str) -> None:
    user = make_user()
    flow = order_flow(user)
    asked = start(flow, {"customer": "Initech", "amount": 9})
    boom = step("boom", {"x": expression("input.missing")}, title="A step with a rather long title, in truth")
    failed = start(make_workflow(user, nodes=[step("a"), boom], edges=chain("a", "boom")), {})
    drain()
    page = open_as(user, {
        "waiting": f"/executions/{asked.pk}/", "failed": f"/executions/{failed.pk}/", "list": "/executions/",
        "home": "/", "form": f"/workflows/{flow.pk}/run/",
    }[which])  # fmt: skip
    if which == "home":
        page.evaluate("document.body.addEventListener('htmx:afterSettle', () => { window.isFresh = true })")
        page.wait_for_function("() => window.isFresh")
    if which in ("waiting", "failed"):
        page.locator("#step-rows summary").first.click()
        expect(page.locator("#step-rows .json").first).to_be_visible()
    looks_right(page)
