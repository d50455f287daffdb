"""Answering approvals: from any page while logged in, and from the page that a mail's link opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.accounts.current import person
from orchestrator.core.errors import DomainError, InvalidInput, NotFound
from orchestrator.core.rls import acting_as
from orchestrator.executions.models import Execution
from orchestrator.executions.services.approving import UNCHANGED, answer_approval
from orchestrator.executions.services.links import (
    LinkedPerson,
    answer_by_link,
    open_link,
    read_token,
)
from orchestrator.executions.web.approvals import Question, question
from orchestrator.executions.web.inbox import approval_page, find_approval

Answer = Callable[..., Any]


@login_required
@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, approves=True)


@login_required
@require_POST
def reject(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, approves=False)


def _answer(request: HttpRequest, pk: UUID, *, approves: bool) -> HttpResponse:
    user = person(request)
    approval = find_approval(user, pk)
    may_see_run = Execution.objects.visible_to(user).filter(pk=approval.execution_id).exists()
    asked = question(approval, may_see_run=may_see_run, data=request.POST)
    give = partial(answer_approval, user, approval.pk)
    problem = _try(give, asked, approves=approves, has_payload="payload" in request.POST)
    if problem is not None:
        again = find_approval(user, pk)  # as it is by now
        keep = asked if problem.status == 400 else None
        return approval_page(request, user, again, asked=keep, problem=problem)
    messages.success(request, f"{'Approved' if approves else 'Rejected'}: {approval.title}")
    return redirect(_back(request, asked))


def _try(give: Answer, asked: Question, *, approves: bool, has_payload: bool) -> DomainError | None:
    """The problem, if there is one; what is wrong with a field stands beside it, too."""
    payload = asked.payload if approves and has_payload else None
    if not asked.answer.is_valid() or (payload is not None and not payload.is_valid()):
        return InvalidInput("Something is not right yet.")
    try:
        give(
            approves=approves,
            comment=asked.answer.cleaned_data["comment"],
            payload=payload.value() if payload is not None else UNCHANGED,
        )
    except NotFound:
        raise
    except InvalidInput as error:
        if payload is not None:
            payload.take_faults(error, root="payload")
        return error
    except DomainError as error:
        return error
    return None


def _back(request: HttpRequest, asked: Question) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure()):
        return wanted
    return asked.run_url or reverse("approvals:list")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The question that a mail's link opens, for somebody who is not logged in.

    GET changes nothing, since mail programs open links ahead of people. The address is secret: it is
    kept out of logs (``core.logging``), and no other site or page is told it.
    """
    try:
        linked = read_token(token)
        with acting_as(linked.user_id):
            answer = _linked_page(request, linked)
    except DomainError as error:
        answer = _spent(request, error)
    # Browsers send "Origin: null" with a form of a page whose policy is no-referrer, and that is refused
    # as a forgery. This policy tells others, and our own pages, the host at most.
    answer["Referrer-Policy"] = "strict-origin"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _linked_page(request: HttpRequest, linked: LinkedPerson) -> HttpResponse:
    approval, user = open_link(linked)
    with timezone.override(ZoneInfo(user.time_zone)):
        if request.method != "POST":
            return _linked(request, question(approval, may_see_run=False), user)
        decision = request.POST.get("decision", "")
        asked = question(approval, may_see_run=False, data=request.POST)
        if decision not in ("approve", "reject"):
            return _linked(request, asked, user, InvalidInput("Choose to approve or to reject."))
        approves = decision == "approve"
        give = partial(answer_by_link, linked)
        problem = _try(give, asked, approves=approves, has_payload="payload" in request.POST)
        if problem is not None and problem.status == 400:
            return _linked(request, asked, user, problem)
        if problem is not None:
            raise problem
        context = {"approves": approves, "title": approval.title}
        return render(request, "executions/link_done.html", context)


def _linked(
    request: HttpRequest, asked: Question, user: Any, problem: DomainError | None = None
) -> HttpResponse:
    asked.approval.can_answer = True  # type: ignore[attr-defined]  # as in lists; the link says so
    context = {"question": asked, "approval": asked.approval, "speaks_for": user, "problem": problem}
    return render(request, "executions/link.html", context, status=problem.status if problem else 200)


def _spent(request: HttpRequest, problem: DomainError) -> HttpResponse:
    """What is wrong with the link, and what to do instead. 410 for one that was good once."""
    status = 404 if problem.status == 404 else 410
    return render(request, "executions/link_spent.html", {"problem": problem}, status=status)
