"""What the admin pages of every app share: looking without touching, and lists that stay cheap.

A write in the admin goes through the same services as everywhere else, or it is not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError
from orchestrator.core.ids import id_at

if TYPE_CHECKING:
    from django.db.models.options import Options

Row = TypeVar("Row", bound=models.Model)
MOST_COUNTED: Final = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # of whatever the list shows
    """Counts no further than MOST_COUNTED: a page of a table of millions costs what it shows."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, models.QuerySet), "the admin pages through querysets"
        return int(rows.order_by()[:MOST_COUNTED].count())


class CreatedFilter(admin.SimpleListFilter):
    """By time of creation, which the index of the UUIDv7 primary key knows."""

    title = "created"
    parameter_name = "created"
    periods: Final = {
        "hour": ("In the last hour", timedelta(hours=1)),
        "day": ("In the last 24 hours", timedelta(days=1)),
        "week": ("In the last 7 days", timedelta(days=7)),
        "month": ("In the last 30 days", timedelta(days=30)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, title) for name, (title, _) in self.periods.items()]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any] | None:
        chosen = self.periods.get(self.value() or "")
        return queryset.filter(pk__gte=id_at(utc_now() - chosen[1])) if chosen else None


class ServiceAdmin(ModelAdmin):  # type: ignore[misc]  # has no types
    """Writes through services: what they refuse is shown as a message, and nothing is kept of it."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            return self._refused(request, error, request.get_full_path())
        return answer

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            answer: HttpResponse = super().delete_view(request, object_id, extra_context)
        except DomainError as error:
            options: Options[Any] = self.opts
            back = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[object_id])
            return self._refused(request, error, back)
        return answer

    def for_each(self, request: HttpRequest, rows: Sequence[Any], service: Any, done: str) -> None:
        """Let a service do something to each row of an action; what it refuses is told row by row."""
        good = 0
        for row in rows:
            try:
                with transaction.atomic():
                    service(row)
                good += 1
            except DomainError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)
        if good:
            self.message_user(request, f"{good} {done}.", messages.SUCCESS)

    def _refused(self, request: HttpRequest, error: DomainError, back: str) -> HttpResponse:
        self.message_user(request, error.message, messages.ERROR)
        return HttpResponseRedirect(back)


class ReadOnlyAdmin(ServiceAdmin):
    """Shows rows and changes none. Lists read no more of a big table than the page they show."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = list_max_show_all = 50
    ordering: ClassVar[Sequence[str]] = ["-id"]
    sortable_by: ClassVar[Sequence[str]] = ()
    """Newest first and no other way: only the primary key's order costs nothing."""
    id_fields: ClassVar[Sequence[str]] = ["pk"]
    """Columns that hold an id to search by: whole ids only, which an index finds."""
    search_fields: ClassVar[Sequence[str]] = ["pk"]
    search_help_text = "A whole id"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = request.GET.copy()
        asked.pop(ORDER_VAR, None)  # Django sorts by it even where no column offers it
        request.GET = asked  # type: ignore[assignment]  # a copy is mutable, no more
        answer: HttpResponse = super().changelist_view(request, extra_context)
        return answer

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Row], search_term: str
    ) -> tuple[models.QuerySet[Row], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return queryset.none(), False
        named = models.Q()
        for field in self.id_fields:
            named |= models.Q(**{field: wanted})
        return queryset.filter(named), False
