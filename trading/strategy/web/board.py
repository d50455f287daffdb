"""The board of sessions: columns by status, or one status page by page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.params import texts_of
from orchestrator.core.web.paging import keyset_page
from trading.strategy.domain.vocabulary import SessionStatus
from trading.strategy.models import StrategicSession
from trading.strategy.queries.sessions import FILTERS, board, corporations_seen, sessions_seen
from trading.strategy.queries.waiting import waiting_steps
from trading.strategy.web.params import is_id

ON_BOARD: Final = 12
"""Sessions of one status; the others are a click away."""
_WAITING: Final = "waiting"
LABELS: Final = {_WAITING: "Waits for somebody"} | {
    each.value: each.value.capitalize() for each in SessionStatus
}
MOST_WAITING: Final = 5


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Sessions of the corporations that the person sees, by what the address asks for."""
    user = person(request)
    chosen = texts_of(request.GET, FILTERS)
    if chosen.get("status") not in LABELS:
        chosen.pop("status", None)
    corporations = corporations_seen(user)
    context = {
        "here_tab": "sessions",
        "chosen": chosen,
        "kept": urlencode({name: text for name, text in chosen.items() if name != "status"}),
        "corporations": corporations,
        "labels": LABELS,
        "may_build": user.may_build,
    }
    if "status" in chosen:
        page = keyset_page(request, _listed(user, chosen), ordering="-id", size=30)
        return render(request, "strategy/sessions.html", {**context, "page": page})
    waiting = waiting_steps(user, chosen.get("corporation", "")) if _is_ours(chosen) else None
    columns = board(user, chosen, most=ON_BOARD)
    any_at_all = any(column.total for column in columns)
    context |= {
        "columns": columns,
        "is_empty": not any_at_all,
        "waiting": list(waiting[: MOST_WAITING + 1]) if waiting is not None and any_at_all else [],
        "most_waiting": MOST_WAITING,
    }
    return render(request, "strategy/sessions.html", context)


def _listed(user: User, chosen: dict[str, str]) -> QuerySet[StrategicSession]:
    if chosen["status"] != _WAITING:
        return sessions_seen(user, chosen)
    rows = sessions_seen(user, {**chosen, "status": SessionStatus.ACTIVE.value})
    return rows.filter(Q(failed_count__gt=0) | Q(waiting_count__gt=0), execution__isnull=False)


def _is_ours(chosen: dict[str, str]) -> bool:
    """Whether what waits is shown above the board: not beside what somebody searches for."""
    return set(chosen) <= {"corporation"} and (not chosen or is_id(chosen["corporation"]))
