"""The page of one run of a strategy, be it a backtest, on paper or live; and its part of the run view."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.params import text_of
from orchestrator.core.web.following import load_anew
from orchestrator.core.web.paging import keyset_page
from orchestrator.workflows.access import access_of
from orchestrator.workflows.models import Access
from trading.domain.vocabulary import OrderStatus
from trading.models import StrategyRun
from trading.queries import runs as read
from trading.queries import strategies as found
from trading.services.repeating import repeat_backtest
from trading.web.curves import curves_of
from trading.web.pace import Pace

TRADES: Final = 20
_ALERTS: Final = 10


@login_required
@require_safe
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Progress while it goes on; figures, curves and trades all the time."""
    user = person(request)
    strategy_run = found.find_run(user, pk)
    context = _standing(user, strategy_run)
    if request.headers.get("HX-Request"):
        return load_anew() if context["shown"].is_over else render(request, "trading/_run_live.html", context)
    page = keyset_page(request, read.fills_of(strategy_run), ordering="-id", size=TRADES)
    context |= {
        "here_tab": "strategies",
        "page": page,
        "names": found.outcome_names(each.order.token for each in page.items),
        "curves": curves_of(found.curve_of(strategy_run)),
        "others": found.others_on_tape(user, strategy_run),
        "alerts": list(read.alerts_of(strategy_run)[:_ALERTS]),
    }
    return render(request, "trading/run.html", context)


@login_required
@require_safe
def orders(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All orders of a run, the newest first; by status."""
    user = person(request)
    strategy_run = found.find_run(user, pk)
    status = text_of(request.GET, "status", most=16)
    rows = read.orders_of(strategy_run)
    page = keyset_page(request, rows.filter(status=status) if status else rows, ordering="-id", size=TRADES)
    context = {
        "here_tab": "strategies",
        "run": strategy_run,
        "page": page,
        "names": found.outcome_names(each.token for each in page.items),
        "status": status,
        "statuses": [(each.value, each.value.replace("_", " ").capitalize()) for each in OrderStatus],
    }
    return render(request, "trading/orders_of_run.html", context)


@login_required
@require_POST
def repeat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Run a backtest once more as it was set, and follow it on its page."""
    again = repeat_backtest(person(request), pk, nonce=text_of(request.POST, "nonce", most=64))
    return redirect("trading:run", again.pk)


def _standing(user: User, strategy_run: StrategyRun) -> dict[str, Any]:
    shown = found.shown([strategy_run])[0]
    return {
        "run": strategy_run,
        "shown": shown,
        "pace": Pace(strategy_run, shown, utc_now()),
        "figures": read.figures_of(strategy_run),
        "refusals": read.refusals_of(strategy_run),
        "errors": read.errors_of(strategy_run),
        "nonce": uuid4().hex,
        "may_run": access_of(user, strategy_run.workflow) in (Access.EDITOR, Access.OWNER),
    }
