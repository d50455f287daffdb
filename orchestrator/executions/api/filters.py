"""Filters of the lists of executions, events and approvals."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import django_filters
from django.db.models import QuerySet

from orchestrator.core.clock import utc_now
from orchestrator.core.ids import id_at
from orchestrator.executions.models import STATUS_CHOICES, Approval, ApprovalStatus, ApprovalVote, Execution
from orchestrator.executions.queries.approvals import ApprovalFilter as ApprovalSearch
from orchestrator.executions.queries.runs import started_by_trigger


class ExecutionFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    workflow = django_filters.UUIDFilter()
    status = django_filters.MultipleChoiceFilter(choices=STATUS_CHOICES)
    started_by = django_filters.CharFilter(method="started_by_person", help_text="User name, or `me`")
    started_after = django_filters.IsoDateTimeFilter(method="from_moment")
    started_before = django_filters.IsoDateTimeFilter(method="until_moment")
    trigger = django_filters.CharFilter(field_name="trigger__type")
    trigger_id = django_filters.UUIDFilter(method="by_one_trigger", help_text="Started by this trigger")
    retry_of = django_filters.UUIDFilter()
    parent = django_filters.UUIDFilter()

    class Meta:
        model = Execution
        fields = ["workflow", "status", "started_by", "started_after", "started_before", "trigger"]

    def started_by_person(self, queryset: QuerySet[Execution], name: str, value: str) -> QuerySet[Execution]:
        if value == "me":
            return queryset.filter(started_by=self.request.user)
        return queryset.filter(started_by__username__iexact=value)

    def by_one_trigger(self, queryset: QuerySet[Execution], name: str, value: UUID) -> QuerySet[Execution]:
        return queryset.filter(started_by_trigger(value))

    def from_moment(self, queryset: QuerySet[Execution], name: str, value: datetime) -> QuerySet[Execution]:
        return queryset.filter(pk__gte=id_at(value))  # by the index that the list is ordered by

    def until_moment(self, queryset: QuerySet[Execution], name: str, value: datetime) -> QuerySet[Execution]:
        return queryset.filter(pk__lt=id_at(value))


class ApprovalFilter(django_filters.FilterSet):  # type: ignore[misc]  # has no types
    mine = django_filters.BooleanFilter(field_name="can_answer", help_text="Those that wait for you")
    answered = django_filters.BooleanFilter(method="answered_by_me", help_text="Those you have answered")
    status = django_filters.MultipleChoiceFilter(choices=ApprovalStatus.choices)
    workflow = django_filters.UUIDFilter()
    execution = django_filters.UUIDFilter()
    overdue = django_filters.BooleanFilter(method="past_deadline", help_text="Pending after their deadline")
    search = django_filters.CharFilter(method="matching", help_text="In the title or the workflow's name")

    class Meta:
        model = Approval
        fields = ["mine", "answered", "status", "workflow", "execution", "overdue", "search"]

    def answered_by_me(self, queryset: QuerySet[Approval], name: str, value: bool) -> QuerySet[Approval]:
        mine = ApprovalVote.objects.filter(user=self.request.user).values("approval")
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)

    def past_deadline(self, queryset: QuerySet[Approval], name: str, value: bool) -> QuerySet[Approval]:
        late = Approval.objects.overdue(utc_now()).values("pk")
        return queryset.filter(pk__in=late) if value else queryset.exclude(pk__in=late)

    def matching(self, queryset: QuerySet[Approval], name: str, value: str) -> QuerySet[Approval]:
        return ApprovalSearch(search=value).of(queryset, utc_now())
