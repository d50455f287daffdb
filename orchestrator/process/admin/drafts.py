"""Parts of a version as forms: read-only once it is in use, and written under its lock."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from orchestrator.accounts.current import person
from orchestrator.core.admin import CappedPaginator, ServiceAdmin
from orchestrator.process.admin.order import ordered
from orchestrator.process.models import (
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
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
