"""The canvas of a run in a browser: states, figures, the time slider, the panel of a node, maps, phones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from orchestrator.accounts.models import User
from orchestrator.executions.models import Execution
from orchestrator.executions.services.steering import signal_execution
from tests.browser.conftest import OpenAs
from tests.factories import (
    chain,
    edge,
    expression,
    fresh,
    make_user,
    make_workflow,
    node,
    set_vars,
    start,
    step,
)

LooksRight = Callable[[Page], None]
Drain = Callable[[], None]

BODY = {
    "nodes": [step("double", {"n": expression("item * 2")}, title="Double"), step("check", title="Check")],
    "edges": chain("double", "check"),
}


def report(user: User) -> Execution:
    """Three rounds of a loop, a map, a child run, a branch that is not taken, and a wait for ``go``."""
    child = make_workflow(user, name="Child flow", nodes=[step("x")])
    nodes = [
        set_vars("begin", i=0),
        set_vars("more", i=expression("vars.i + 1")),
        node("enough", "decision", {"rules": [{"when": "vars.i >= 3", "port": "yes"}], "default": "no"}),
        node("each", "map", {"items": [1, 2, 3], "body": BODY}, title="Each order"),
        node("call", "subworkflow", {"workflow": str(child.pk)}),
        step("never", title="Never taken"),
        node("hold", "wait", {"any_of": [{"signal": "go", "port": "out"}]}, title="Hold"),
        step("last"),
    ]
    edges = [
        *chain("begin", "more", "enough"),
        edge("enough", "more", port="no"),
        edge("enough", "each", port="yes"),
        *chain("each", "call", "hold", "last"),
        edge("call", "never", when="false"),
    ]
    return start(make_workflow(user, name="Report", nodes=nodes, edges=edges))


def drained(run: Execution, drain: Drain) -> Execution:
    for _ in range(4):  # the child's end is mail to its parent
        drain()
    return fresh(run)


def on_canvas(page: Page, node_id: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{node_id}"]')


def is_in(page: Page, node_id: str, state: str) -> None:
    expect(on_canvas(page, node_id).locator(".flow-node")).to_have_attribute("data-state", state)


def replay(page: Page) -> Locator:
    return page.get_by_role("group", name="Replay", exact=True)


def test_the_canvas_shows_states_figures_and_ways(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    for name, state in {
        "more": "done",
        "each": "done",
        "call": "done",
        "never": "",
        "hold": "waiting",
    }.items():
        is_in(page, name, state)
    expect(on_canvas(page, "more")).to_contain_text("3\N{MULTIPLICATION SIGN}")
    expect(on_canvas(page, "call")).to_have_attribute("aria-label", re.compile("Done, Took"))
    expect(page.locator('.react-flow__edge[data-id="call-out-hold"]')).to_have_class(re.compile("is-taken"))
    expect(page.locator('.react-flow__edge[data-id="call-out-never"]')).to_have_class(
        re.compile("is-not-taken")
    )
    expect(page.locator(".run-stage > .graph")).to_be_hidden()


def test_the_canvas_follows_a_run_that_goes_on(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    run = drained(report(user), drain)
    page = open_as(user, f"/executions/{run.pk}/")
    is_in(page, "hold", "waiting")
    expect(page.locator("[data-live]")).to_have_text("Live")
    signal_execution(user, run.pk, "go", None)
    drain()
    is_in(page, "hold", "done")
    is_in(page, "last", "done")
    slider = replay(page).get_by_role("slider")
    expect(slider).to_have_attribute("max", str(fresh(run).last_seq))


def test_the_slider_goes_to_any_moment_by_keys_and_comes_back(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    slider = replay(page).get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    is_in(page, "more", "")
    expect(page.locator("#moment")).to_contain_text("Pending")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    is_in(page, "more", "done")
    is_in(page, "enough", "")
    expect(replay(page).locator("output")).to_contain_text("3 of")
    expect(replay(page).locator("output")).to_contain_text("more succeeded")
    expect(page.locator("#moment .json-tree")).to_contain_text("i: 1")
    current = page.locator(".moment-events [aria-current=step]")
    expect(current).to_contain_text("more succeeded")
    page.get_by_role("list", name="Events around this one").get_by_text("enough succeeded").first.click()
    is_in(page, "enough", "done")
    replay(page).get_by_role("button", name="One event back").click()
    is_in(page, "enough", "")
    replay(page).get_by_role("button", name="Back to now").click()
    is_in(page, "hold", "waiting")
    expect(page.locator("#moment-card")).to_be_hidden()


def test_a_replay_plays_by_itself_and_can_be_held(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    bar = replay(page)
    bar.get_by_label("Speed").select_option("20")
    bar.get_by_role("button", name="Replay from here").click()
    bar.get_by_role("button", name="Pause").click()
    held = bar.get_by_role("slider").input_value()
    page.wait_for_timeout(300)
    assert bar.get_by_role("slider").input_value() == held
    bar.get_by_role("button", name="Replay from here").click()
    expect(bar.get_by_role("slider")).to_have_value(str(run.last_seq))
    expect(bar.get_by_role("button", name="Replay from here")).to_be_visible()


def test_the_address_and_the_list_of_events_lead_to_a_moment(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/?seq=2")
    expect(replay(page).locator("output")).to_contain_text("2 of")
    third = page.locator('#event-rows > li[data-seq="3"]')
    third.locator("summary").focus()
    third.get_by_role("button", name="Show the run after event 3").click()
    expect(replay(page).locator("output")).to_contain_text("3 of")


def test_a_node_opens_its_panel_by_keyboard_and_closes_it(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    on_canvas(page, "more").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Chosen node")
    expect(panel.get_by_role("heading", name="more")).to_be_visible()
    expect(panel.locator("summary").filter(has_text="round 3")).to_be_visible()
    panel.locator("details.step summary").first.click()
    expect(panel.locator(".json-tree").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    on_canvas(page, "call").focus()
    page.keyboard.press("Enter")
    panel.get_by_role("link", name="Child flow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Child flow")


def test_the_steps_inside_a_map_can_be_looked_at_item_by_item(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/")
    on_canvas(page, "each").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Open its steps").click()
    is_in(page, "double", "done")
    expect(page.locator(".stage-inside")).to_contain_text("of 3")
    page.get_by_role("button", name="Item after").click()
    expect(page.get_by_role("spinbutton")).to_have_value("2")
    seq = run.steps.filter(scope="each#1/1", node_id="double").values_list("seq", flat=True).get()
    page.locator(".stage-inside").get_by_role("button", name="Report").click()
    is_in(page, "each", "done")
    page.goto(page.url.split("?")[0] + f"?seq={seq - 1}")
    is_in(page, "each", "running")


def test_retrying_from_the_panel_starts_a_run_from_there(open_as: OpenAs, drain: Drain) -> None:
    user = make_user()
    run = drained(report(user), drain)
    signal_execution(user, run.pk, "go", None)
    drain()
    page = open_as(user, f"/executions/{run.pk}/")
    on_canvas(page, "last").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Retry from here").click()
    expect(page.get_by_text("Retry of")).to_be_visible()
    is_in(page, "call", "earlier")


def test_without_scripts_the_picture_is_there(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/", java_script_enabled=False)
    expect(page.locator('svg [data-node="hold"]')).to_have_attribute("data-state", "waiting")
    expect(page.locator("#run-canvas")).to_be_hidden()


def test_a_server_that_does_not_tell_its_node_types_leaves_the_picture(
    open_as: OpenAs, drain: Drain, watch: Any
) -> None:
    watch.allow(r"500")
    user = make_user()
    run = drained(report(user), drain)
    page = open_as(user, "/executions/")
    page.route("**/api/v1/node-types/*", lambda route: route.fulfill(status=500, body="{}"))
    page.goto(page.url + f"{run.pk}/")
    expect(page.locator("[data-live]")).to_have_text("Live")
    signal_execution(user, run.pk, "go", None)
    drain()
    expect(page.locator('svg [data-node="last"]')).to_have_attribute("data-state", "done")


def test_a_big_run_is_replayed_as_a_whole(open_as: OpenAs, drain: Drain) -> None:
    """Seen from afar 500 nodes are plain boxes, and follow the slider both ways."""
    user = make_user()
    rows = [[f"n{row}_{column}" for column in range(20)] for row in range(25)]
    names = [name for row in rows for name in row]
    edges = [
        edge(a, b) for above, below in itertools.pairwise(rows) for a, b in zip(above, below, strict=True)
    ]
    run = drained(start(make_workflow(user, nodes=[step(name) for name in names], edges=edges)), drain)
    assert run.last_seq > 500
    page = open_as(user, "/executions/")
    page.set_default_timeout(30_000)
    page.goto(f"{page.url}{run.pk}/")
    page.locator(".react-flow__node").first.wait_for()
    page.get_by_role("button", name="Fit the graph into view").click()
    expect(page.locator(".flow-canvas")).to_have_class(re.compile("is-far"))
    expect(page.locator(".react-flow__node")).to_have_count(500)
    slider = replay(page).get_by_role("slider")
    slider.fill("250")
    expect(page.locator('.flow-node[data-state="done"]')).to_have_count(249)
    expect(replay(page).locator("output")).to_contain_text("250 of")
    page.keyboard.press("End")
    slider.fill("20")
    expect(page.locator('.flow-node[data-state="done"]')).to_have_count(19)


@pytest.mark.parametrize("which", ["now", "replay", "panel", "inside"])
def test_the_run_view_looks_right(open_as: OpenAs, looks_right: LooksRight, drain: Drain, which: str) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/{'?seq=6' if which == 'replay' else ''}")
    is_in(page, "more", "done")
    if which in ("panel", "inside"):
        on_canvas(page, "each").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Open its steps")).to_be_visible()
    if which == "inside":
        page.get_by_role("button", name="Open its steps").click()
        is_in(page, "double", "done")
    if which == "replay":
        expect(page.locator("#moment")).to_contain_text("Variables")
    looks_right(page)


def test_on_a_phone_the_panel_stands_below_the_canvas(open_as: OpenAs, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, f"/executions/{run.pk}/", phone=True)
    is_in(page, "hold", "waiting")
    on_canvas(page, "hold").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Chosen node")
    expect(panel).to_be_visible()
    canvas, below = page.locator("#run-canvas").bounding_box(), panel.bounding_box()
    assert canvas
    assert below
    assert below["y"] >= canvas["y"] + canvas["height"] - 1
    assert below["width"] <= 390


def test_the_event_log_in_a_browser(open_as: OpenAs, looks_right: LooksRight, drain: Drain) -> None:
    run = drained(report(make_user()), drain)
    page = open_as(run.started_by, "/events/")
    page.get_by_label("Approvals", exact=True).check(force=True)
    expect(page.get_by_text("No event fits")).to_be_visible()
    page.get_by_label("Starts", exact=True).check(force=True)
    expect(page.locator(".log-row")).to_have_count(2)
    page.locator(".log-row summary").first.click()
    expect(page.locator(".event-facts").first).to_contain_text("execution_started")
    looks_right(page)
    page.locator(".log-run a").first.click()
    expect(replay(page).locator("output")).to_contain_text("1 of")
