"""A matrix as a file for spreadsheets."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import NotFound
from orchestrator.core.web.streaming import file_response
from trading.strategy.access import find_matrix
from trading.strategy.domain.matrix_csv import write_matrix
from trading.strategy.queries.matrices import plain, shown_matrix


@login_required
@require_safe
def table(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """As CSV; a new matrix can be begun with it."""
    found = shown_matrix(find_matrix(person(request), pk))
    if not found.criteria:
        raise NotFound("This matrix has no criterion yet: there is no table of it.")
    lines = write_matrix(
        [(each.name, each.plain_weight) for each in found.criteria],
        [
            (option.name, [plain(cell.score) or "" if cell else "" for cell in row])
            for option, row in found.rows
        ],
    )
    pieces = (line.encode() for line in lines)
    return file_response(request, pieces, name=f"matrix-{pk}.csv", content_type="text/csv; charset=utf-8")
