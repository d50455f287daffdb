"""Pages of corporations in a browser: added by number and name, read as tables, lent, characters asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.trading.eve.stand_in import answer, fault
from tests.trading.strategy.scene import Scene, eve
from trading.strategy.domain.kinds import KINDS
from trading.strategy.models import Corporation
from trading.strategy.services.generating import generate_corporation

Looks = Callable[[Page], None]


@pytest.fixture
def scene(transactional_db: None) -> Iterator[Scene]:
    with eve() as made:
        yield made


def test_a_corporation_is_added_by_its_name_and_faults_are_told(
    open_as: OpenAs, looks_right: Looks, scene: Scene, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch.allow(r"400|503")
    monkeypatch.setattr("trading.eve.http.time.sleep", lambda seconds: None)
    page = open_as(make_user("bob"), "/strategy/corporations/")
    expect(page.get_by_text("No corporation yet")).to_be_visible()
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Add a corporation").first.click()
    looks_right(page)
    page.get_by_label("EVE's number of the corporation").fill("Lantern")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A corporation's id is a number")).to_be_visible()
    looks_right(page)

    scene.esi.replies["/universe/ids"] = answer({})
    page.get_by_role("textbox", name="Its name").fill("Generated Industrie")
    page.keyboard.press("Enter")
    expect(page.get_by_text("EVE knows no corporation called “Generated Industrie”")).to_be_visible()
    scene.esi.replies["/universe/ids"] = fault(503)
    page.get_by_role("textbox", name="Its name").fill("Generated Industries")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ESI has a problem of its own")).to_be_visible()
    scene.esi.replies["/universe/ids"] = answer(
        {"corporations": [{"id": 98_000_001, "name": "Generated Industries"}]}
    )
    page.get_by_role("button", name="Find it").click()
    expect(page.get_by_text("EVE's number 98000001")).to_be_visible()
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Add Generated Industries").click()
    expect(page.get_by_text("42 members")).to_be_visible()
    expect(page.get_by_text("ESI · just now · holds")).to_be_visible()
    looks_right(page)


def test_what_a_character_is_asked_for_is_said_before_and_what_it_agreed_to_after(
    open_as: OpenAs, looks_right: Looks, scene: Scene, watch: Watch
) -> None:
    watch.allow(r"400")
    scene.connect(scopes=["esi-wallet.read_corporation_wallets.v1"])
    page = open_as(scene.owner, f"/strategy/corporations/{scene.corporation.pk}/")
    characters = page.get_by_role("region", name="Characters")
    expect(characters).to_contain_text("Not agreed: Who is in the corporation;")
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Connect a character").click()
    expect(page.get_by_text("Shown as Wallets, Income and expenses.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Its orders on the market").uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Who is in the corporation")).to_be_visible()
    expect(page.get_by_text("Its orders on the market")).to_have_count(0)
    link = page.get_by_role("link", name="Log in at EVE Online").get_attribute("href") or ""
    assert link.startswith(scene.login.server.url)
    assert "read_corporation_orders" not in link
    looks_right(page)
    page.goto("/strategy/characters/back/?state=other")
    expect(page.get_by_text("belongs to no log-in")).to_be_visible()


def test_every_kind_of_data_is_a_page_to_read(open_as: OpenAs, looks_right: Looks) -> None:
    owner = make_user("owner")
    made = generate_corporation(owner)
    page = open_as(owner, "/strategy/corporations/")
    looks_right(page)
    for kind in KINDS:
        page.goto(f"/strategy/corporations/{made.pk}/data/{kind}/")
        expect(page.get_by_role("heading", name=KINDS[kind].title, exact=True).first).to_be_visible()
        expect(page.get_by_text("nobody plays it")).to_be_visible()
        if kind in ("journal", "jobs", "history", "indices"):
            looks_right(page)
    bare = Corporation.objects.create(owner=owner, eve_id=98_000_002, name="Bare")
    for kind in ("wallets", "prices"):
        page.goto(f"/strategy/corporations/{bare.pk}/data/{kind}/")
        expect(page.get_by_text("Nothing is known of this yet")).to_be_visible()
        looks_right(page)


def test_it_is_lent_by_keyboard_and_read_by_the_other(open_as: OpenAs, looks_right: Looks) -> None:
    owner, friend = make_user("owner"), make_user("friend")
    made = generate_corporation(owner)
    page = open_as(owner, f"/strategy/corporations/{made.pk}/")
    looks_right(page)
    page.get_by_label("Username").focus()
    page.keyboard.type("friend")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lent to friend.")).to_be_visible()
    other = open_as(friend, f"/strategy/corporations/{made.pk}/")
    expect(other.get_by_text("lent by")).to_be_visible()
    expect(other.get_by_role("button", name="Give back")).to_be_visible()
    expect(other.get_by_role("button", name="Delete it")).to_have_count(0)
    looks_right(other)
