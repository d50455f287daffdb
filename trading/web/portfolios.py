"""Pages of portfolios: which there are, what one is worth, its money, orders and ledger."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.ids import new_id
from orchestrator.core.params import texts_of
from orchestrator.core.web.forms import sent
from orchestrator.core.web.paging import keyset_page
from orchestrator.core.web.streaming import file_response
from trading.domain.vocabulary import EntryKind, Mode, OrderStatus, Side
from trading.models import Portfolio
from trading.queries import portfolio_pages as pages
from trading.queries.exposure import exposure_of, limits_of, payouts_of
from trading.queries.ledger_file import fills_csv, ledger_csv
from trading.queries.market_pages import questions_of
from trading.services.portfolios import create_portfolio, deposit, find_portfolio, withdraw
from trading.web.charts import equity_chart
from trading.web.portfolio_forms import MoneyForm, PortfolioForm

_FILTERS: Final = ("search", "mode")


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Portfolios of the person, with what they are worth."""
    user = person(request)
    chosen = texts_of(request.GET, _FILTERS)
    context = {
        "here_tab": "portfolios",
        "page": keyset_page(request, pages.portfolios_for(user, chosen), ordering="-id", size=30),
        "chosen": chosen,
        "modes": [each.value for each in Mode],
        "may_build": user.may_build,
    }
    return render(request, "trading/portfolios.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = PortfolioForm(sent(request))
    if form.is_bound and form.is_valid():
        try:
            made = create_portfolio(user, **form.cleaned_data)
        except InvalidInput as error:
            form.take(error)
        else:
            messages.success(request, f"“{made.name}” is open.")
            if request.GET.get("token"):  # on the way to an order
                return redirect(f"{reverse('trading:new-order', args=[made.pk])}?{request.GET.urlencode()}")
            return redirect("trading:portfolio", made.pk)
    context = {"here_tab": "portfolios", "form": form, "may_build": user.may_build}
    return render(request, "trading/new_portfolio.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a portfolio is worth, holds and waits for."""
    return _detail(request, find_portfolio(person(request), pk))


@login_required
@require_POST
def move(request: HttpRequest, pk: UUID, direction: str) -> HttpResponse:
    """Money in or out, once for one key."""
    if direction not in ("deposit", "withdraw"):
        raise NotFound("Money is put in or taken out.")
    form = MoneyForm(request.POST)
    user, act = person(request), deposit if direction == "deposit" else withdraw
    portfolio = find_portfolio(user, pk)
    if form.is_valid():
        data = form.cleaned_data
        try:
            act(user, pk, amount=data["amount"], memo=data["memo"], reference=data["key"])
        except InvalidInput as error:
            form.take(error)
        else:
            word = "put in" if direction == "deposit" else "taken out"
            messages.success(request, f"{data['amount']:,f} USDC were {word}.")
            return redirect("trading:portfolio", pk)
    return _detail(request, portfolio, **{direction: form})


def _detail(request: HttpRequest, portfolio: Portfolio, **forms: MoneyForm) -> HttpResponse:
    user = person(request)
    positions = list(portfolio.positions.all())
    sums = pages.sums_of(portfolio, positions)
    standing = list(pages.orders_for(user, {"portfolio": str(portfolio.pk), "status": "standing"})[:200])
    rows = pages.held_in(positions, sums)
    held = [each for each in rows if each.position.size]
    exposure = exposure_of(held, standing)
    key = str(new_id())
    context: dict[str, Any] = {
        **_head(request, portfolio, "overview"),
        "sums": sums,
        "held": held,
        "closed": [each for each in rows if not each.position.size][:20],
        "exposure": exposure,
        "limits": limits_of(portfolio, sums, exposure, held),
        "payouts": payouts_of(portfolio),
        "standing": standing,
        "outcomes": questions_of({each.token for each in standing}),
        "chart": equity_chart(pages.curve_of(portfolio, sums)),
        "deposit": forms.get("deposit") or MoneyForm(initial={"key": key}, auto_id="deposit_%s"),
        "withdraw": forms.get("withdraw") or MoneyForm(initial={"key": key}, auto_id="withdraw_%s"),
        "wrong": next(iter(forms), ""),
    }
    return render(request, "trading/portfolio.html", context, status=400 if forms else 200)


@login_required
@require_safe
def orders(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every order of the portfolio, by what the address asks for."""
    user = person(request)
    portfolio = find_portfolio(user, pk)
    names = ("status", "side", "by")
    chosen = texts_of(request.GET, names)
    rows = pages.orders_for(user, {**chosen, "portfolio": str(pk)})
    page = keyset_page(request, rows, ordering="-id", size=30)
    context = {
        **_head(request, portfolio, "orders"),
        "page": page,
        "outcomes": questions_of({each.token for each in page.items}),
        "chosen": chosen,
        "statuses": ["standing", *[each.value for each in OrderStatus]],
        "sides": [each.value for each in Side],
    }
    return render(request, "trading/portfolio_orders.html", context)


@login_required
@require_safe
def fills(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was filled, the newest first."""
    portfolio = find_portfolio(person(request), pk)
    page = keyset_page(request, pages.fills_of(portfolio), ordering="-id", size=50)
    outcomes = questions_of({each.order.token for each in page.items})
    context = {**_head(request, portfolio, "fills"), "page": page, "outcomes": outcomes}
    return render(request, "trading/portfolio_fills.html", context)


@login_required
@require_safe
def ledger(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bookings with their postings, the newest first."""
    portfolio = find_portfolio(person(request), pk)
    chosen = texts_of(request.GET, ["kind"])
    page = keyset_page(request, pages.entries_of(portfolio, chosen), ordering="-id", size=30)
    context = {
        **_head(request, portfolio, "ledger"),
        "page": page,
        "chosen": chosen,
        "kinds": [each.value for each in EntryKind],
    }
    return render(request, "trading/portfolio_ledger.html", context)


@login_required
@require_safe
def ledger_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    portfolio = find_portfolio(person(request), pk)
    name = f"ledger-{portfolio.pk}.csv"
    return file_response(request, ledger_csv(portfolio), name=name, content_type="text/csv; charset=utf-8")


@login_required
@require_safe
def fills_file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    portfolio = find_portfolio(person(request), pk)
    name = f"fills-{portfolio.pk}.csv"
    return file_response(request, fills_csv(portfolio), name=name, content_type="text/csv; charset=utf-8")


def _head(request: HttpRequest, portfolio: Portfolio, here: str) -> dict[str, Any]:
    user = person(request)
    is_own = portfolio.owner_id == user.pk and user.may_build
    return {
        "here_tab": "portfolios",
        "here": here,
        "portfolio": portfolio,
        "may_trade": is_own and portfolio.mode == Mode.PAPER,
        "may_move": is_own and portfolio.mode != Mode.BACKTEST,
    }
