"""Trading in the Django admin: to look at. What changes goes by its pages, so that books stay balanced."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from trading.models import (
    Alert,
    Desk,
    Fill,
    KillSwitch,
    LedgerEntry,
    LiveAccount,
    LiveApproval,
    LiveOrder,
    Market,
    Order,
    Portfolio,
    Position,
    Posting,
    StrategyRun,
    Tape,
)


class _Lean(ReadOnlyAdmin):
    """Without columns that hold whole states: neither on the page nor in what the list reads."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer(*self.exclude)


@admin.register(Market)
class MarketAdmin(ReadOnlyAdmin):
    list_display = ("question", "category", "is_closed", "is_generated", "winner", "volume", "fetched_at")
    list_filter = (CreatedFilter, "is_closed", "is_generated")
    search_help_text = "The whole id of a market"


@admin.register(Tape)
class TapeAdmin(ReadOnlyAdmin):
    """Without their messages, which are given out as files."""

    list_display = ("name", "owner", "origin", "status", "message_count", "gap_count", "created_at")
    list_filter = (CreatedFilter, "origin", "status")
    list_select_related = ("owner",)
    id_fields: ClassVar = ["pk", "owner"]
    search_help_text = "The whole id of a tape or of its owner"


@admin.register(Portfolio)
class PortfolioAdmin(ReadOnlyAdmin):
    list_display = ("name", "owner", "mode", "cash", "reserved", "realised_pnl", "fees_paid", "updated_at")
    list_filter = (CreatedFilter, "mode")
    list_select_related = ("owner",)
    id_fields: ClassVar = ["pk", "owner"]
    search_help_text = "The whole id of a portfolio or of its owner"


@admin.register(Position)
class PositionAdmin(ReadOnlyAdmin):
    list_display = ("id", "portfolio", "token", "size", "cost", "realised_pnl", "mark", "updated_at")
    list_select_related = ("portfolio",)
    id_fields: ClassVar = ["pk", "portfolio"]
    search_help_text = "The whole id of a position or of its portfolio"


class PostingInline(TabularInline):  # type: ignore[misc]  # has no types
    model = Posting
    fields = readonly_fields = ("account", "token", "amount", "size")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Bookings with their postings."""

    list_display = ("id", "portfolio", "kind", "reference", "booked_at", "memo")
    list_filter = (CreatedFilter, "kind")
    list_select_related = ("portfolio",)
    inlines = (PostingInline,)
    id_fields: ClassVar = ["pk", "portfolio"]
    search_help_text = "The whole id of a booking or of its portfolio"


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = (
        "id", "portfolio", "side", "type", "price", "size", "amount", "filled_size", "status", "created_at",
    )  # fmt: skip
    list_filter = (CreatedFilter, "status", "side")
    list_select_related = ("portfolio",)
    id_fields: ClassVar = ["pk", "portfolio", "run"]
    search_help_text = "The whole id of an order, a portfolio or a strategy's run"


@admin.register(Fill)
class FillAdmin(ReadOnlyAdmin):
    list_display = ("id", "order", "price", "size", "fee", "is_maker", "is_final", "failed_at", "filled_at")
    list_filter = (CreatedFilter,)
    list_select_related = ("order",)
    id_fields: ClassVar = ["pk", "order"]
    search_help_text = "The whole id of a fill or of its order"


@admin.register(StrategyRun)
class StrategyRunAdmin(_Lean):
    list_display = ("id", "workflow", "mode", "tape", "portfolio", "window", "position", "created_at")
    list_filter = (CreatedFilter, "mode")
    list_select_related = ("workflow", "tape", "portfolio")
    exclude = ("reader", "replay", "served", "curve", "statistics")
    id_fields: ClassVar = ["pk", "execution_id", "workflow", "portfolio"]
    search_help_text = "The whole id of a run, its execution, its workflow or its portfolio"


@admin.register(Desk)
class DeskAdmin(_Lean):
    """Where orders by hand stand."""

    list_display = ("portfolio", "tape", "position", "updated_at")
    list_select_related = ("portfolio", "tape")
    exclude = ("broker", "books")
    id_fields: ClassVar = ["pk", "portfolio", "tape"]
    search_help_text = "The whole id of a desk, a portfolio or a tape"


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("id", "run", "level", "text", "happened_at")
    list_filter = (CreatedFilter, "level")
    list_select_related = ("run",)
    id_fields: ClassVar = ["pk", "run"]
    search_help_text = "The whole id of an alert or of a strategy's run"


@admin.register(LiveApproval)
class LiveApprovalAdmin(ReadOnlyAdmin):
    list_display = ("workflow", "version_number", "most_notional", "approved_by", "created_at", "revoked_at")
    list_filter = (CreatedFilter,)
    list_select_related = ("workflow", "approved_by")
    id_fields: ClassVar = ["pk", "workflow", "approved_by"]
    search_help_text = "The whole id of an approval, a workflow or an administrator"


@admin.register(KillSwitch)
class KillSwitchAdmin(ReadOnlyAdmin):
    list_display = ("pulled_at", "pulled_by", "reason", "released_at", "released_by")
    list_select_related = ("pulled_by", "released_by")
    id_fields: ClassVar = ["pk", "pulled_by"]
    search_help_text = "The whole id of a pull, or of who pulled"


@admin.register(LiveAccount)
class LiveAccountAdmin(ReadOnlyAdmin):
    """Without what is secret."""

    list_display = ("portfolio", "funder", "last_four", "compared_at", "fault", "updated_at")
    list_select_related = ("portfolio",)
    exclude = ("private_key", "api_key", "api_secret", "api_passphrase")
    id_fields: ClassVar = ["pk", "portfolio"]
    search_help_text = "The whole id of an account or of its portfolio"


@admin.register(LiveOrder)
class LiveOrderAdmin(ReadOnlyAdmin):
    list_display = ("order", "sent_at", "answered_at", "due_at", "looks", "cancel_asked_at", "fault")
    list_select_related = ("order",)
    id_fields: ClassVar = ["pk", "order"]
    search_help_text = "The whole id of a live order's record, or of the order"
