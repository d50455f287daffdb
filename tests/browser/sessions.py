"""Opening test sessions in the browser, and waiting until the server has what the page showed at once."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from orchestrator.accounts.models import User
from tests.browser.conftest import OpenAs
from workspaces.models import PatternSession


def opened(
    open_as: OpenAs, session: PatternSession, user: User | None = None, *, query: str = "", **look: bool
) -> Page:
    address = f"/workspaces/{session.workspace_id}/sessions/{session.pk}/{query}"
    page = open_as(user or session.created_by, address, **look)
    expect(page.locator(".session-row").first).to_be_visible()
    return page


def said(session: PatternSession) -> list[tuple[int, str]]:
    return list(session.detections.exclude(verdict="").values_list("number", "verdict"))


def settle(page: Page, session: PatternSession, expected: list[tuple[int, str]]) -> None:
    """Until the server has what the page showed at once."""
    for _ in range(300):
        if said(session) == expected:
            return
        page.wait_for_timeout(100)
    assert said(session) == expected
