"""Live trading in the Django admin: to look at. All that changes goes by its pages."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from orchestrator.trading.models import KillSwitch, LiveAccount, LiveApproval, LiveOrder


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
