"""Strategy sessions in the Django admin: that there is one, how it stands and what it cost; nothing in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from orchestrator.ai.models import AiCall
from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from orchestrator.core.rls import as_server
from trading.strategy.models import StrategicSession

_SHOWN = ("id", "status", "current_step", "created_at", "updated_at")


@admin.register(StrategicSession)
class StrategicSessionAdmin(ReadOnlyAdmin):
    """A list and no pages: whatever a page of the admin says of a row begins with its title."""

    list_display = ("id", "status", "owner", "current_step", "step_count", "cost", "created_at", "updated_at")
    list_display_links = None
    list_filter = (CreatedFilter, "status")
    actions = None
    id_fields: ClassVar = ["pk", "execution_id"]
    search_help_text = "The whole id of a session or of its run"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and bool(super().has_view_permission(request, obj))

    def get_queryset(self, request: HttpRequest) -> QuerySet[StrategicSession]:
        calls = AiCall.objects.filter(execution_id=OuterRef("execution_id")).order_by()
        spent = calls.values("execution_id").annotate(total=Sum("cost")).values("total")
        rows: QuerySet[StrategicSession] = super().get_queryset(request)
        return (
            rows.select_related("corporation__owner")
            .only(*_SHOWN, "execution_id", "corporation__owner__username")
            .annotate(
                steps_laid=Count("steps"),
                spent=Coalesce(Subquery(spent), Decimal(0), output_field=DecimalField()),
            )
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Drawn at once, while all rows are seen: administrators are strangers to all other pages of them."""
        with as_server("administrators see that sessions exist and what they cost, not what is in them"):
            answer = super().changelist_view(request, extra_context)
            return answer.render() if isinstance(answer, TemplateResponse) else answer

    @admin.display(description="Owner")
    def owner(self, session: StrategicSession) -> str:
        return session.corporation.owner.username

    @admin.display(description="Steps")
    def step_count(self, session: Any) -> int:
        return int(session.steps_laid)

    @admin.display(description="Cost, USD")
    def cost(self, session: Any) -> str:
        return f"{session.spent:.4f}"
