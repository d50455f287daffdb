"""An approval with the forms to answer it, for every page that shows one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from orchestrator.accounts.models import User
from orchestrator.executions.models import Approval, Execution
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
