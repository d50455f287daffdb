"""What is only looked at: kinds of phases, and of sessions only where they stand."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from process.models import (
    NodeType,
    Session,
)


@admin.register(NodeType)
class NodeTypeAdmin(ReadOnlyAdmin):
    """How kinds of phases behave. Versions in use rest on it, so it changes with the product only."""

    list_display = ("type_name", "description", "requires_user_input", "can_skip", "is_repeatable")
    list_before_template = "admin/process/nodetype/why.html"
    change_form_outer_before_template = list_before_template


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """That there is a session, and where it stands; nothing of what somebody says in it."""

    list_display = (
        "id", "user", "status", "process_version", "current_node", "started_at", "last_activity_at",
        "completed_at",
    )  # fmt: skip
    list_filter = (CreatedFilter, "status")
    list_select_related = ("user", "process_version", "current_node")
    fields = list_display
    id_fields: ClassVar = ["pk", "user"]
    search_help_text = "The whole id of a session or of a person"
