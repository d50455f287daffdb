"""Workflows, their versions and who may use them, in the Django admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from orchestrator.accounts.current import person
from orchestrator.core.admin import MOST_COUNTED, CappedPaginator, CreatedFilter, ReadOnlyAdmin, ServiceAdmin
from orchestrator.core.errors import InvalidInput
from orchestrator.workflows.models import Workflow, WorkflowPermission, WorkflowVersion
from orchestrator.workflows.services import definitions, sharing


class PermissionInline(TabularInline):  # type: ignore[misc]  # has no types
    """Who may do what. Granted, changed and taken away as everywhere else."""

    model = WorkflowPermission
    extra = 0
    hide_title = True
    fields = ("user", "access", "granted_by", "created_at")
    readonly_fields = ("granted_by", "created_at")
    autocomplete_fields = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowPermission]:
        rows: QuerySet[WorkflowPermission] = super().get_queryset(request)
        return rows.select_related("user", "granted_by").order_by("user__username")


@admin.register(Workflow)
class WorkflowAdmin(ServiceAdmin):
    """What is said about workflows. Their graphs are made in the editor and shown as versions."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_display = ("name", "owner", "status", "category", "is_public", "is_template", "updated_at")
    list_filter = (CreatedFilter, "status")
    list_select_related = ("owner",)
    ordering = ("-updated_at", "-id")
    search_fields = ("name",)
    search_help_text = "Words in name or description"
    readonly_fields = (
        "id", "owner", "status", "folder", "is_template", "settings", "created_at",
        "updated_at", "last_edited_by",
    )  # fmt: skip
    fields = (
        "id", "name", "description", "owner", "status", "category", "folder", "tags", "is_public",
        "is_template", "estimated_minutes", "settings", "created_at", "updated_at", "last_edited_by",
    )  # fmt: skip
    inlines = (PermissionInline,)
    actions = ("archive", "take_out")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workflow]:
        rows: QuerySet[Workflow] = super().get_queryset(request)
        return rows.defer("search_vector")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=Workflow.objects.matching(search_term).values("pk")), False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        """Not the one that deletes many at once: deleting takes runs along, so it asks for each."""
        return {
            name: each for name, each in super().get_actions(request).items() if name != "delete_selected"
        }

    def save_model(self, request: HttpRequest, obj: Workflow, form: Any, change: bool) -> None:
        fields = {name: form.cleaned_data[name] for name in form.changed_data}
        if fields:
            definitions.describe_workflow(person(request), obj.pk, **fields)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        granted = formset.save(commit=False)
        workflow, user = form.instance, person(request)
        for permission, fields in formset.changed_objects:
            if "user" in fields:
                raise InvalidInput("Delete a person's row and add another one instead of renaming it.")
            assert permission in granted
        for permission in formset.deleted_objects:
            sharing.revoke_access(user, workflow.pk, person_id=permission.user_id)
        for permission in granted:
            name, access = permission.user.username, permission.access
            sharing.grant_access(user, workflow.pk, username=name, access=access)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """What goes along, counted and not listed: a workflow may have a million runs."""
        gone = {"workflows": len(objs)}
        for name, relation in (("versions", "versions"), ("runs", "executions")):
            rows = [getattr(workflow, relation).order_by()[:MOST_COUNTED].count() for workflow in objs]
            gone[name] = sum(rows)
        return [str(workflow) for workflow in objs], gone, set(), []

    def delete_model(self, request: HttpRequest, obj: Workflow) -> None:
        definitions.delete_workflow(person(request), obj.pk)

    @admin.action(description="Archive: keep them, and let no new run start")
    def archive(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        self._archive(request, queryset, archived=True)

    @admin.action(description="Take out of the archive")
    def take_out(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        self._archive(request, queryset, archived=False)

    def _archive(self, request: HttpRequest, queryset: QuerySet[Workflow], *, archived: bool) -> None:
        def archive(workflow: Workflow) -> None:
            definitions.archive_workflow(person(request), workflow.pk, archived=archived)

        done = "workflows archived" if archived else "workflows taken out of the archive"
        self.for_each(request, list(queryset), archive, done)


@admin.register(WorkflowVersion)
class WorkflowVersionAdmin(ReadOnlyAdmin):
    """Graphs as they were published, and drafts."""

    list_display = ("workflow", "number", "status", "is_current", "author", "note", "created_at")
    list_filter = (CreatedFilter,)
    list_select_related = ("workflow", "author")
    id_fields: ClassVar = ["pk", "workflow"]
    search_help_text = "The whole id of a version or of a workflow"

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowVersion]:
        rows: QuerySet[WorkflowVersion] = super().get_queryset(request)
        return rows.defer("nodes", "edges", "workflow__search_vector")
