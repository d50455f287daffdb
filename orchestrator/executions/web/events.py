"""The event log as a page, and as a file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput, NotFound
from orchestrator.core.web.streaming import file_response
from orchestrator.executions.domain.codec import event_names
from orchestrator.executions.models import EventRow
from orchestrator.executions.queries.event_export import CONTENT_TYPES, MOST, export_events
from orchestrator.executions.queries.event_groups import EVENT_GROUPS
from orchestrator.executions.queries.event_log import EventFilter, LoggedEvent, SearchTooWide
from orchestrator.executions.queries.event_search import person_called, run_range
from orchestrator.executions.queries.told import EventPage, event_page, tell
from orchestrator.executions.web.forms import ByWorkflowForm, day_field

_SIZE: Final = 50


class EventFilterForm(ByWorkflowForm):
    """The filters of the log."""

    search = forms.CharField(required=False, label="Search", max_length=60)
    group = forms.ChoiceField(
        required=False, choices=[("", "All"), *((key, group.label) for key, group in EVENT_GROUPS.items())]
    )
    type = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), *((name, name.replace("_", " ")) for name in sorted(event_names()))],
    )
    user = forms.CharField(required=False, max_length=150, label="Caused by")
    node = forms.CharField(required=False, max_length=100, label="Node id")
    after = day_field("From")
    before = day_field("To")

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(user, data)
        self.person = user

    def clean_search(self) -> str:
        text = str(self.cleaned_data["search"])
        try:
            run_range(text)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error
        return text

    def wanted(self) -> EventFilter:
        """What could be understood; the rest stands beside its field as an error and filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        runs, seq = run_range(data.get("search", ""))
        days: tuple[date | None, date | None] = (data.get("after"), data.get("before"))
        return EventFilter(
            group=data.get("group", ""),
            types=(data["type"],) if data.get("type") else (),
            runs=runs,
            seq=seq,
            workflow=self.workflow_wanted(),
            person=person_called(self.person, data.get("user", "")),
            node=data.get("node", ""),
            after=_midnight(days[0]) if days[0] else None,
            before=_midnight(days[1] + timedelta(days=1)) if days[1] else None,
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Newest first; the filters stand in the address."""
    user = person(request)
    filters = EventFilterForm(user, request.GET)
    wanted = filters.wanted()
    too_wide = ""
    try:
        page = event_page(user, wanted, request.GET.get("cursor", ""), size=_SIZE)
    except SearchTooWide as error:
        page, too_wide = EventPage([], None, None), error.message
    context = {
        "events": page.items,
        "page": {
            "previous": _with(request, cursor=page.previous),
            "next": _with(request, cursor=page.next),
            "is_only": page.previous is None and page.next is None,
        },
        "filters": filters,
        "wanted": wanted,
        "too_wide": too_wide,
        "groups": filters.fields["group"].choices,  # type: ignore[attr-defined]
        "exports": [(name, _with(request, **{"as": name, "cursor": ""})) for name in CONTENT_TYPES],
        "most": MOST,
    }
    return render(request, "executions/events.html", context)


def _with(request: HttpRequest, **changes: str | None) -> str | None:
    """The query of this address with some of it changed; None where a change is None."""
    if None in changes.values():
        return None
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What the list shows with the same filters, and more of it, as a file."""
    user, kind = person(request), request.GET.get("as", "csv")
    if kind not in CONTENT_TYPES:
        raise NotFound("Events are exported as csv or jsonl.")
    filters = EventFilterForm(user, request.GET)
    wanted = filters.wanted()
    if filters.errors:
        raise InvalidInput(
            "Correct the filters first.", fields={k: list(map(str, v)) for k, v in filters.errors.items()}
        )
    pieces = export_events(user, wanted, kind)
    return file_response(request, pieces, name=f"events.{kind}", content_type=CONTENT_TYPES[kind])


@login_required
@require_safe
def event(request: HttpRequest, execution_id: UUID, seq: int) -> HttpResponse:
    """The whole of one event, also of a run that was cleaned up."""
    user = person(request)
    rows = EventRow.objects.visible_to(user).filter(execution_id=execution_id, seq=seq)
    found = rows.first()
    if found is None:
        raise NotFound("There is no such event, or none that you may see.")
    logged = LoggedEvent(
        found.execution_id, found.seq, found.occurred_at, found.workflow_id, found.type, found.node_id,
        found.data, found.metadata,
    )  # fmt: skip
    return render(request, "executions/_event.html", {"told": tell(user, [logged])[0]})
