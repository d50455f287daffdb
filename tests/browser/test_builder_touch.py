"""The builder under a finger, on a phone; and what leads from a problem to its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from tests.browser.conftest import OpenAs
from tests.browser.test_builder import at, box, draft, opened, saved
from tests.factories import make_user, make_workflow, node, step

LooksRight = Callable[[Page], None]


@pytest.fixture
def owner(transactional_db: None) -> User:
    return make_user("owen", time_zone="Asia/Kathmandu", time_zone_settled=True)


def drag_by_finger(page: Page, x: float, y: float, by: tuple[int, int], *, steps: int = 6) -> None:
    touch = page.context.new_cdp_session(page)

    def send(kind: str, points: list[dict[str, float]]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", [{"x": x, "y": y}])
    for number in range(1, steps + 1):
        send("touchMove", [{"x": x + by[0] * number / steps, "y": y + by[1] * number / steps}])
    send("touchEnd", [])


def test_a_node_is_moved_by_a_finger_on_a_phone(open_as: OpenAs, owner: User) -> None:
    workflow = make_workflow(owner, nodes=[at(step("hello"), 0, 0)])
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/", phone=True, has_touch=True))
    before = box(page, "hello").bounding_box()
    assert before
    drag_by_finger(page, before["x"] + 60, before["y"] + 20, (0, 90))
    after = box(page, "hello").bounding_box()
    assert after
    assert after["y"] > before["y"] + 40
    saved(page)
    assert draft(workflow)[0]["hello"]["position"]["y"] > 30


def test_a_finger_on_the_empty_canvas_moves_what_is_looked_at(open_as: OpenAs, owner: User) -> None:
    workflow = make_workflow(owner, nodes=[at(step("hello"), 0, 0)])
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/", phone=True, has_touch=True))
    before = box(page, "hello").bounding_box()
    assert before
    drag_by_finger(page, before["x"] + 60, before["y"] + 120, (0, 60))
    after = box(page, "hello").bounding_box()
    assert after
    assert after["y"] > before["y"] + 30
    expect(page.locator("#save-state")).to_contain_text("Saved")


def test_a_problem_inside_of_a_map_leads_to_the_inner_node(open_as: OpenAs, owner: User) -> None:
    inner = {"nodes": [at(step("fine"), 0, 0), at(step("broken"), 0, 200)], "edges": []}
    inner["edges"] = [{"id": "e", "source": "fine", "target": "broken", "condition": "nodes.nobody.output.x"}]
    inner["nodes"][1]["data"]["config"] = {"output": {"x": {"=": "nobody"}}}
    each = at(node("each", "map", {"items": [1], "body": inner}, title="Each"), 0, 0)
    workflow = make_workflow(owner, nodes=[each], publish=False)
    page = open_as(owner, f"/workflows/{workflow.pk}/edit/")
    page.locator(".problems-bar").click()
    page.locator("#problems").get_by_role("button").filter(has_text="broken").click()
    expect(page.get_by_role("navigation", name="Inner graphs")).to_contain_text("Each")
    expect(page.get_by_label("Id, for expressions")).to_have_value("broken")
    expect(box(page, "broken")).to_be_focused()


def test_times_are_those_of_the_person_s_zone(open_as: OpenAs, owner: User) -> None:
    workflow = make_workflow(owner)
    workflow.versions.update(updated_at="2026-01-02T20:05:00Z")
    page = opened(open_as(owner, f"/workflows/{workflow.pk}/edit/"))
    expect(page.locator("#save-state")).to_have_text("Saved 3 Jan 2026")
