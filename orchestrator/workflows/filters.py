"""Filters of the library, for the API, its page and bulk jobs alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django_filters.utils import translate_validation

from orchestrator.accounts.models import User
from orchestrator.workflows.models import Folder, Workflow, WorkflowFavorite, WorkflowStatus
from orchestrator.workflows.models.words import search_query

UNFILED: Final = "-"
"""As a folder: what lies in none."""


Narrowing = Callable[[QuerySet[Workflow]], QuerySet[Workflow]]


def narrowing(query: Any, user: User, *, strict: bool) -> Narrowing:
    """What the query of an address asks of a list. What makes no sense in it is passed over, or if ``strict``
    raises ValidationError.

    Most lists are asked for nothing, which needs no form to be understood.
    """
    if not any(name in query for name in WorkflowFilter.base_filters):
        return none_archived
    filters = WorkflowFilter(query, user=user)
    if not filters.is_valid() and strict:
        raise translate_validation(filters.errors)
    return filters.filter_queryset


def none_archived(rows: QuerySet[Workflow]) -> QuerySet[Workflow]:
    """What a list leaves out that nothing is asked of."""
    return rows.exclude(status=WorkflowStatus.ARCHIVED)


class WorkflowFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """Archived workflows show only when asked for by ``status``."""

    status = django_filters.MultipleChoiceFilter(choices=WorkflowStatus.choices)
    tag = django_filters.CharFilter(method="with_tag", help_text="Several, separated by commas: all of them")
    folder = django_filters.CharFilter(
        method="in_folder", help_text="Path of a folder of yours; with all below it. `-`: in no folder"
    )
    folder_id = django_filters.UUIDFilter(method="in_folder_by_id", help_text="The same, by id")
    category = django_filters.CharFilter()
    favorite = django_filters.BooleanFilter(method="starred")
    template = django_filters.BooleanFilter(field_name="is_template")
    mine = django_filters.BooleanFilter(method="owned_by_me")
    shared = django_filters.BooleanFilter(method="shared_with_me", help_text="By name, by somebody else")
    search = django_filters.CharFilter(
        method="matching", help_text="Words, or their beginnings, in name, description, tags and node titles"
    )

    class Meta:
        model = Workflow
        fields = [
            "status", "tag", "folder", "folder_id", "category", "favorite", "template", "mine", "shared",
            "search",
        ]  # fmt: skip

    def __init__(
        self, data: Any = None, queryset: Any = None, *, user: User | None = None, **rest: Any
    ) -> None:
        super().__init__(data, queryset, **rest)
        self._user = user

    @property
    def user(self) -> User:
        user = self._user or self.request.user
        assert isinstance(user, User)
        return user

    def filter_queryset(self, queryset: QuerySet[Workflow]) -> QuerySet[Workflow]:
        found: QuerySet[Workflow] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            found = none_archived(found)
        return found

    def with_tag(self, queryset: QuerySet[Workflow], name: str, value: str) -> QuerySet[Workflow]:
        tags = [tag.strip().lower() for tag in value.split(",") if tag.strip()]
        return queryset.filter(tags__contains=tags) if tags else queryset

    def in_folder(self, queryset: QuerySet[Workflow], name: str, value: str) -> QuerySet[Workflow]:
        if value == UNFILED:
            return queryset.filter(owner=self.user, folder__isnull=True)
        return queryset.filter(folder__in=self._folders)

    def in_folder_by_id(self, queryset: QuerySet[Workflow], name: str, value: UUID) -> QuerySet[Workflow]:
        return queryset.filter(folder__in=self._folders)

    @cached_property
    def _folders(self) -> list[UUID]:
        """Those that the filters name, with all below them. Found once for all queries of a page."""
        given = self.form.cleaned_data
        wanted = Folder.objects.visible_to(self.user)
        if given.get("folder_id"):
            wanted = wanted.filter(pk=given["folder_id"])
        if given.get("folder"):
            wanted = wanted.filter(owner=self.user, path__iexact=given["folder"].strip("/"))
        folder = wanted.first()
        return list(Folder.objects.within(folder).values_list("pk", flat=True)) if folder else []

    def starred(self, queryset: QuerySet[Workflow], name: str, value: bool) -> QuerySet[Workflow]:
        star = WorkflowFavorite.objects.filter(workflow=OuterRef("pk"), user=self.user)
        return queryset.filter(Exists(star)) if value else queryset.exclude(Exists(star))

    def owned_by_me(self, queryset: QuerySet[Workflow], name: str, value: bool) -> QuerySet[Workflow]:
        return queryset.filter(owner=self.user) if value else queryset.exclude(owner=self.user)

    def shared_with_me(self, queryset: QuerySet[Workflow], name: str, value: bool) -> QuerySet[Workflow]:
        given = queryset.model.objects.granted_to(self.user).exclude(owner=self.user).values("pk")
        return queryset.filter(pk__in=given) if value else queryset.exclude(pk__in=given)

    def matching(self, queryset: QuerySet[Workflow], name: str, value: str) -> QuerySet[Workflow]:
        return queryset.filter(search_vector=search_query(value))
