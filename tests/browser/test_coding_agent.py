"""Choosing who works corrections in, and the page of a run that an agent worked."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.workspaces.coding.scene import Scene, make_scene
from workspaces import agent
from workspaces.models import ClaudeExecution
from workspaces.services.coding.sending import send_batch
from workspaces.services.reviewing import review

DIFF = """diff --git a/detectors/swings.py b/detectors/swings.py
--- a/detectors/swings.py
+++ b/detectors/swings.py
@@ -40,3 +40,3 @@ def find_swings(candles, parameters):
-    around = left + right
+    around = left + right + 1
     high, low = candles.high, candles.low
"""
WHY = "“/etc/passwd” lies outside of the algorithm's folder"
LOG = [
    {"kind": "said", "what": "I look at how swings are found first.", "name": "", "why": "", "at": ""},
    {"kind": "used", "name": "Read", "what": "detectors/swings.py", "why": "", "at": ""},
    {"kind": "refused", "name": "Read", "what": "/etc/passwd", "why": WHY, "at": ""},
    {"kind": "used", "name": "Edit", "what": "detectors/swings.py", "why": "", "at": ""},
    {"kind": "wrong", "what": "String to replace not found in file.", "name": "", "why": "", "at": ""},
    {
        "kind": "said",
        "what": "A bar short.\nNow it holds both.",
        "name": "",
        "why": "",
        "at": "",
    },
]


@pytest.fixture
def scene() -> Scene:
    scene = make_scene(bars=150)
    review(scene.user, scene.session.pk, 1, verdict="right")
    return scene


def test_a_backend_that_is_not_ready_says_why_and_cannot_be_chosen(
    scene: Scene, open_as: OpenAs, looks_right: Callable[[Page], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "missing", lambda: "It is not installed here: make claude.")
    page = open_as(scene.user, f"/workspaces/{scene.workspace.pk}/runs/")
    page.get_by_role("button", name="Send 1 review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Tuner")).to_be_checked()
    expect(dialog.get_by_role("radio", name="Claude")).to_be_disabled()
    expect(dialog.get_by_text("Not ready: It is not installed here: make claude.")).to_be_visible()
    looks_right(page)
    dialog.get_by_role("button", name="Send").click()
    expect(page.get_by_text("worked in by the tuner")).to_be_visible()
    assert ClaudeExecution.objects.get().backend == "tuner"


def test_what_an_agent_did_and_cost_stands_on_the_page_of_its_run(
    scene: Scene, open_as: OpenAs, looks_right: Callable[[Page], None]
) -> None:
    run = send_batch(scene.user, scene.workspace.pk)
    ClaudeExecution.objects.filter(pk=run.pk).update(
        backend="claude", model="claude-sonnet-5-5", turns=7, input_tokens=182_340, output_tokens=6_410,
        cost=Decimal("0.428650"), log=LOG, status="failed", phase="testing", diff=DIFF,
        files_changed=["detectors/swings.py"], error="The agent found nothing that keeps more.",
        phases={"planning": {}, "implementing": {}, "testing": {"times": 3}, "refining": {"times": 2}},
    )  # fmt: skip
    page = open_as(scene.user, f"/workspaces/{scene.workspace.pk}/runs/{run.pk}/")
    expect(page.get_by_role("heading", name="What it tried")).to_be_visible()
    agent_box = page.get_by_role("region", name="Agent")
    expect(agent_box).to_contain_text("182,340")
    expect(agent_box).to_contain_text("$0.42865")
    expect(agent_box).to_contain_text(f"Refused: Read /etc/passwd {WHY}.")
    looks_right(page)
