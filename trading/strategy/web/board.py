"""The board of sessions: columns by status, or one status page by page."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.params import texts_of
from orchestrator.core.web.paging import keyset_page
from trading.strategy.domain.vocabulary import SessionStatus
from trading.strategy.queries.sessions import FILTERS, board, corporations_seen, sessions_seen

ON_BOARD: Final = 12
"""Sessions of one status; the others are a click away."""
LABELS: Final = {each.value: each.value.capitalize() for each in SessionStatus}


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
        page = keyset_page(request, sessions_seen(user, chosen), ordering="-id", size=30)
        return render(request, "strategy/sessions.html", {**context, "page": page})
    columns = board(user, chosen, most=ON_BOARD)
    any_at_all = any(column.total for column in columns)
    return render(
        request, "strategy/sessions.html", {**context, "columns": columns, "is_empty": not any_at_all}
    )
