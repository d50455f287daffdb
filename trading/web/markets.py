"""Pages of markets: finding one, and what is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.api.pagination import WithTies
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from orchestrator.core.web.paging import keyset_page
from trading.domain.addresses import read_typed
from trading.domain.vocabulary import Side
from trading.models import Portfolio, Tape
from trading.queries import market_pages as pages
from trading.queries.portfolio_pages import paper_portfolio_of
from trading.queries.tape_pages import prices_on
from trading.web.charts import prices_chart
from trading.web.market_filters import chosen_in, filters_of
from trading.web.market_rows import rows_of

_LEVELS: Final = 6


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Markets that are known here, by what the address asks for, with their prices as bars."""
    chosen = chosen_in(request)
    typed = read_typed(chosen.get("search", ""))
    if typed.is_exact:
        return redirect(f"{reverse('trading:exchange')}?{urlencode(chosen)}")
    ordering = pages.ordering_of(chosen)
    page = keyset_page(
        request, pages.markets_for(chosen, now=utc_now()), ordering=ordering, size=25, by=WithTies
    )
    context = {
        **filters_of(chosen, ordering=ordering, here="known"),
        "page": page,
        "rows": rows_of(page.items),
        "fetched_at": pages.last_fetched(),
        "may_build": person(request).may_build,
    }
    return render(request, "trading/markets.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A market with its rules, and the books and prices that a tape of the reader's has of it."""
    user = person(request)
    market = pages.find_market(pk)
    tapes = list(pages.tapes_about(user, market)[:20])
    tape = _chosen(tapes, request.GET.get("tape", ""))
    told = pages.told_by(tape, market) if tape is not None else []
    outcomes = [_priced(each, told) for each in pages.outcomes_of(market)]
    portfolio = paper_portfolio_of(user)
    context: dict[str, Any] = {
        "here_tab": "markets",
        "market": market,
        "outcomes": outcomes,
        "is_open": market.is_active and not market.is_closed and not market.winner,
        "tapes": tapes,
        "tape": tape,
        "books": [(each, _ladder(each, Side.BUY), _ladder(each, Side.SELL)) for each in told],
        "order_url": _order_url(portfolio),
        "sides": [(Side.BUY.value, "Buy"), (Side.SELL.value, "Sell")][: 2 if portfolio else 1],
        "key": str(new_id()),
        "may_build": user.may_build,
    }
    if tape is not None and outcomes:
        context["chart"] = prices_chart(outcomes[0].name, prices_on(tape.pk, outcomes[0].token))
    return render(request, "trading/market.html", context)


def _chosen(tapes: list[Tape], wanted: str) -> Tape | None:
    """The tape that the address names, else the newest."""
    return next((each for each in tapes if str(each.pk) == wanted), tapes[0] if tapes else None)


def _priced(outcome: pages.Outcome, told: list[pages.Told]) -> pages.Outcome:
    """With the middle of the tape's book where the exchange tells no price."""
    book = next((each.book for each in told if each.outcome.token == outcome.token), None)
    return outcome if outcome.price is not None or book is None else replace(outcome, price=book.mid)


def _order_url(portfolio: Portfolio | None) -> str:
    """Where an order by hand is placed; without a portfolio, one is opened first."""
    if portfolio is None:
        return reverse("trading:new-portfolio")
    return reverse("trading:new-order", args=[portfolio.pk])


def _ladder(told: pages.Told, side: Side) -> list[Any]:
    return [] if told.book is None else list(told.book.levels(side))[:_LEVELS]
