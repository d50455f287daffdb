"""Parts of a version as forms: read-only once it is in use, and written under its lock."""

from __future__ import annotations

from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from orchestrator.accounts.current import person
from orchestrator.core.admin import CappedPaginator, ServiceAdmin
from process.admin.order import ordered
from process.models import (
    ProcessNode,
    ProcessPrompt,
    ProcessSection,
    ProcessVersion,
)
from process.services.authoring import (
    DraftChanged,
    begin_change,
    record_authoring,
    require_unchanged,
)

SEEN: Final = "revision_seen"
"""The field of a form that says which revision of the version its author read."""


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
                without_windows(field)
        return formset


def without_windows(field: forms.Field) -> None:
    """What would be added or changed in a window of its own would make the form below it out of date."""
    for name in ("can_add_related", "can_change_related", "can_delete_related"):
        setattr(field.widget, name, False)


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
    change_form_before_template = "admin/process/revision_seen.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """A part with its version as both were at one moment: the form says which revision it shows."""
        rows = super().get_queryset(request)
        return rows if self.model is ProcessVersion else rows.select_related("process_version")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        version = version_of(obj)
        if version is None or not self.has_change_permission(request, obj):
            return form
        return _of_revision(form, version, request.path)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and not is_frozen(obj)

    def get_actions(self, request: HttpRequest) -> Any:
        """Not the one that deletes many at once: it would pass by the locks of their versions."""
        return {
            name: each for name, each in super().get_actions(request).items() if name != "delete_selected"
        }

    def get_inline_formsets(
        self, request: HttpRequest, formsets: Any, inline_instances: Any, obj: Any = None
    ) -> Any:
        """A form that is shown again keeps the rows that somebody deleted meanwhile, as they were typed."""
        for formset in formsets:
            if formset.is_bound:
                formset._queryset = [form.instance for form in formset.initial_forms]
        return super().get_inline_formsets(request, formsets, inline_instances, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A part stays in its version."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return (*fields, "process_version") if isinstance(obj, ProcessNode | ProcessSection) else fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        begin_change(person(request), obj.process_version_id, seen=form.cleaned_data.get(SEEN))
        super().save_model(request, obj, form, change)
        record_authoring(person(request), obj, "changed" if change else "created", form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        version = version_of(obj)
        assert version is not None, "what is stored has one"
        begin_change(person(request), version.pk)
        record_authoring(person(request), obj, "deleted")
        super().delete_model(request, obj)


def _of_revision(form: Any, version: ProcessVersion, address: str) -> Any:
    """The form class, sent with the revision that it shows, and refused once there is a newer one."""
    there = format_html(
        "Somebody changed this version after you opened the page, so nothing was saved. What you typed is"
        ' below. <a href="{}" target="_blank" rel="noopener" class="underline">Open the page as it is now</a>'
        " in a new tab and bring your changes over.",
        address,
    )

    class OfRevision(form):  # type: ignore[misc]  # whichever class the admin made
        def clean(self) -> Any:
            cleaned = super().clean()
            try:
                require_unchanged(version.pk, self.cleaned_data.get(SEEN) or 0)
            except DraftChanged as error:
                raise ValidationError(there, code=error.code) from error
            return cleaned

    field = forms.IntegerField(required=False, widget=forms.HiddenInput, initial=version.revision)
    OfRevision.base_fields = {**form.base_fields, SEEN: field}
    return OfRevision
