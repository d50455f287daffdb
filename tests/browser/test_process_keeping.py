"""Nothing that is said gets lost: closed tabs, no network, ticks, recordings, taking back, two devices."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from process.domain.process import Choice
from process.domain.vocabulary import ResponseFormat
from process.models import Answer, ProcessVersion, Recording, Session
from process.services import sessions
from process.services.answering import save_answer
from process.services.journeys import answer_value
from tests.browser.conftest import OpenAs
from tests.browser.test_process import LooksRight, agreed, said
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.process.making import make_node, make_process, make_prompt
from tests.process.storing import store

NAME = "How would you like to be called?"
OFFLINE = r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED"
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('kept:')).length"


def begun(prompt_format: ResponseFormat, **more: Any) -> tuple[User, Session]:
    prompt = make_prompt("told", format=prompt_format, **more)
    version = store(make_process(make_node("talk", "end", prompts=(prompt,)), make_node("end", text="End.")))
    ProcessVersion.objects.filter(pk=version.pk).update(is_active=True, frozen_at=version.created_at)
    user = make_user()
    return user, sessions.start_session(user)


def wait_until_kept(page: Page, number: int) -> None:
    """Without ``wait_for_function``, which the page's policy forbids."""
    for _ in range(50):
        if page.evaluate(KEPT) == number:
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{page.evaluate(KEPT)} things are kept, not {number}")


def typed_and_closed(page: Page, text: str) -> None:
    """Typed without a network, and the tab closed without a question."""
    page.context.set_offline(True)
    page.get_by_label(NAME).fill(text)
    expect(page.get_by_text("Not saved: no connection, trying again")).to_be_visible()
    page.close(run_before_unload=False)


def opened_again(page: Page, watch: Watch, path: str) -> Page:
    page.context.set_offline(False)
    again = page.context.new_page()
    watch.attach(again)
    again.goto(path)
    return again


def test_what_was_typed_without_a_network_outlives_the_tab(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(OFFLINE)
    user, session = agreed()
    path = f"/processes/sessions/{session.pk}/"
    page = open_as(user, path)
    typed_and_closed(page, "Ada, please.")
    assert said() == [True]
    page = opened_again(page, watch, "/processes/")
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "kept:" in stored
    assert "Ada" not in stored, "sealed"
    page.goto(path)
    expect(page.get_by_label(NAME)).to_have_value("Ada, please.")
    expect(page.get_by_text("was not saved when you left. It is back.")).to_be_visible()
    expect(page.locator("[data-saved]")).to_have_text(re.compile("^Saved "))
    assert said() == [True, "Ada, please."]
    wait_until_kept(page, 0)
    page.reload()
    expect(page.get_by_label(NAME)).to_have_value("Ada, please.")
    expect(page.locator("[data-restored]")).to_have_count(0)


def test_what_comes_back_does_not_overwrite_what_another_device_saved(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(OFFLINE)
    watch.allow(r"409")
    user, session = agreed()
    path = f"/processes/sessions/{session.pk}/"
    page = open_as(user, path)
    prompt = page.locator("[data-question]").get_attribute("data-question") or ""
    typed_and_closed(page, "Ada")
    save_answer(user, session.pk, prompt_id=UUID(prompt), value="Adelheid")
    page = opened_again(page, watch, f"{path}?at={prompt}")
    expect(page.get_by_role("alert").get_by_text("Adelheid")).to_be_visible()
    expect(page.get_by_label(NAME)).to_have_value("Ada")
    assert said() == [True, "Adelheid"]
    page.get_by_role("button", name="Take the other one").click()
    expect(page.get_by_label(NAME)).to_have_value("Adelheid")
    wait_until_kept(page, 0)


def test_logging_out_forgets_what_was_kept(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(OFFLINE)
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    typed_and_closed(page, "Ada")
    page = opened_again(page, watch, "/processes/")
    wait_until_kept(page, 1)
    page.get_by_text("Account of").locator("..").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    wait_until_kept(page, 0)


def test_a_form_that_was_not_sent_comes_back(open_as: OpenAs) -> None:
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/scope/")
    page.get_by_label("One chapter of it").check()
    page.get_by_label("In a few words").fill("The years at sea")
    wait_until_kept(page, 1)
    page.reload()
    expect(page.get_by_label("In a few words")).to_have_value("The years at sea")
    expect(page.get_by_label("One chapter of it")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Before we begin")).to_be_visible()
    page.goto(f"/processes/sessions/{session.pk}/scope/")
    expect(page.locator("[data-restored]")).to_have_count(0)
    wait_until_kept(page, 0)


def test_choices_are_saved_as_they_are_ticked_and_clearing_them_deletes_nothing(
    open_as: OpenAs, looks_right: LooksRight
) -> None:
    choices = (Choice("a", "Apple"), Choice("b", "Berry"))
    user, session = begun(ResponseFormat.MULTI_SELECT, choices=choices)
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    page.get_by_label("Apple").check()
    page.get_by_label("Berry").check()
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert said() == [["a", "b"]]
    page.get_by_label("Apple").uncheck()
    page.get_by_label("Berry").uncheck()
    expect(page.get_by_text("Left blank: your saved answer is still kept.")).to_be_visible()
    assert said() == [["a", "b"]]
    looks_right(page)


def test_an_answer_is_taken_back_and_brought_back(open_as: OpenAs, looks_right: LooksRight) -> None:
    user, session = begun(ResponseFormat.TEXT)
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    field = page.get_by_label("What about told?")
    expect(page.get_by_role("button", name="Remove my answer")).to_be_hidden()
    field.fill("Everything.")
    expect(page.get_by_text("Saved ")).to_be_visible()
    page.get_by_role("button", name="Remove my answer").click()
    expect(field).to_have_value("")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert said() == []
    looks_right(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved ")).to_be_visible()
    assert said() == ["Everything."]


def test_a_voice_is_recorded_kept_heard_and_deleted(open_as: OpenAs, looks_right: LooksRight) -> None:
    user, session = begun(ResponseFormat.VOICE)
    page = open_as(user, f"/processes/sessions/{session.pk}/", permissions=["microphone"])
    page.get_by_role("button", name="Record your answer").click()
    expect(page.get_by_text("0:01")).to_be_visible()
    page.get_by_role("button", name="Pause the recording").click()
    looks_right(page)
    page.get_by_role("button", name="Resume the recording").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Recorded, 0:0")).to_be_visible()
    [recording] = Recording.objects.all()
    assert (recording.media_type, answer_value(Answer.objects.get())) == ("audio/webm", "")
    looks_right(page)
    page.reload()
    audio = page.get_by_label("Your recording")
    audio.evaluate("sound => new Promise(done => { sound.oncanplay = done; sound.load() })")
    with page.expect_response("**/answers/save/"):
        page.get_by_label("What about told?").fill("In words.")
    expect(page.get_by_text("Saving")).to_be_hidden()
    assert said() == ["In words."], "words come to the recording without a clash"
    page.get_by_role("button", name="Delete the recording").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_role("button", name="Record your answer")).to_be_visible()
    assert not Recording.objects.exists()
    assert said() == ["In words."]


def test_a_microphone_that_is_refused_says_what_to_do(open_as: OpenAs, looks_right: LooksRight) -> None:
    user, session = begun(ResponseFormat.VOICE)
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    page.get_by_role("button", name="Record your answer").click()
    expect(
        page.locator("[data-stage]").get_by_text("The microphone is blocked for this page.")
    ).to_be_visible()
    looks_right(page)
    page.get_by_label("What about told?").fill("Typed then.")
    expect(page.get_by_text("Saved ")).to_be_visible()


def test_a_recording_made_without_a_network_outlives_the_tab(open_as: OpenAs, watch: Watch) -> None:
    watch.allow(OFFLINE)
    user, session = begun(ResponseFormat.VOICE)
    path = f"/processes/sessions/{session.pk}/"
    page = open_as(user, path, permissions=["microphone"])
    page.get_by_role("button", name="Record your answer").click()
    expect(page.get_by_text("0:01")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-stage]").get_by_text("Not saved yet: no connection.")).to_be_visible()
    page.close(run_before_unload=False)
    assert not Recording.objects.exists()
    page = opened_again(page, watch, path)
    expect(page.get_by_text("Recorded, 0:0")).to_be_visible()
    assert Recording.objects.count() == 1


def test_paused_on_one_device_and_gone_on_with_on_another(open_as: OpenAs) -> None:
    user, session = agreed()
    path = f"/processes/sessions/{session.pk}/"
    laptop, phone = open_as(user, path), open_as(user, path, phone=True)
    laptop.get_by_label(NAME).fill("Ada")
    expect(laptop.get_by_text("Saved ")).to_be_visible()
    laptop.get_by_role("button", name="Pause", exact=True).click()
    expect(laptop.get_by_role("heading", name="Resting")).to_be_visible()
    phone.reload()
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_label("What made you come here today?")).to_be_visible()
    phone.get_by_role("button", name="Back").click()
    expect(phone.get_by_label(NAME)).to_have_value("Ada")


def test_all_of_a_screen_is_done_with_the_keyboard(open_as: OpenAs) -> None:
    user, session = agreed()
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    page.get_by_text("An example").focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open] p").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_label(NAME)).to_be_focused()
    page.keyboard.type("Ada")
    expect(page.get_by_text("Saved ")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Remove my answer")).to_be_focused()
    private = page.get_by_label("Keep this private.")
    for _ in range(3):  # what the rules offer to ask further comes between, as soon as it is there
        if private.evaluate("box => box === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(private).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Keep this private.")).to_be_checked()
    page.get_by_label(NAME).focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("What made you come here today?")).to_be_visible()
    answer = Answer.objects.latest("id")
    assert (answer_value(answer), answer.is_private) == ("Ada", True)


def test_the_length_is_counted_as_the_server_counts(open_as: OpenAs) -> None:
    user, session = begun(ResponseFormat.TEXT, max_length=10)
    page = open_as(user, f"/processes/sessions/{session.pk}/")
    field = page.get_by_label("What about told?")
    field.fill("🙂" * 9)
    expect(page.get_by_text("9 of 10 characters")).to_be_visible()
    expect(page.locator("[data-announce]")).to_have_text("Characters left: 1.")
    expect(page.get_by_text("Saved ")).to_be_visible()
