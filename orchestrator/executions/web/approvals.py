"""Answering approvals on the page where one meets them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from orchestrator.accounts.current import person
from orchestrator.accounts.models import User
from orchestrator.core.errors import DomainError, InvalidInput, NotFound
from orchestrator.executions.models import Approval, Execution
from orchestrator.executions.queries.visible import approvals_for
from orchestrator.executions.services.approving import UNCHANGED, answer_approval
from orchestrator.executions.web.forms import AnswerForm
from orchestrator.executions.web.schema_form import SchemaForm


@dataclass(frozen=True, slots=True)
class Question:
    """An approval with the forms to answer it; ``payload`` is None where nothing may be edited."""

    approval: Approval
    answer: AnswerForm
    payload: SchemaForm | None
    run_url: str
    """Empty for an approver who may not see the run."""


def answerable(user: User, approvals: Iterable[Approval]) -> list[Question]:
    """Questions for these approvals. One query for all of them."""
    found = list(approvals)
    runs = {approval.execution_id for approval in found}
    visible = set(Execution.objects.visible_to(user).filter(pk__in=runs).values_list("pk", flat=True))
    return [question(each, may_see_run=each.execution_id in visible) for each in found]


def question(approval: Approval, *, may_see_run: bool, data: object = None) -> Question:
    prefix = f"a{approval.pk.hex[-8:]}"
    schema = approval.form if isinstance(approval.form, dict) else None
    payload = None
    if schema is not None:
        payload = SchemaForm(schema, given=approval.payload, prefix=prefix, data=data, auto_id=f"{prefix}_%s")
    run_url = reverse("executions:detail", args=[approval.execution_id]) if may_see_run else ""
    return Question(approval, AnswerForm(data, auto_id=f"{prefix}_%s"), payload, run_url)


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
    approval = approvals_for(user).filter(pk=pk).first()
    if approval is None:
        raise NotFound("There is no such approval, or none that you may see.")
    may_see_run = Execution.objects.visible_to(user).filter(pk=approval.execution_id).exists()
    asked = question(approval, may_see_run=may_see_run, data=request.POST)
    problem = _try(user, asked, approves=approves, has_payload="payload" in request.POST)
    if problem is not None:
        context = {"question": asked, "problem": problem, "next": request.POST.get("next", "")}
        return render(request, "executions/approval.html", context, status=problem.status)
    messages.success(request, f"{'Approved' if approves else 'Rejected'}: {approval.title}")
    return redirect(_back(request, asked))


def _try(user: User, asked: Question, *, approves: bool, has_payload: bool) -> DomainError | None:
    """The problem, if there is one; what is wrong with a field stands beside it, too."""
    payload = asked.payload if approves and has_payload else None
    if not asked.answer.is_valid() or (payload is not None and not payload.is_valid()):
        return InvalidInput("Something is not right yet.")
    try:
        answer_approval(
            user,
            asked.approval.pk,
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
    return asked.run_url or reverse("home")
