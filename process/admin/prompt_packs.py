"""Packs of prompts, which are copied into phases."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from unfold.admin import TabularInline
from unfold.decorators import action

from orchestrator.accounts.current import person
from orchestrator.core.admin import ServiceAdmin
from process.admin.drafts import DraftInline
from process.admin.packs import choose_version
from process.models import (
    PackPrompt,
    ProcessVersion,
    PromptPack,
)
from process.services.authoring import record_authoring


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
