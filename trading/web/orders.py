"""Pages of orders by hand: what one would do, placing it, ending it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, WrongState
from orchestrator.core.ids import new_id
from trading.domain.vocabulary import Mode, OrderStatus, Side
from trading.models import Portfolio
from trading.queries.tapes import moment_of
from trading.services.manual_orders import cancel_order, place_order, require_desk
from trading.services.portfolios import find_portfolio
from trading.services.previewing import Preview, preview_order
from trading.web.portfolio_forms import OrderForm

_LEVELS = 5
_MOST_OTHERS = 20
_CARRIED = ("tape", "token", "side", "price", "size", "type")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form of an order with what it would do; ``step`` says whether to look again or to place it."""
    user = person(request)
    portfolio = find_portfolio(user, pk)
    require_desk(user, portfolio)
    if request.method == "POST":
        form = OrderForm(user, request.POST)
    else:
        form = OrderForm(user, initial={**request.GET.dict(), "client_order_id": str(new_id())})
    preview: Preview | None = None
    conflict = ""
    is_placing = request.POST.get("step") == "place"
    if form.is_bound and form.is_valid():
        try:
            if is_placing:
                return _placed(request, pk, form)
            preview = preview_order(user, pk, form.asked())
        except InvalidInput as error:
            form.take(error)
        except WrongState as error:
            conflict = error.message
    elif form.is_bound and not is_placing:
        for name in ("size", "price"):
            if not form.data.get(name):
                form.errors.pop(name, None)  # not typed yet, which is no fault before it is placed
    context: dict[str, Any] = {
        "here_tab": "portfolios",
        "portfolio": portfolio,
        "form": form,
        "preview": preview,
        "conflict": conflict,
        "others": _others(user, portfolio),
        "carried": urlencode({name: request.GET[name] for name in _CARRIED if name in request.GET}),
        "market_at": moment_of(preview.at) if preview is not None else None,
        "bids": _levels(preview, Side.BUY),
        "asks": _levels(preview, Side.SELL),
    }
    status = 200 if not is_placing else 409 if conflict else 400
    return render(request, "trading/new_order.html", context, status=status)


def _others(user: User, portfolio: Portfolio) -> list[Portfolio]:
    """Paper portfolios that the same order could be placed with."""
    rows = Portfolio.objects.filter(owner=user, mode=Mode.PAPER.value).exclude(pk=portfolio.pk)
    return list(rows.order_by("-updated_at")[:_MOST_OTHERS])


def _placed(request: HttpRequest, pk: UUID, form: OrderForm) -> HttpResponse:
    name = form.cleaned_data["client_order_id"] or str(new_id())
    order, is_new = place_order(person(request), pk, form.asked(), client_order_id=name)
    if is_new:
        messages.success(request, _TOLD.get(order.status, "The order is placed."))
    else:
        messages.info(request, "This order was placed before. It was not placed again.")
    return redirect("trading:portfolio", pk)


_TOLD: dict[str, str] = {
    OrderStatus.FILLED: "The order is filled.",
    OrderStatus.PARTIALLY_FILLED: "A part of the order is filled, the rest stands.",
    OrderStatus.OPEN: "The order stands in the book.",
    OrderStatus.CANCELLED: "What there was is filled, the rest of the order was cancelled.",
}


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    order = cancel_order(person(request), pk)
    messages.success(request, f"The order is {order.status.replace('_', ' ')}.")
    return redirect("trading:portfolio", order.portfolio_id)


def _levels(preview: Preview | None, side: Side) -> list[Any]:
    if preview is None or preview.book is None:
        return []
    return list(preview.book.levels(side))[:_LEVELS]
