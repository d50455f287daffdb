"""The bulk actions on runs: cancel and retry, each the service for one run, done to many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from orchestrator.accounts.models import User
from orchestrator.core.errors import InvalidInput
from orchestrator.executions.models import STATUS_CHOICES, Execution
from orchestrator.executions.queries.runs import TRIGGERS, RunFilter
from orchestrator.executions.services.retrying import FROM_FAILED, FROM_START, retry_execution
from orchestrator.executions.services.steering import cancel_execution
from orchestrator.workflows.bulk import BulkAction, BulkSubject, BulkSubjects, Filters, Parameters

_FILTERS: Final = ("search", "workflow", "status", "started_by", "trigger", "trigger_id", "after", "before")
_READERS: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("workflow", UUID),
    ("trigger_id", UUID),
    ("after", date.fromisoformat),
    ("before", date.fromisoformat),
)
_STARTS: Final = (FROM_FAILED, FROM_START)
_VERSIONS: Final = ("original", "current")


def register_execution_actions(subjects: BulkSubjects) -> None:
    """What the list of runs offers for rows that are selected."""
    runs = BulkSubject(
        name="executions",
        one="run",
        many="runs",
        list_url="executions:list",
        detail_url="executions:detail",
        check_filters=_check_filters,
        ids=_ids,
        count=_count,
        label=_label,
    )
    runs.register(BulkAction("cancel", "Cancelling", "asked to stop", _cancel, _reason_given))
    runs.register(BulkAction("retry", "Retrying", "started again", _retry, _retry_given))
    subjects.register(runs)


def read_run_filter(filters: Filters) -> RunFilter:
    """Filters as the page of runs has them in its address. Raises InvalidInput."""
    faults = {
        f"filters.{name}": ["There is no such filter."] for name in sorted(set(filters) - set(_FILTERS))
    }
    given = {name: _listed(filters.get(name)) for name in _FILTERS}
    last: dict[str, Any] = {name: values[-1].strip() if values else "" for name, values in given.items()}
    for name, read in _READERS:
        try:
            last[name] = read(last[name]) if last[name] else None
        except ValueError:
            faults[f"filters.{name}"] = [f"“{last[name][:40]}” makes no sense here."]
    statuses = tuple(each for each in given["status"] if each)
    if set(statuses) - {value for value, _ in STATUS_CHOICES}:
        faults["filters.status"] = ["There is no such status."]
    if last["trigger"] and last["trigger"] not in TRIGGERS:
        faults["filters.trigger"] = ["There is no such trigger."]
    if faults:
        raise InvalidInput("These filters are not right.", fields=faults)
    return RunFilter(
        workflow=last["workflow"],
        statuses=statuses,
        started_by=last["started_by"],
        trigger=last["trigger"],
        trigger_id=last["trigger_id"],
        after=last["after"],
        before=last["before"],
        search=last["search"],
    )


def _listed(value: object) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [each.replace("\0", "") for each in values if isinstance(each, str)]


def _check_filters(user: User, filters: Filters) -> None:
    read_run_filter(filters)


def _wanted(user: User, filters: Filters, upto: UUID | None) -> QuerySet[Execution]:
    """Runs the person may steer. Days are days of the person's zone, wherever the worker is."""
    with timezone.override(ZoneInfo(user.time_zone)):
        rows = read_run_filter(filters).of(Execution.objects.steerable_by(user), user)
    return rows.filter(pk__lte=upto) if upto else rows


def _ids(user: User, filters: Filters, after: UUID | None, upto: UUID | None, limit: int) -> list[UUID]:
    rows = _wanted(user, filters, upto)
    rows = rows.filter(pk__gt=after) if after else rows
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _count(user: User, filters: Filters, upto: UUID | None, limit: int) -> int:
    return _wanted(user, filters, upto).order_by()[:limit].count()


def _label(user: User, pk: UUID) -> str:
    return (
        Execution.objects.visible_to(user).filter(pk=pk).values_list("workflow__name", flat=True).first()
        or ""
    )


def _reason_given(user: User, given: Parameters) -> Mapping[str, Any]:
    return {"reason": _text(given, "reason", "")[:500]}


def _cancel(user: User, pk: UUID, given: Parameters) -> None:
    cancel_execution(user, pk, reason=given["reason"])


def _retry_given(user: User, given: Parameters) -> Mapping[str, Any]:
    start, version = _text(given, "from", FROM_FAILED), _text(given, "version", "original")
    faults = {}
    if start not in _STARTS:
        faults["parameters.from"] = [f"One of: {', '.join(_STARTS)}."]
    if version not in _VERSIONS:
        faults["parameters.version"] = [f"One of: {', '.join(_VERSIONS)}."]
    if faults:
        raise InvalidInput("It is not clear from where to retry.", fields=faults)
    return {"from": start, "version": version}


def _retry(user: User, pk: UUID, given: Parameters) -> None:
    retry_execution(user, pk, start=given["from"], version=given["version"])


def _text(given: Parameters, name: str, default: str) -> str:
    value = given.get(name) or default
    if not isinstance(value, str):
        raise InvalidInput(f"{name} is text.", fields={f"parameters.{name}": ["Must be text."]})
    return value
