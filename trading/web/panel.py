"""The part of the run view that is about trading: whose money it is, and how the run keeps up."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.clock import utc_now
from orchestrator.executions.access import find_execution
from trading.models import StrategyRun
from trading.queries import runs as read
from trading.queries import strategies as found
from trading.web.pace import Pace

_LATEST = 5


def draw(request: HttpRequest, execution_id: UUID) -> SafeString:
    """Empty until the stream has read for the first time."""
    run = found.runs_seen(person(request)).filter(execution_id=execution_id).first()
    return render_to_string("trading/_panel.html", _context(run), request) if run else SafeString("")


@login_required
@require_safe
def panel(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    """The same, as it is now."""
    find_execution(person(request), execution_id)
    return HttpResponse(draw(request, execution_id))


def _context(run: StrategyRun) -> dict[str, object]:
    shown = found.shown([run])[0]
    orders = list(read.orders_of(run).order_by("-id")[:_LATEST])
    pace = Pace(run, shown, utc_now())
    stream = StrategyRun.objects.filter(pk=run.pk).values_list("reader__node", flat=True).first()
    return {
        "run": run,
        "shown": shown,
        "pace": pace,
        "badges": {stream: pace.badges} if stream else {},
        "figures": read.figures_of(run),
        "orders": orders,
        "order_count": found.order_counts([run.pk]).get(run.pk, 0),
        "names": found.outcome_names(each.token for each in orders),
        "alerts": list(read.alerts_of(run)[:_LATEST]),
    }
