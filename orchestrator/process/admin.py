"""Guided processes in the Django admin: authored as drafts; of people's sessions only where they stand."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import action

from orchestrator.accounts.current import person
from orchestrator.core.admin import CappedPaginator, CreatedFilter, ReadOnlyAdmin, ServiceAdmin
from orchestrator.process.admin_graph import VersionGraph
from orchestrator.process.admin_order import ordered
from orchestrator.process.admin_packs import choose_version
from orchestrator.process.admin_places import findings_of
from orchestrator.process.admin_steps import VersionSteps
from orchestrator.process.models import (
    Commitment,
    FlowEdge,
    NodeType,
    PackPrompt,
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
    PromptPack,
    SectionPrompt,
    Session,
)
from orchestrator.process.services.authoring import begin_change, record_authoring


def version_of(row: Any) -> ProcessVersion | None:
    """The version that a row is, or is part of; None for other things, and for a row without one yet."""
    if isinstance(row, ProcessVersion):
        return row
    return row.process_version if isinstance(row, ProcessNode | ProcessSection) else None


def is_frozen(row: Any) -> bool:
    version = version_of(row)
    return version is not None and version.is_frozen


class DraftInline:
    """Rows of what is shown above them: read-only once the version is in use.

    The hidden order stands last among ``fields``: the admin puts the handle for dragging into the first cell.
    """

    extra = 0
    hide_title = True
    ordering_field = "order_index"
    hide_ordering_field = True
    same_version: ClassVar[tuple[str, ...]] = ()
    """Foreign keys that lead to rows of the same version only."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_add_permission(request, obj)) and not is_frozen(obj)  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and not is_frozen(obj)  # type: ignore[misc]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and not is_frozen(obj)  # type: ignore[misc]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = ordered(super().get_formset(request, obj, **kwargs))  # type: ignore[misc]
        version = version_of(obj)
        for name in self.same_version:
            if name in formset.form.base_fields:
                field = formset.form.base_fields[name]
                field.queryset = of_version(field.queryset, version.pk if version else None)
        return formset


def of_version(rows: QuerySet[Any], version: UUID | None) -> QuerySet[Any]:
    """Those rows that belong to the version; none without one."""
    if rows.model is ProcessPrompt:
        return rows.filter(process_node__process_version=version)
    return rows.filter(process_version=version)


class DraftAdmin(ServiceAdmin):
    """Writes parts of versions that are not in use yet, each with its version's lock and a line on record."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and not is_frozen(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Not the one that deletes many at once: it would pass by the locks of their versions."""
        return {
            name: each for name, each in super().get_actions(request).items() if name != "delete_selected"
        }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A part stays in its version."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "process_version") if isinstance(obj, ProcessNode | ProcessSection) else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        begin_change(person(request), obj.process_version_id)
        super().save_model(request, obj, form, change)
        record_authoring(person(request), obj, "changed" if change else "created", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        version = version_of(obj)
        assert version is not None, "what is stored has one"
        begin_change(person(request), version.pk)
        record_authoring(person(request), obj, "deleted")
        super().delete_model(request, obj)


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
            locked = begin_change(person(request), obj.pk)
            obj.revision, obj.updated_at = locked.revision, locked.updated_at
        else:
            obj.created_by = person(request)
        obj.save()
        record_authoring(person(request), obj, "changed" if change else "created", form.changed_data)


class PromptInline(DraftInline, StackedInline):  # type: ignore[misc]  # has no types
    model = ProcessPrompt
    fields = (
        "order_index", ("prompt_key", "prompt_type"), "prompt_text", "example_response",
        ("response_format", "max_length", "is_required"), "choices", ("is_sensitive", "sensitivity_tier"),
        ("condition_type", "condition_value"),
    )  # fmt: skip
    per_page = 50


@admin.register(ProcessNode)
class ProcessNodeAdmin(DraftAdmin):
    list_display = ("node_name", "node_key", "process_version", "node_type", "order_index", "is_optional")
    list_filter = ("process_version",)
    list_select_related = ("process_version", "node_type")
    ordering = ("process_version", "order_index", "id")
    search_fields = ("node_key", "node_name")
    fields = (
        "process_version", "node_key", "node_name", "node_type", "order_index", "form", "purpose", "outcome",
        "user_facing_text", "is_optional", "requires_completion", "agent_objective", "agent_constraints",
    )  # fmt: skip
    inlines = (PromptInline,)


class SectionPromptInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    """What is asked in the section, in this order."""

    model = SectionPrompt
    fields = ("process_prompt", "order_index")
    same_version = ("process_prompt",)


@admin.register(ProcessSection)
class ProcessSectionAdmin(DraftAdmin):
    list_display = ("section_name", "section_key", "process_version", "is_core", "requires_scope")
    list_filter = ("process_version",)
    list_select_related = ("process_version",)
    ordering = ("process_version", "order_index", "id")
    search_fields = ("section_key", "section_name")
    fields = (
        "process_version", "section_key", "section_name", "description", "order_index", "is_core",
        "requires_scope", "requires_profile_flags", "unlock_after_section", "minimum_prompts_required",
    )  # fmt: skip
    inlines = (SectionPromptInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        after = form.base_fields.get("unlock_after_section")
        if after is not None:
            after.queryset = of_version(after.queryset, obj.process_version_id if obj else None)
        return form


class PackPromptInline(DraftInline, TabularInline):  # type: ignore[misc]  # has no types
    model = PackPrompt
    fields = ("prompt_key", "prompt_text", "prompt_type", "is_required", "order_index")


@admin.register(PromptPack)
class PromptPackAdmin(ServiceAdmin):
    """Packs are copied into phases, so changing one changes no version."""

    list_display = ("template_name", "is_global", "process_version", "created_at")
    list_select_related = ("process_version",)
    search_fields = ("template_name",)
    fields = ("template_name", "description", "is_global", "process_version")
    inlines = (PackPromptInline,)
    actions_detail = ("apply",)

    @action(description="Apply to phases", permissions=["change"])  # type: ignore[untyped-decorator]  # has no types
    def apply(self, request: HttpRequest, object_id: str) -> HttpResponse:
        pack = self.get_object(request, object_id)
        if pack is None:
            raise Http404
        return choose_version(self, request, pack)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "process_version":
            kwargs["queryset"] = ProcessVersion.objects.filter(Q(frozen_at__isnull=True))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_actions(self, request: HttpRequest) -> Any:
        return {
            name: each for name, each in super().get_actions(request).items() if name != "delete_selected"
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record_authoring(person(request), obj, "changed" if change else "created", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        record_authoring(person(request), obj, "deleted")
        super().delete_model(request, obj)


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
