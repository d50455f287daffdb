"""Tapes, markets and portfolios in a browser: made up, imported, looked at, and traded by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FilePayload, Page, expect

from orchestrator.accounts.models import User
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user
from trading.domain.tapes import write_tape
from trading.models import Market, Order, Portfolio, Tape
from trading.queries.tapes import header_of, read_messages
from trading.services.portfolios import create_portfolio
from trading.services.tapes import generate_tape

Looks = Callable[[Page], None]


def scene() -> tuple[User, Tape, Portfolio]:
    ann = make_user("ann")
    tape = generate_tape(ann, name="Autumn", seed=5, messages=2_000, markets=2)
    return ann, tape, create_portfolio(ann, name="Trial")


def test_a_tape_is_generated_and_says_that_nobody_traded_it(open_as: OpenAs, looks_right: Looks) -> None:
    page = open_as(make_user("ann"), "/trading/tapes/")
    expect(page.get_by_text("No tapes yet")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Generate a tape").click()
    page.get_by_label("Name").fill("Winter")
    page.get_by_label("Messages").fill("1000")
    looks_right(page)
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("heading", name="Winter", exact=True)).to_be_visible()
    expect(page.get_by_text("Nobody traded this.")).to_be_visible()
    looks_right(page)


def test_an_import_names_the_faulty_line_and_then_takes_the_file(
    open_as: OpenAs, looks_right: Looks, watch: Watch
) -> None:
    ann, tape, _ = scene()
    whole = b"".join(write_tape(header_of(tape), read_messages(tape.pk)))
    good: FilePayload = {"name": "autumn.jsonl.gz", "mimeType": "application/gzip", "buffer": whole}
    text = b'{"format": "orchestrator-tape", "version": 1, "name": "x"}\n{"kind": "rumour"}\n'
    bad: FilePayload = {"name": "x.jsonl", "mimeType": "text/plain", "buffer": text}
    watch.allow(r"400")
    page = open_as(ann, "/trading/tapes/import/")
    page.get_by_label("Tape file").set_input_files(bad)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Line 2: “rumour” is no kind of message.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Tape file").set_input_files(good)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Autumn", exact=True)).to_be_visible()
    assert Tape.objects.count() == 2


def test_an_order_is_placed_by_keyboard_once_and_shows_what_it_would_do(
    open_as: OpenAs, looks_right: Looks
) -> None:
    ann, _, portfolio = scene()
    page = open_as(ann, f"/trading/portfolios/{portfolio.pk}/orders/new/")
    page.get_by_label("Type").select_option("market")
    page.get_by_label("Time in force").select_option("fak")
    page.get_by_label("Size", exact=True).focus()
    page.keyboard.type("20")
    expect(page.locator("#order-preview")).to_contain_text("20 tokens")
    looks_right(page)
    page.get_by_label("Size", exact=True).press("Enter")
    expect(page.get_by_text("The order is filled.")).to_be_visible()
    assert Order.objects.get().filled_size == 20
    looks_right(page)
    for place in ("Orders", "Fills", "Ledger"):
        page.get_by_role("navigation", name="This portfolio").get_by_role("link", name=place).click()
        expect(page.locator("table").first).to_be_visible()
        looks_right(page)


def test_markets_are_found_and_show_the_books_of_ones_tapes(open_as: OpenAs, looks_right: Looks) -> None:
    ann, _, _ = scene()
    page = open_as(ann, "/trading/markets/")
    expect(page.get_by_text("No market feed is running")).to_be_visible()
    looks_right(page)
    market = Market.objects.order_by("pk").first()
    assert market is not None
    page.goto(f"/trading/markets/{market.pk}/")
    expect(page.get_by_role("table", name="Order book of Yes")).to_be_visible()
    looks_right(page)
