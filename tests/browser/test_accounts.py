"""Logging in, the theme and the settings in a browser."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from orchestrator.accounts.models import User
from orchestrator.accounts.services.people import ensure_demo_people
from tests.browser.conftest import OpenAs
from tests.factories import make_user

LooksRight = Callable[[Page], None]


def test_one_click_fills_in_a_demo_person_who_can_then_log_in(open_as: OpenAs, settings: Settings) -> None:
    settings.DEMO_ALLOWED = True
    ensure_demo_people()
    page = open_as(None, "/settings/")
    page.get_by_role("button", name="Bob").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()


def test_the_theme_button_changes_at_once_and_is_remembered(open_as: OpenAs) -> None:
    user = make_user()
    page = open_as(user, "/settings/")
    assert page.evaluate("document.documentElement.dataset.theme") is None
    with page.expect_response("**/settings/theme/"):
        page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert User.objects.get().theme == "dark"


def test_somebody_without_a_choice_gets_the_theme_of_the_device(open_as: OpenAs) -> None:
    read = "getComputedStyle(document.body).backgroundColor"
    light, dark = (
        open_as(make_user(), "/settings/", scheme=scheme).evaluate(read) for scheme in ("light", "dark")
    )
    assert light != dark


def test_the_account_menu_opens_and_closes_by_keyboard(open_as: OpenAs) -> None:
    page = open_as(make_user("kim"), "/settings/")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Settings")).to_be_hidden()


def test_the_first_tab_leads_to_the_content(open_as: OpenAs) -> None:
    page = open_as(make_user(), "/settings/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_revoking_a_key_asks_once(open_as: OpenAs) -> None:
    user = make_user()
    page = open_as(user, "/settings/api-keys/")
    page.get_by_label("Name", exact=True).fill("nightly")
    page.get_by_role("button", name="Create key").click()
    expect(page.locator("#secret")).to_contain_text("orc_")
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel").click()
    assert user.api_keys.get().is_active
    page.get_by_role("button", name="Revoke nightly").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("no longer works")).to_be_visible()
    assert not user.api_keys.get().is_active


def test_the_account_pages_look_right(open_as: OpenAs, looks_right: LooksRight) -> None:
    looks_right(open_as(None, "/login/"))
    for name in ("", "notifications/", "security/", "api-keys/"):
        looks_right(open_as(make_user(), f"/settings/{name}"))
