"""Ten thousand entries read in one go: few of them are in the page, and each stays where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from playwright.sync_api import Page, expect

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from tests.browser.conftest import OpenAs
from tests.workspaces.making import make_workspace, tell_of_phase
from workspaces.domain.vocabulary import MessageType
from workspaces.models import PatternWorkspace, WorkspaceMessage
from workspaces.services.notes import write_note
from workspaces.services.timeline import retell

ENTRIES: Final = 10_000
IN_PAGE: Final = 1_100
"""What the page may hold at once: the stretches in sight, and eight on either side."""

_READ_UP: Final = """
async ([box, wanted]) => {
  const count = () => Number(document.querySelector("[data-entries]").dataset.count);
  const first = () => box.querySelector("[data-entry]");
  const found = { most: 0, long: 0, longest: 0, moved: 0 };
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      found.long += 1;
      found.longest = Math.max(found.longest, each.duration);
    }
  }).observe({ entryTypes: ["longtask"] });
  const began = performance.now();
  const more = () => box.querySelector("[data-older]") && performance.now() - began < 180_000;
  while (count() < wanted && more()) {
    box.scrollTop = 0;
    await new Promise(requestAnimationFrame);
    const [there, seen] = [count(), first()];
    const top = seen.getBoundingClientRect().top;
    while (count() === there && more())
      await new Promise((go) => setTimeout(go, 2));
    found.moved = Math.max(found.moved, Math.abs(seen.getBoundingClientRect().top - top));
    found.most = Math.max(found.most, box.querySelectorAll("[data-entry]").length);
  }
  return { ...found, count: count(), seconds: (performance.now() - began) / 1000 };
}
"""
_WALK_DOWN: Final = """
async (box) => {
  const found = { stops: 0, bare: 0, most: 0, disordered: 0, median: 0, slowest: 0 };
  const frames = [];
  for (let last = "", stuck = 0; stuck < 2 && found.stops < 1_000; found.stops += 1) {
    const [before, began] = [box.scrollTop, performance.now()];
    box.scrollTop += box.clientHeight * 12;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    frames.push(performance.now() - began);
    const { top, bottom } = box.getBoundingClientRect();
    const all = [...box.querySelectorAll("[data-entry]")];
    const seen = all.filter((each) => {
      const place = each.getBoundingClientRect();
      return place.bottom > top && place.top < bottom;
    });
    found.bare += seen.length ? 0 : 1;
    const falls = seen.some((each, at) => at && seen[at - 1].id >= each.id);
    found.disordered += falls || seen[0]?.id < last ? 1 : 0;
    found.most = Math.max(found.most, all.length);
    last = seen[0]?.id ?? last;
    stuck = box.scrollTop === before ? stuck + 1 : 0;
  }
  frames.sort((one, other) => one - other);
  return { ...found, median: frames[frames.length >> 1], slowest: frames.at(-1) };
}
"""


def _fill(workspace: PatternWorkspace, count: int) -> None:
    start, pause = utc_now() - timedelta(days=40), timedelta(days=40) / (count + 1)
    WorkspaceMessage.objects.bulk_create(
        (
            WorkspaceMessage(
                id=id_at(start + pause * number),
                workspace=workspace,
                type=MessageType.NOTE.value,
                content=f"note {number} " + "with some more words " * (number % 30),
                created_at=start + pause * number,
                updated_at=start + pause * number,
            )
            for number in range(count)
        ),
        batch_size=2_000,
    )


def _read_up(page: Page) -> dict[str, Any]:
    box = page.locator("[data-timeline]").element_handle()
    found: dict[str, Any] = page.evaluate(_READ_UP, [box, ENTRIES])
    return found


def test_ten_thousand_entries_stay_smooth_and_live(open_as: OpenAs) -> None:
    workspace = make_workspace()
    _fill(workspace, ENTRIES)
    phase = tell_of_phase(workspace)
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/")
    box, entries = page.locator("[data-timeline]"), page.locator("[data-entry]")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "20")

    up = _read_up(page)
    print(f"read up: {up}")  # noqa: T201 - figures for docs/performance.md
    assert up["count"] >= ENTRIES
    assert up["most"] < IN_PAGE
    assert up["moved"] < 1, "what one reads stays where it is while older ones come above it"

    phase_entry = page.locator(f"#m-{phase.pk}")
    expect(phase_entry).to_have_count(0)
    box.evaluate("box => { box.scrollTop = box.scrollHeight / 2 }")
    seen = "box => { const top = box.getBoundingClientRect().top; const one = [...box.querySelectorAll("
    seen += "'[data-entry]')].find((each) => each.getBoundingClientRect().bottom > top);"
    seen += "return [one.id, Math.round(one.getBoundingClientRect().top)] }"
    page.wait_for_timeout(200)
    middle = box.evaluate(seen)
    with transaction.atomic():
        retell(phase, progress=70)
    write_note(workspace.created_by, workspace.pk, text="Written meanwhile")
    expect(page.locator("[data-jump]")).to_contain_text("1 new", timeout=15_000)
    assert box.evaluate(seen) == middle
    assert entries.count() < IN_PAGE

    page.locator("[data-jump] a").click()
    expect(page.get_by_text("Written meanwhile")).to_be_in_viewport()
    expect(page.locator("[data-jump]")).to_be_hidden()
    expect(phase_entry.get_by_role("progressbar")).to_have_attribute("value", "70")

    box.evaluate("box => { box.scrollTop = 0 }")
    expect(page.get_by_text("the workspace was begun")).to_have_count(0)
    expect(page.locator("[data-entry]").first).to_contain_text("note 0 ")
    down = box.evaluate(_WALK_DOWN)
    print(f"walked down: {down}")  # noqa: T201
    assert down["bare"] == 0, "wherever one stops, there are entries"
    assert down["disordered"] == 0
    assert down["most"] < IN_PAGE
    expect(page.get_by_text("Written meanwhile")).to_be_in_viewport()


def test_an_entry_with_the_keyboard_s_focus_stays_in_the_page(open_as: OpenAs) -> None:
    workspace = make_workspace()
    _fill(workspace, 1_200)
    page = open_as(workspace.created_by, f"/workspaces/{workspace.pk}/")
    last = page.locator("[data-entry]").last
    last.evaluate("entry => { entry.tabIndex = 0; entry.focus() }")
    name = last.get_attribute("id")
    box = page.locator("[data-timeline]").element_handle()
    page.evaluate(_READ_UP, [box, 1_200])
    expect(page.locator(f"[id='{name}']")).to_be_focused()
    stretches = page.locator("[data-stretch]:empty")
    assert stretches.count() > 0, "others are folded away"
