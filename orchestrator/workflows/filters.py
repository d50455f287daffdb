"""Filters of the workflow list, for the API and the page alike."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from orchestrator.workflows.models import Workflow, WorkflowStatus


class WorkflowFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    """Archived workflows show only when asked for by ``status``."""

    status = django_filters.MultipleChoiceFilter(choices=WorkflowStatus.choices)
    tag = django_filters.CharFilter(method="with_tag", help_text="Several, separated by commas: all of them")
    folder = django_filters.CharFilter()
    category = django_filters.CharFilter()
    favorite = django_filters.BooleanFilter(field_name="is_favorite")
    template = django_filters.BooleanFilter(field_name="is_template")
    mine = django_filters.BooleanFilter(method="owned_by_me")
    search = django_filters.CharFilter(method="matching", help_text="Words in name and description")

    class Meta:
        model = Workflow
        fields = ["status", "tag", "folder", "category", "favorite", "template", "mine", "search"]

    def filter_queryset(self, queryset: QuerySet[Workflow]) -> QuerySet[Workflow]:
        found: QuerySet[Workflow] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("status"):
            found = found.exclude(status=WorkflowStatus.ARCHIVED)
        return found

    def with_tag(self, queryset: QuerySet[Workflow], name: str, value: str) -> QuerySet[Workflow]:
        tags = [tag.strip().lower() for tag in value.split(",") if tag.strip()]
        return queryset.filter(tags__contains=tags) if tags else queryset

    def owned_by_me(self, queryset: QuerySet[Workflow], name: str, value: bool) -> QuerySet[Workflow]:
        me = self.request.user
        return queryset.filter(owner=me) if value else queryset.exclude(owner=me)

    def matching(self, queryset: QuerySet[Workflow], name: str, value: str) -> QuerySet[Workflow]:
        return queryset.filter(pk__in=Workflow.objects.matching(value).values("pk"))
