"""Bulk jobs on pages: asking for one, watching it, stopping it, reading what went wrong."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestrator.accounts.current import person
from orchestrator.core.errors import InvalidInput
from orchestrator.core.web.paging import keyset_page
from orchestrator.workflows.bulk import bulk_subjects
from orchestrator.workflows.models import BulkJob
from orchestrator.workflows.queries.bulk import shown
from orchestrator.workflows.services import bulk

MOST_COUNTED = 10_000


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """The action of the pressed button on the ticked rows, or on all that the list's filters find."""
    user, given = person(request), request.POST
    subject = bulk_subjects.get(given.get("subject", "workflows"))
    everything = given.get("all") == "1"
    if given.get("action") == "delete" and given.get("confirm", "").strip().lower() != "delete":
        raise InvalidInput("Type “delete” to confirm. Nothing was deleted.")
    job = bulk.start_bulk_job(
        user,
        subject=subject.name,
        action=given.get("action", ""),
        parameters=_parameters(given),
        ids=None if everything else _ids(given.getlist("id")),
        filters=filters_of(given.get("query", "")) if everything else None,
    )
    if not request.headers.get("hx-request"):
        return redirect("workflows:bulk-job", pk=job.pk)
    return render(request, "workflows/bulk/progress.html", {"job": shown(job)})


@login_required
@require_safe
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The bar of a job as it stands; when it is over, the list is told."""
    job = bulk.find_bulk_job(person(request), pk)
    answer = render(request, "workflows/bulk/progress.html", {"job": shown(job)})
    if not job.is_open:
        answer["HX-Trigger"] = "library:changed"
    return answer


@login_required
@require_safe
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A job with what went wrong, item by item."""
    job = bulk.find_bulk_job(person(request), pk)
    errors = keyset_page(request, job.errors.all(), ordering="id", size=50)
    context = {
        "job": shown(job),
        "page": errors,
        "list_url": reverse(bulk_subjects.get(job.subject).list_url),
    }
    return render(request, "workflows/bulk/job.html", context)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, the latest first."""
    jobs = keyset_page(request, BulkJob.objects.filter(owner=person(request)), ordering="-id", size=30)
    context = {"page": jobs, "jobs": [shown(job) for job in jobs.items]}
    return render(request, "workflows/bulk/list.html", context)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = bulk.cancel_bulk_job(person(request), pk)
    if request.headers.get("hx-request"):
        return render(request, "workflows/bulk/progress.html", {"job": shown(job)})
    messages.success(request, "Asked to stop. What is done stays done.")
    return redirect("workflows:bulk-job", pk=pk)


@login_required
@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """How many rows a list's filters find, for "select all"; counted up to a limit."""
    user = person(request)
    subject = bulk_subjects.get(request.GET.get("subject", "workflows"))
    filters = filters_of(request.GET.get("query", ""))
    subject.check_filters(user, filters)
    number = subject.count(user, filters, None, MOST_COUNTED + 1)
    more = number > MOST_COUNTED
    text = f"more than {MOST_COUNTED:,} {subject.many}" if more else subject.counted(number)
    return JsonResponse({"count": number, "text": text})


def filters_of(query: str) -> dict[str, list[str]]:
    """The filters in a list's address, without what only orders and pages it."""
    found = {name: values for name, values in QueryDict(query).lists() if any(values)}
    return {name: values for name, values in found.items() if name not in ("cursor", "ordering", "view")}


def _parameters(given: QueryDict) -> dict[str, Any]:
    """What the dialogs of all actions may hold; each action takes what it knows."""
    named = {name: given[name] for name in ("folder_id", "reason", "from", "version") if name in given}
    return {**named, "tags": [each.strip() for each in given.get("tags", "").split(",") if each.strip()]}


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError as error:
        raise InvalidInput("One of these is no id.") from error
