"""Markets in a browser: found at the exchange, added, recorded, handed to a strategy, traded by hand."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect
from pytest_django import Settings

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Workflow
from tests.browser.conftest import OpenAs
from tests.browser.watching import Watch
from tests.factories import make_user
from tests.stand_in import Answer
from tests.trading.feed.making import feeding, until
from tests.trading.polymarket.exchange import exchange
from tests.trading.polymarket.payloads import gamma_market
from trading.models import Market, Order, Portfolio, Tape
from trading.services.portfolios import create_portfolio
from trading.services.tapes import generate_tape

Looks = Callable[[Page], None]


def scene() -> tuple[User, Market]:
    ann = make_user("ann")
    generate_tape(ann, name="Autumn", seed=5, messages=2_000, markets=1)
    return ann, Market.objects.get()


def test_a_market_is_found_at_the_exchange_added_recorded_and_the_recording_ended(
    open_as: OpenAs, looks_right: Looks, settings: Settings
) -> None:
    ann = make_user("ann")
    with exchange(settings, markets=[gamma_market(number) for number in range(1, 4)]):
        page = open_as(ann, "/trading/markets/")
        looks_right(page)
        page.get_by_role("link", name="Look at the exchange").click()
        expect(page.get_by_role("button", name="Add Will team 3 win the cup?")).to_be_visible()
        page.get_by_role("searchbox", name="Search").fill("team")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Add Will team 2 win the cup?").press("Enter")
        expect(page.get_by_role("link", name="Known, open Will team 2 win the cup?")).to_be_visible()
        looks_right(page)
        page.get_by_role("link", name="Known, open").click()
        page.get_by_role("button", name="Record a tape").click()
        page.get_by_label("Name").fill("Cup")
        page.get_by_role("button", name="Record", exact=True).click()
        expect(page.get_by_text("Waiting for the first message.")).to_be_visible()
        expect(page.get_by_text("No market feed is running")).to_be_visible()
        looks_right(page)
        with feeding():
            until(lambda: Tape.objects.get().message_count > 0)
            page.reload()
            expect(page.get_by_text("Waiting for the first message.")).to_have_count(0)
            page.get_by_role("button", name="Stop recording").click()
            page.get_by_role("alertdialog").get_by_role("button", name="Stop recording").click()
            expect(page.get_by_text("The recording ends when the recorder next looks.")).to_be_visible()
            until(lambda: Tape.objects.get().status == "ready")
        page.reload()
        expect(page.get_by_text("Whole", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Stop recording")).to_have_count(0)


def test_an_address_is_pasted_and_an_exchange_that_is_away_is_said(
    open_as: OpenAs, looks_right: Looks, settings: Settings
) -> None:
    with exchange(settings, markets=[gamma_market(number) for number in range(1, 4)]) as made:
        page = open_as(make_user("ann"), "/trading/markets/")
        search = page.get_by_role("searchbox", name="Search")
        search.fill("https://polymarket.com/market/will-team-3-win-the-cup")
        search.press("Enter")
        expect(page.get_by_role("button", name="Add Will team 3 win the cup?")).to_be_visible()
        expect(page.get_by_text("Will team 2")).to_have_count(0)
        made.faults = [Answer(503, b"{}")] * 4
        page.goto("/trading/markets/exchange/?search=team")
        expect(page.get_by_text("The exchange did not answer.")).to_be_visible()
        looks_right(page)
        made.faults = []
        page.get_by_role("link", name="Ask again").click()
        expect(page.get_by_role("button", name="Add Will team 1")).to_be_visible()


def test_an_order_goes_by_keyboard_from_the_market_to_a_fill(open_as: OpenAs, looks_right: Looks) -> None:
    ann, market = scene()
    page = open_as(ann, f"/trading/markets/{market.pk}/")
    looks_right(page)
    page.get_by_role("link", name="Buy Yes on paper").press("Enter")
    page.get_by_label("Name").fill("First")
    page.keyboard.press("Enter")  # without a portfolio, one is opened on the way
    expect(page.get_by_role("heading", name="Place an order")).to_be_visible()
    page.get_by_label("Type", exact=True).select_option("market")
    page.get_by_label("In", exact=True).select_option("usdc")
    page.get_by_label("Size", exact=True).focus()
    page.keyboard.type("25")
    preview = page.locator("#order-preview")
    expect(preview).to_contain_text("Price impact")
    expect(preview).to_contain_text("25.00 USDC")
    looks_right(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The order is filled.")).to_be_visible()
    order = Order.objects.get()
    assert order.amount == Decimal(25)
    assert order.status == "filled"
    expect(page.get_by_role("heading", name="Exposure by market")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Fills").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == f"fills-{Portfolio.objects.get().pk}.csv"


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
    open_as: OpenAs, looks_right: Looks, watch: Watch
) -> None:
    ann, _ = scene()
    portfolio = create_portfolio(ann, name="Trial")
    watch.allow(r"400|htmx:")  # a preview under way is dropped as the order is placed
    page = open_as(ann, f"/trading/portfolios/{portfolio.pk}/orders/new/")
    page.get_by_label("Price, USDC a token").fill("0.123456")
    page.get_by_label("Size", exact=True).fill("50")
    page.get_by_label("Time in force").select_option("gtd")
    page.get_by_label("Until, in market time").fill("2030-01-01T00:00")
    page.get_by_role("button", name="Place the order").click()
    expect(page.locator("#id_price_error, .field-error").first).to_contain_text("not a multiple of the tick")
    expect(page.get_by_label("Size", exact=True)).to_have_value("50")
    expect(page.get_by_label("Until, in market time")).to_have_value("2030-01-01T00:00")
    looks_right(page)


def test_outcomes_are_handed_to_a_new_strategy(open_as: OpenAs, looks_right: Looks) -> None:
    ann, market = scene()
    page = open_as(ann, f"/trading/markets/{market.pk}/", phone=True, scheme="dark")
    with page.expect_navigation():
        page.get_by_role("link", name="Use in a strategy").click()
    looks_right(page)
    page.get_by_label("No", exact=True).uncheck()
    page.get_by_label("Strategy", exact=True).select_option(label="Momentum, traded on paper")
    page.get_by_role("button", name="Hand them over").click()
    expect(page.get_by_text("is yours and reads")).to_be_visible()
    stream = Workflow.objects.get().versions.get(is_current=True).nodes[0]
    assert stream["data"]["config"]["tokens"] == [market.outcomes[0]["token"]]
