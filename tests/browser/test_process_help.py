"""Chapters in a browser: a sentence shows what it rests on by mouse, key and touch; pages look right."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from process.models import Synthesis
from process.services.helping import ask_for_text
from tests.browser.conftest import OpenAs
from tests.process.helping.scene import make_scene


def test_a_sentence_shows_the_answers_that_it_rests_on(
    open_as: OpenAs, looks_right: Callable[[Page], None], drain: Callable[[], None]
) -> None:
    scene = make_scene()
    ask_for_text(scene.user, scene.session.pk, section="origins")
    drain()
    here = f"/processes/sessions/{scene.session.pk}"
    page = open_as(scene.user, f"{here}/chapters/{Synthesis.objects.get().pk}/")
    sentence, card = page.locator("a.sentence").first, page.locator(".source-card")
    sentence.focus()
    expect(card).to_contain_text("What about house?")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    sentence.click()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    looks_right(page)
    for name in ("chapters", "assistance", "sent", "patterns"):
        page.goto(page.url.split("/processes/")[0] + f"{here}/{name}/")
        looks_right(page)
