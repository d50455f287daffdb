"""AI in the browser: keys and budget on their page, and an answer that is seen while it is written."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from orchestrator.accounts.models import Role
from orchestrator.ai.services.budgets import set_budget
from orchestrator.graphs.steps import Outcome, Progress, StepContext, Succeeded
from tests.browser.conftest import OpenAs
from tests.executions.test_feed import _in_thread
from tests.factories import make_user, make_workflow, start
from tests.probes import behaviour, probe


def test_keys_and_budget_by_keyboard_and_in_both_themes(
    open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    user = make_user()
    set_budget(make_user(role=Role.ADMIN), user.pk, Decimal(20))
    page = open_as(user, "/settings/ai/")
    page.get_by_label("Your key").nth(1).fill("gsk-0123456789abcdWXYZ")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Key ending in WXYZ")).to_be_visible()
    expect(page.get_by_label("Share of the monthly limit that is used")).to_be_visible()
    assert "gsk-0123456789" not in page.content()
    looks_right(page)


def test_an_answer_is_seen_while_it_is_written(open_as: OpenAs, drain: Callable[[], None]) -> None:
    workflow = make_workflow(nodes=[probe("write", title="Write it")])
    execution = start(workflow)
    seen = threading.Event()

    async def write(step: StepContext) -> Outcome:
        for number in range(200):
            step.tell(Progress(f"<b>Dear</b> customer {number}", number))
            await asyncio.sleep(0.05)
            if seen.is_set():
                break
        return Succeeded({"text": "done"})

    def look(page: Any) -> None:
        expect(page.get_by_text("<b>Dear</b> customer").first).to_be_visible(timeout=15_000)
        expect(page.get_by_role("heading", name="Being written")).to_be_visible()

    with behaviour("write", write):
        working = threading.Thread(target=_in_thread, args=[drain])
        page = open_as(workflow.owner, f"/executions/{execution.pk}/")
        working.start()
        try:
            look(page)
        finally:
            seen.set()
            working.join(20)
    expect(page.get_by_role("heading", name="Being written")).to_be_hidden()
