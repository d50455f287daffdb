"""A browser, the site it looks at, and people who are logged in there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from orchestrator.accounts.models import User
from tests.browser.server import LiveSite
from tests.browser.watching import Watch, axe, scrolls_sideways

DESKTOP: Final[ViewportSize] = {"width": 1440, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
TIMEOUT_MS = 15_000
expect.set_options(timeout=TIMEOUT_MS)

OpenAs = Callable[..., Page]


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = _chromium() is None
    for item in items:
        if "tests/browser/" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.browser)
        item.add_marker(pytest.mark.django_db(transaction=True))
        # A page that is left while it loads something cancels the request; Django then leaves its body and
        # its connection to the garbage collector.
        item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
        if missing:
            item.add_marker(
                pytest.mark.skip("There is no Chromium here. On Debian: apt-get install chromium")
            )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop runs in the thread of the test, where Django would refuse the ORM.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        arguments = ["--use-fake-device-for-media-stream"]  # it beeps; pages still have to be let at it
        arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
        found = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        yield found
        found.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(django_db_setup: None) -> Iterator[LiveSite]:
    site = LiveSite()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page had a script error, a console error or a CSP violation."""
    watch = Watch()
    yield watch
    watch.check()


@pytest.fixture
def open_as(browser: Browser, site: LiveSite, watch: Watch, transactional_db: None) -> Iterator[OpenAs]:
    """``open_as(user, "/path/")`` gives a page of a new browser profile, logged in without the form.

    ``phone=True`` for a narrow one, ``scheme="dark"`` for a device that prefers dark; other options go to
    Playwright's ``new_context``. ``None`` as the user is somebody who is not logged in.
    """
    contexts: list[BrowserContext] = []

    def open_page(user: User | None, path: str = "/", *, phone: bool = False, **options: Any) -> Page:
        options.setdefault("color_scheme", options.pop("scheme", "light"))
        options.setdefault("timezone_id", "UTC")  # as people's zone at first: nothing is offered
        size = PHONE if phone else DESKTOP
        context = browser.new_context(base_url=site.url, viewport=size, reduced_motion="reduce", **options)
        context.set_default_timeout(TIMEOUT_MS)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": _session(user), "url": site.url}])
        page = context.new_page()
        watch.attach(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            watch.release(page)
        context.close()
    site.rest()


@pytest.fixture
def looks_right() -> Callable[[Page], None]:
    """Checks a page in both themes with axe, and that it does not scroll sideways at 390 px.

    The page has to be the one to look at: a click on a link returns before the next page is there.
    """

    def check(page: Page) -> None:
        for theme in ("light", "dark"):
            page.locator("html").evaluate("(root, theme) => { root.dataset.theme = theme }", theme)
            _no_findings(page, theme)
        size = page.viewport_size
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        assert not scrolls_sideways(page), "the page scrolls sideways at 390 px"
        _no_findings(page, "390 px")
        if size is not None:
            page.set_viewport_size(size)

    return check


def _no_findings(page: Page, where: str) -> None:
    findings = axe(page)
    if findings:
        pytest.fail(f"axe, {where}:\n" + "\n".join(findings), pytrace=False)


def _session(user: User) -> str:
    client = Client()
    client.force_login(user, backend="orchestrator.accounts.backends.AnyCaseBackend")
    return client.cookies["sessionid"].value
