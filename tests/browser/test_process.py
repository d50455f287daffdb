"""Stepping through a process in a browser: what is typed is kept, and the pages look right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from playwright.sync_api import Page, Route, expect

import process
from orchestrator.accounts.models import Role, User
from orchestrator.core import json
from process.models import Answer, ProcessVersion, Session
from process.services import sessions
from process.services.answering import save_answer, set_profile, set_scope
from process.services.interchange import import_version
from process.services.journeys import answer_value
from process.services.kinds import store_node_types
from process.services.versions import activate_version
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user

LooksRight = Callable[[Page], None]
STORY = Path(process.__file__).parent / "shipped" / "life_story.json"


def life_story() -> ProcessVersion:
    store_node_types()  # a test before may have emptied all tables
    admin = make_user(role=Role.ADMIN)
    return activate_version(admin, import_version(admin, json.loads(STORY.read_bytes())).pk)


def begun() -> tuple[User, Session]:
    life_story()
    user = make_user()
    return user, sessions.start_session(user)


def agreed() -> tuple[User, Session]:
    """A session in its first phase, past the required tick."""
    user, session = begun()
    consent = session.process_version.nodes.get(node_key="trust_setup").prompts.get(prompt_key="consent")
    save_answer(user, session.pk, prompt_id=consent.pk, value=True)
    return user, session


def at_the_map() -> tuple[User, Session]:
    user, session = agreed()
    sessions.advance(user, session.pk)
    set_scope(user, session.pk, scope_type="whole_life")
    sessions.advance(user, session.pk)
    set_profile(user, session.pk, flags={"has_children": True, "comfortable_discussing_trauma": False})
    sessions.advance(user, session.pk)
    sessions.advance(user, session.pk)
    return user, session


def said() -> list[object]:
    return [answer_value(row) for row in Answer.objects.order_by("id")]


def test_a_person_begins_answers_and_finds_it_again(open_as: OpenAs, looks_right: LooksRight) -> None:
    life_story()
    page = open_as(make_user(), "/processes/")
    looks_right(page)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("I have read this and would like to begin.").check()
    looks_right(page)
    page.get_by_role("button", name="Continue").click()
    field = page.get_by_label("How would you like to be called?")
    field.fill("Ada, please.")
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert said() == [True, "Ada, please."], "kept before anything was pressed"
    looks_right(page)
    page.reload()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Continue").click()
    expect(field).to_have_value("Ada, please.")
    page.get_by_role("link", name="Your answers").click()
    expect(page.get_by_text("Ada, please.")).to_be_visible()
    looks_right(page)


def test_the_map_the_forms_and_a_resting_session_look_right(open_as: OpenAs, looks_right: LooksRight) -> None:
    user, session = at_the_map()
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    expect(page.get_by_text("Not part of the life you described.").first).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Choose with Origins").click()
    expect(page.get_by_role("heading", name="Origins")).to_be_visible()
    for form in ("scope", "profile"):
        page.goto(f"/processes/sessions/{session.pk}/{form}/")
        looks_right(page)
    page.goto(f"/processes/sessions/{session.pk}/")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Resting")).to_be_visible()
    looks_right(page)


def test_without_a_network_what_is_typed_stays_and_is_sent_later(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(r"ERR_INTERNET_DISCONNECTED")
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    field = page.get_by_label("How would you like to be called?")
    page.context.set_offline(True)
    field.fill("Ada")
    expect(page.get_by_text("Not saved: no connection, trying again")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(field).to_have_value("Ada")
    page.context.set_offline(False)
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert said() == [True, "Ada"]


def test_a_second_tab_is_shown_both_answers(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(r"409")
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    prompt = UUID(page.locator("[data-question]").get_attribute("data-question") or "")
    save_answer(user, session.pk, prompt_id=prompt, value="Adelheid")
    page.get_by_label("How would you like to be called?").fill("Ada")
    expect(page.get_by_text("Adelheid", exact=True)).to_be_visible()
    page.get_by_role("button", name="Keep what I typed here").click()
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert said() == [True, "Ada"]


def test_going_on_at_once_waits_for_what_is_under_way(open_as: OpenAs) -> None:
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/")

    def slowly(route: Route) -> None:
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/answers/save/", slowly)
    page.get_by_label("How would you like to be called?").fill("Ada")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What made you come here today?")).to_be_visible()
    assert said() == [True, "Ada"]
