"""The inbox of approvals, and the page of one."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import DomainError, NotFound
from orchestrator.core.web.paging import keyset_page
from orchestrator.executions.models import Approval, ApprovalStatus
from orchestrator.executions.queries.approvals import (
    TABS,
    ApprovalDetail,
    ApprovalFilter,
    approval_detail,
    approvals_in,
    with_votes,
)
from orchestrator.executions.queries.inbox import count_waiting
from orchestrator.executions.queries.visible import approvals_for
from orchestrator.executions.web.approvals import Question, question
from orchestrator.executions.web.forms import ByWorkflowForm

_SIZE: Final = 25
_LABELS: Final = {"waiting": "Waiting for me", "answered": "Answered by me", "all": "All"}
_STATUSES: Final = [(value, label.partition(":")[0]) for value, label in ApprovalStatus.choices]


class InboxFilterForm(ByWorkflowForm):
    """The filters of the inbox."""

    search = forms.CharField(required=False, max_length=100, widget=forms.TextInput({"type": "search"}))
    status = forms.MultipleChoiceField(required=False, choices=_STATUSES, widget=forms.CheckboxSelectMultiple)
    overdue = forms.BooleanField(required=False, label="Overdue")

    def wanted(self) -> ApprovalFilter:
        """What could be understood; the rest stands beside its field as an error and filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        return ApprovalFilter(
            statuses=tuple(data.get("status", ())),
            workflow=self.workflow_wanted(),
            overdue=bool(data.get("overdue")),
            search=data.get("search", "").replace("\0", ""),
        )


@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """One tab of the inbox; with ``part=rows`` only its rows, for the page to refresh itself."""
    user, now = person(request), utc_now()
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    filters = InboxFilterForm(user, request.GET)
    wanted = filters.wanted()
    ordering = "id" if tab == "waiting" else "-id"  # what has waited longest comes first
    page = keyset_page(request, wanted.of(approvals_in(user, tab), now), ordering=ordering, size=_SIZE)
    address = reverse("approvals:list")
    context = {
        "page": page,
        "tab": tab,
        "tabs": [(f"{address}?tab={name}", label, name == tab) for name, label in _LABELS.items()],
        "filters": filters,
        "wanted": wanted,
        "waiting": count_waiting(user),
        "now": now,
        "is_first": page.previous is None,
    }
    only_rows = request.GET.get("part") == "rows"
    return render(request, "executions/_inbox_rows.html" if only_rows else "executions/inbox.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One approval. With ``part=state`` only what changes by itself: not the form somebody fills in."""
    user = person(request)
    approval = find_approval(user, pk)
    if request.GET.get("part") == "state":
        context = _context(approval_detail(user, approval), None)
        was_open = request.GET.get("open") == "1"
        return render(request, "executions/_approval_state.html", {**context, "was_open": was_open})
    return approval_page(request, user, approval)


def find_approval(user: User, pk: UUID) -> Approval:
    approval = with_votes(approvals_for(user)).filter(pk=pk).first()
    if approval is None:
        raise NotFound("There is no such approval, or none that you may see.")
    return approval


def approval_page(
    request: HttpRequest,
    user: User,
    approval: Approval,
    *,
    asked: Question | None = None,
    problem: DomainError | None = None,
) -> HttpResponse:
    """The page; with a problem, what went wrong with the answer, and what was typed."""
    context = {**_context(approval_detail(user, approval), asked), "problem": problem}
    return render(request, "executions/approval.html", context, status=problem.status if problem else 200)


def _context(found: ApprovalDetail, asked: Question | None) -> dict[str, Any]:
    approval = found.approval
    return {
        "question": asked or question(approval, may_see_run=found.may_see_run),
        "approval": approval,
        "detail": found,
        "next": reverse("approvals:detail", args=[approval.pk]),
    }
