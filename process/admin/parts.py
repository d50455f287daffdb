"""Phases with their prompts, and sections with what is asked in them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from process.admin.drafts import DraftAdmin, DraftInline, of_version, without_windows
from process.models import (
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    SectionPrompt,
)


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
            without_windows(after)
        return form
