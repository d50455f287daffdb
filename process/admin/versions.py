"""Versions: drafts are changed, what is in use is shown, and cloned to be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline

from orchestrator.accounts.current import person
from process.admin.drafts import SEEN, DraftAdmin, DraftInline
from process.admin.graph import VersionGraph
from process.admin.places import findings_of
from process.admin.steps import VersionSteps
from process.models import (
    Commitment,
    FlowEdge,
    ProcessNode,
    ProcessSection,
    ProcessVersion,
)
from process.services.authoring import begin_change, record_authoring


class CommitmentInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    model = Commitment
    fields = ("title", "description", "order_index")


class NodeInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    """The phases in their order; each has a page of its own with its prompts."""

    model = ProcessNode
    fields = (
        "node_key", "node_name", "node_type", "form", "purpose", "is_optional", "requires_completion",
        "order_index",
    )  # fmt: skip
    show_change_link = True
    per_page = 50


class EdgeInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    model = FlowEdge
    fields = ("from_node", "to_node", "edge_label", "condition_type", "condition_value", "order_index")
    same_version = ("from_node", "to_node")
    per_page = 50


class SectionInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    model = ProcessSection
    fields = (
        "section_key", "section_name", "is_core", "requires_scope", "unlock_after_section",
        "minimum_prompts_required", "order_index",
    )  # fmt: skip
    same_version = ("unlock_after_section",)
    show_change_link = True


@admin.register(ProcessVersion)
class ProcessVersionAdmin(VersionGraph, VersionSteps, DraftAdmin):
    """Drafts are changed here; what is in use is shown, and cloned to be changed."""

    list_display = ("version_name", "is_active", "frozen_at", "revision", "created_by", "updated_at")
    list_select_related = ("created_by",)
    search_fields = ("version_name",)
    fields = (
        "version_name", "description", "profile_flags", "is_active", "frozen_at", "revision", "cloned_from",
        "created_by", "created_at", "updated_at",
    )  # fmt: skip
    readonly_fields = (
        "is_active", "frozen_at", "revision", "cloned_from", "created_by", "created_at", "updated_at",
    )  # fmt: skip
    inlines = (CommitmentInline, NodeInline, EdgeInline, SectionInline)
    change_form_outer_before_template = "admin/process/processversion/validation.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With what is wrong with the version, as it is stored."""
        version = self.get_object(request, object_id) if object_id else None
        told = findings_of(version) if version is not None else {}
        return super().changeform_view(request, object_id, form_url, {**told, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: ProcessVersion, form: Any, change: bool) -> None:
        if change:
            locked = begin_change(person(request), obj.pk, seen=form.cleaned_data[SEEN])
            obj.revision, obj.updated_at = locked.revision, locked.updated_at
        else:
            obj.created_by = person(request)
        obj.save()
        record_authoring(person(request), obj, "changed" if change else "created", form.changed_data)
