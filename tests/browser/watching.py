"""Notices what goes wrong inside a page: script errors, console errors, CSP violations, axe's findings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Error, Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Watch:
    """What a page complained about. ``allow`` what a test provokes on purpose."""

    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Complaints in which the pattern is found are expected from here to the end of the test."""
        self.allowed.append(pattern)

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", self._error)

    def release(self, page: Page) -> None:
        """Before it is closed: it may finish what it has asked for, so that nothing is cut short by us."""
        if page.is_closed():
            return
        page.wait_for_function("() => !document.querySelector('.htmx-request')")
        page.remove_listener("console", self._console)
        page.remove_listener("pageerror", self._error)

    def check(self) -> None:
        bad = [text for text in self.complaints if not any(re.search(each, text) for each in self.allowed)]
        assert not bad, "the page complained:\n" + "\n".join(bad)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _error(self, error: Error) -> None:
        self.complaints.append(f"script error: {error}")


def axe(page: Page, part: str = "html") -> list[str]:
    """What axe finds wrong with the page, or a part of it, as it is shown now; one line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options: dict[str, Any] = {"runOnly": RULES, "resultTypes": ["violations"]}
    result = page.evaluate("([part, options]) => axe.run(part, options)", [part, options])
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in result["violations"]
        for node in found["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page itself, not a box inside it, is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
