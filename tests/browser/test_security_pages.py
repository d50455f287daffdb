"""Two-step log-in, log-ins, lock-out, the zone of the device, and the admin's own policy, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from orchestrator.accounts.models import Role, User
from tests.accounts.conftest import code_of
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import PASSWORD, make_user

LooksRight = Callable[[Page], None]


def log_in(page: Page, name: str = "kim", password: str = PASSWORD) -> None:
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")


def test_two_step_log_in_from_setting_it_up_to_a_recovery_code(
    open_as: OpenAs, looks_right: LooksRight, watch: Watch
) -> None:
    watch.allow(r"400")
    make_user("kim", password=PASSWORD)
    page = open_as(None, "/settings/security/")
    log_in(page)
    page.get_by_role("link", name="Set up").click()
    secret = page.locator("#secret").inner_text()
    assert page.locator("img[alt*='QR code']").evaluate("img => img.naturalWidth > 0"), "the policy admits it"
    looks_right(page)

    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_label("Present password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("not the code that the app shows")).to_be_visible()
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_label("Present password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    first, *rest = page.locator("#codes").inner_text().split()
    assert len(rest) == 9
    looks_right(page)

    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    page.locator("summary", has_text="Account").click()
    page.get_by_role("button", name="Log out", exact=True).click()
    log_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    looks_right(page)
    page.get_by_label("Code").fill(first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.goto("/settings/security/")
    expect(page.get_by_text("9 recovery codes left")).to_be_visible()


def test_somebody_who_is_locked_out_is_told_until_when(
    open_as: OpenAs, looks_right: LooksRight, watch: Watch
) -> None:
    watch.allow(r"429")
    make_user("kim", password=PASSWORD)
    page = open_as(None, "/login/")
    for _ in range(5):
        log_in(page, password="wrong")
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Try again in 15 minutes")
    looks_right(page)


def test_one_browser_logs_the_other_out_and_then_both(open_as: OpenAs) -> None:
    make_user("kim", password=PASSWORD)
    here, there = open_as(None, "/settings/security/"), open_as(None, "/settings/security/", phone=True)
    for page in (here, there):
        log_in(page)
        expect(page.get_by_role("heading", name="Where you are logged in")).to_be_visible()
    here.reload()
    here.get_by_role("button", name=re.compile("Log out Chrome")).click()
    expect(here.get_by_text("That browser is logged out")).to_be_visible()
    there.reload()
    expect(there.get_by_role("heading", name="Log in")).to_be_visible()
    here.get_by_role("button", name="Log out everywhere").click()
    here.get_by_role("alertdialog").get_by_role("button", name="Log out everywhere").click()
    expect(here.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_zone_of_the_device_is_offered_once_and_then_used(
    open_as: OpenAs, looks_right: LooksRight
) -> None:
    user = make_user("kim")
    page = open_as(user, "/settings/", timezone_id="Asia/Tokyo")
    expect(page.get_by_text("Your device is in Asia/Tokyo")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Use mine").click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    expect(page.get_by_text("Your device is in")).to_be_hidden()
    assert User.objects.get().time_zone == "Asia/Tokyo"


def test_nothing_is_offered_where_the_zones_agree(open_as: OpenAs) -> None:
    page = open_as(make_user(), "/settings/", timezone_id="UTC")
    expect(page.get_by_label("Time zone")).to_have_value("UTC")
    expect(page.get_by_text("Your device is in")).to_be_hidden()


def test_the_admin_works_under_a_policy_of_its_own(open_as: OpenAs) -> None:
    admin = make_user("root", role=Role.ADMIN, is_staff=True, is_superuser=True)
    page = open_as(admin, "/admin/accounts/user/")
    page.get_by_text("Filters").click()
    expect(page.get_by_text("By staff status").or_(page.get_by_text("Staff status")).first).to_be_visible()
    answer = page.request.get("/admin/accounts/user/")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    strict = page.request.get("/settings/").headers["content-security-policy"]
    assert "unsafe" not in strict


def test_the_pages_before_and_around_logging_in_look_right(open_as: OpenAs, looks_right: LooksRight) -> None:
    for path in ("/password/forgotten/", "/password/x/y/"):
        looks_right(open_as(None, path))
    user = make_user()
    for path in ("roles/", "security/two-steps/off/", "security/recovery-codes/"):
        looks_right(open_as(user, f"/settings/{path}"))


def test_the_operations_page_looks_right_and_refreshes_itself(
    open_as: OpenAs, looks_right: LooksRight
) -> None:
    page = open_as(make_user(is_staff=True), "/operations/")
    expect(page.get_by_role("link", name="Operations")).to_have_attribute("aria-current", "page")
    looks_right(page)
    with page.expect_response("**/operations/?part=live", timeout=8_000) as answer:
        pass
    assert answer.value.ok
    expect(page.get_by_role("heading", name="Event partitions")).to_be_visible()
