"""Runs, their steps and approvals in the Django admin: to look at. Steering is done on a run's own page."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from orchestrator.core import json
from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from orchestrator.executions.models import Approval, EventRow, Execution, StepRun

LAST_EVENTS: Final = 200
_MOST_SHOWN: Final = 2_000
_CELL: Final = '<td class="pr-4">{}</td>'
_EVENT: Final = f'<tr class="align-top">{_CELL * 4}<td class="break-all"><code>{{}}</code></td></tr>'
_HEAVY: Final = ("state", "seed", "input", "output", "variables")


@admin.register(Execution)
class ExecutionAdmin(ReadOnlyAdmin):
    """Runs. Their events stand on the page of each; a table with a composite key has no page of its own."""

    list_display = (
        "id",
        "workflow",
        "number",
        "status",
        "trigger_type",
        "started_by",
        "created_at",
        "duration_ms",
    )
    list_filter = (CreatedFilter, "status")
    list_select_related = ("workflow", "version", "started_by")
    id_fields: ClassVar = ["pk", "workflow", "started_by"]
    search_help_text = "The whole id of a run, of a workflow, or of the person who started it"
    exclude = ("state", "seed")
    readonly_fields = ("events",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Execution]:
        rows: QuerySet[Execution] = super().get_queryset(request)
        return rows.defer(
            *_HEAVY, "workflow__search_vector", "workflow__settings", "version__nodes", "version__edges"
        )

    @admin.display(description="version")
    def number(self, execution: Execution) -> int:
        return execution.version.number

    @admin.display(description=f"last {LAST_EVENTS} events")
    def events(self, execution: Execution) -> SafeString:
        rows = EventRow.objects.filter(execution_id=execution.pk).order_by("-seq")[:LAST_EVENTS]
        lines = (
            (row.seq, f"{row.occurred_at:%Y-%m-%d %H:%M:%S.%f}", row.type, row.node_id, _short(row.data))
            for row in rows
        )
        body = format_html_join("", _EVENT, lines)
        return format_html('<div class="overflow-x-auto"><table><tbody>{}</tbody></table></div>', body)


@admin.register(StepRun)
class StepRunAdmin(ReadOnlyAdmin):
    """Every attempt at a step."""

    list_display = (
        "id",
        "execution",
        "node_id",
        "node_type",
        "iteration",
        "attempt",
        "status",
        "duration_ms",
    )
    list_filter = (CreatedFilter,)
    id_fields: ClassVar = ["pk", "execution"]
    search_help_text = "The whole id of a step or of a run"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StepRun]:
        rows: QuerySet[StepRun] = super().get_queryset(request)
        return rows.select_related("execution").only(
            "id", "execution__id", "seq", "scope", "node_id", "node_type", "iteration", "attempt", "status",
            "started_at", "finished_at", "duration_ms", "cost", "tokens",
        )  # fmt: skip


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Questions that runs asked. Answering is for the people who were asked."""

    list_display = ("title", "execution", "status", "approvers", "requested_at", "deadline_at", "decided_by")
    list_filter = (CreatedFilter, "status")
    id_fields: ClassVar = ["pk", "execution"]
    search_help_text = "The whole id of an approval or of a run"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        rows: QuerySet[Approval] = super().get_queryset(request)
        return rows.select_related("execution", "decided_by").defer(
            *(f"execution__{name}" for name in _HEAVY), "payload", "form"
        )


def _short(value: Any) -> str:
    text = json.dumps(value).decode()
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
