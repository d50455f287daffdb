"""Budgets and the ledger of calls in the Django admin. Keys are nobody's business but their owner's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orchestrator.accounts.current import person
from orchestrator.ai.models import AiCall, Budget
from orchestrator.ai.services.budgets import reset_budget, set_budget
from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin, ServiceAdmin


@admin.register(Budget)
class BudgetAdmin(ServiceAdmin):
    """What people may spend in a month. Without a limit of their own the server's default holds."""

    list_display = ("user", "has_own_limit", "own_limit", "month", "spent", "held")
    list_select_related = ("user",)
    list_filter = ("has_own_limit",)
    search_fields = ("user__username", "user__email")
    ordering = ("user__username",)
    autocomplete_fields = ("user",)
    fields = ("user", "has_own_limit", "own_limit", "month", "spent", "held")
    readonly_fields = ("month", "spent", "held")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:
        rows: QuerySet[Budget] = super().get_queryset(request)
        return rows.filter(user__isnull=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> Any:
        return (*self.readonly_fields, "user") if obj is not None else self.readonly_fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Budget, form: Any, change: bool) -> None:
        user_id = obj.person
        assert user_id is not None, "only people's budgets are shown here"
        if obj.has_own_limit:
            stored = set_budget(person(request), user_id, obj.own_limit)
        else:
            stored = reset_budget(person(request), user_id)
        obj.pk = stored.pk


@admin.register(AiCall)
class AiCallAdmin(ReadOnlyAdmin):
    """Every call of a provider, with what it cost."""

    list_display = (
        "started_at", "user", "provider", "model", "status", "cost", "reserved", "input_tokens",
        "output_tokens", "error_code",
    )  # fmt: skip
    list_filter = (CreatedFilter,)
    list_select_related = ("user",)
    id_fields: ClassVar = ["pk", "user", "workflow_id", "execution_id"]
    search_help_text = "The whole id of a call, a person, a workflow or a run"
