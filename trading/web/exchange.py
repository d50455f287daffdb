"""Pages that look for markets at the exchange itself, and add one with a click."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput
from orchestrator.core.params import text_of
from trading.domain.errors import BadWire, ExchangeAway, ExchangeRefused, RateLimited
from trading.domain.markets import Market as Found
from trading.queries.market_pages import CLOSING, Outcome, min_volume_of
from trading.services.exploring import Wanted, add_market, find_markets
from trading.web.market_filters import chosen_in, filters_of

_TITLES: Final[dict[type[DomainError], str]] = {
    ExchangeAway: "The exchange did not answer",
    RateLimited: "The exchange wants fewer questions",
    BadWire: "The exchange answered with something that cannot be read",
    ExchangeRefused: "The exchange refused the question",
}


@login_required
@require_safe
def exchange(request: HttpRequest) -> HttpResponse:
    """What the exchange has. The page comes at once, and asks for its results by itself."""
    chosen = chosen_in(request)
    ordering = chosen.get("ordering", "")
    after = text_of(request.GET, "after", most=300)
    context: dict[str, Any] = {
        **filters_of(chosen, ordering=ordering, here="exchange"),
        "results_query": urlencode({**chosen, "after": after, "results": "1"}),
        "server": settings.POLYMARKET_URLS["gamma"],
        "may_build": person(request).may_build,
        "is_first": not after,
    }
    if request.GET.get("results"):
        context |= {"asked": True, **_results(chosen, ordering, after)}
    return render(request, "trading/exchange.html", context)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keep a market of the exchange; with htmx the row that says so, else its page."""
    market = add_market(person(request), request.POST.get("market", ""))
    if "HX-Request" in request.headers:
        return render(request, "trading/_added.html", {"market": market})
    messages.success(request, f"“{market.question}” is known here now.")
    return redirect("trading:market", market.pk)


def _results(chosen: dict[str, str], ordering: str, after: str) -> dict[str, Any]:
    """The rows, or what went wrong in words: a page that cannot ask is no broken page."""
    wanted = Wanted(
        typed=chosen.get("search", ""),
        category=chosen.get("category", ""),
        state=chosen.get("state", ""),
        days=CLOSING.get(chosen.get("closing", "")),
        min_volume=min_volume_of(chosen),
        ordering=ordering,
        after=after,
    )
    try:
        found = find_markets(wanted)
    except InvalidInput as error:
        return {"complaint": error.message}
    except DomainError as error:
        wait = getattr(error, "retry_after_seconds", None)
        title = next((words for kind, words in _TITLES.items() if isinstance(error, kind)), "")
        return {"failure": error.message, "failure_title": title or "Nothing is found", "wait": wait}
    following = urlencode({**chosen, "after": found.next}) if found.next else ""
    rows = [_row(each) | {"known": found.known.get(each.condition_id)} for each in found.markets]
    return {"rows": rows, "following": following, "faulty": found.faulty, "is_exact": found.is_exact}


def _row(market: Found) -> dict[str, Any]:
    """As the list of known markets shows it."""
    winner = market.resolution.winner
    priced = [each for each in market.outcomes if each.token][:3]
    return {
        "market": market,
        "outcomes": [Outcome(each.name, each.token, each.price, each.token == winner) for each in priced],
        "category": market.category or (market.tags[0].label if market.tags else ""),
        "is_resolved": bool(winner),
    }
