"""Workspaces and what hangs on them in the Django admin: to look at. All that changes goes by their pages."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from orchestrator.core.admin import CreatedFilter, ReadOnlyAdmin
from workspaces.models import (
    Attachment,
    CandleSet,
    ClaudeExecution,
    Deployment,
    ImplementationSession,
    ImportedRecord,
    PatternSession,
    PatternWorkspace,
    VercelConnection,
    WorkspaceMember,
    WorkspaceMessage,
)


@admin.register(PatternWorkspace)
class WorkspaceAdmin(ReadOnlyAdmin):
    list_display = ("name", "pattern_type", "status", "version", "success_rate", "created_by", "updated_at")
    list_filter = (CreatedFilter, "status")
    list_select_related = ("created_by",)
    id_fields: ClassVar = ["pk", "created_by"]
    search_help_text = "The whole id of a workspace, or of the person who began it"


@admin.register(WorkspaceMember)
class MemberAdmin(ReadOnlyAdmin):
    list_display = ("workspace", "user", "access", "created_at")
    list_select_related = ("workspace", "user")
    id_fields: ClassVar = ["pk", "workspace", "user"]
    search_help_text = "The whole id of a workspace or of a person"


@admin.register(WorkspaceMessage)
class MessageAdmin(ReadOnlyAdmin):
    """Entries of timelines."""

    list_display = ("id", "workspace", "type", "title", "author", "status", "progress", "created_at")
    list_filter = (CreatedFilter,)
    list_select_related = ("workspace", "author")
    id_fields: ClassVar = ["pk", "workspace", "session", "execution"]
    search_help_text = "The whole id of an entry, a workspace, a session, or a coding run"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("name", "workspace", "media_type", "size", "uploaded_by", "created_at")
    list_select_related = ("workspace", "uploaded_by")
    id_fields: ClassVar = ["pk", "workspace"]


@admin.register(PatternSession)
class SessionAdmin(ReadOnlyAdmin):
    list_display = ("id", "workspace", "version", "status", "detection_count", "reviewed_count", "created_at")
    list_filter = (CreatedFilter, "status")
    list_select_related = ("workspace",)
    id_fields: ClassVar = ["pk", "workspace", "candles"]


@admin.register(CandleSet)
class CandleAdmin(ReadOnlyAdmin):
    """Without the bars themselves."""

    list_display = ("name", "owner", "count", "first_at", "last_at", "is_generated", "created_at")
    list_filter = (CreatedFilter,)
    list_select_related = ("owner",)
    exclude = ("data",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[CandleSet]:
        rows: QuerySet[CandleSet] = super().get_queryset(request)
        return rows.defer("data")


@admin.register(ClaudeExecution)
class CodingRunAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "workspace",
        "backend",
        "status",
        "phase",
        "progress",
        "triggered_by",
        "triggered_at",
    )
    list_filter = (CreatedFilter, "status")
    list_select_related = ("workspace", "triggered_by")
    id_fields: ClassVar = ["pk", "workspace", "run_id"]


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    """Without their logs, which their pages show."""

    list_display = ("id", "workspace", "version", "target", "status", "triggered_by", "created_at")
    list_filter = (CreatedFilter, "target", "status")
    list_select_related = ("workspace", "version", "triggered_by")
    exclude = ("logs",)
    id_fields: ClassVar = ["pk", "workspace", "execution"]


@admin.register(VercelConnection)
class VercelConnectionAdmin(ReadOnlyAdmin):
    """Without what is secret."""

    list_display = ("workspace", "last_four", "team_id", "has_webhook", "updated_by", "updated_at")
    list_select_related = ("workspace", "updated_by")
    exclude = ("token", "webhook_secret")
    id_fields: ClassVar = ["pk", "workspace"]


@admin.register(ImplementationSession)
class LegacyAdmin(ReadOnlyAdmin):
    """Records of an older product, kept as they were. Deprecated: nothing else reads or writes them."""

    list_display = ("legacy_id", "source", "workspace", "created_at")
    list_select_related = ("workspace",)
    id_fields: ClassVar = ["pk", "workspace"]


@admin.register(ImportedRecord)
class ImportedAdmin(ReadOnlyAdmin):
    """What was taken over from where, and what it became."""

    list_display = ("legacy_id", "kind", "source", "workspace", "imported_at")
    list_select_related = ("workspace",)
    id_fields: ClassVar = ["pk", "workspace", "object_id"]
