"""Before and after each call: set aside the most that it can cost, or refuse it; then book what it did cost.

Every call is admitted under the locks of its budgets, the person's first, then the workflow's. Two calls
that each would fit and together would not can therefore not both be made: the second one sees what is held
for the first. Run and step have no rows of their own; they belong to the workflow whose row is locked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Sum, When

from orchestrator.accounts.models import User
from orchestrator.ai.domain.calls import CallFailed, Tokens
from orchestrator.ai.domain.limits import Limit, month_of, refusal, unpriced_message
from orchestrator.ai.models import ABANDONED, AiCall, Budget, CallStatus
from orchestrator.ai.services.budgets import lock_budget
from orchestrator.core.clock import utc_now
from orchestrator.core.ids import new_id
from orchestrator.core.rls import as_server
from orchestrator.workflows.domain.settings import WorkflowSettings
from orchestrator.workflows.models import Workflow

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Who a call is for and which limits it falls under.

    ``user_id`` None: nobody started the run, and the workflow's owner pays. Without a workflow only the
    person's limit holds. ``fence`` is of the lease under which the run is held.
    """

    user_id: UUID | None
    workflow_id: UUID | None = None
    execution_id: UUID | None = None
    fence: int | None = None
    node_id: str = ""
    step_key: str = ""
    step_limit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A call that may be made. ``amount`` is what is held for it."""

    id: UUID
    amount: Decimal


_WHY: Final = "people may not write here, and the limits of a workflow count calls that they may not see"


def reserve(
    payer: Payer, *, provider: str, model: str, most: Decimal | None, uses_own_key: bool
) -> Reservation:
    """Admit a call that costs at most ``most`` (None: nobody knows), in a transaction of its own.

    Raises CallFailed ``over_budget`` or ``unknown_price`` with the limit that stands against it.
    """
    with as_server(_WHY), transaction.atomic():
        return _reserve(payer, provider, model, most, uses_own_key=uses_own_key)


def settle(
    call_id: UUID, *, cost: Decimal | None, tokens: Tokens, model: str = "", error_code: str = ""
) -> None:
    """Book what a call came to, and free what was held for it. A second settlement changes nothing.

    What was booked for a call that was taken for abandoned is put right: its worker lives after all.
    """
    with as_server(_WHY), transaction.atomic():
        call, budgets = _locked(call_id)
        if call.status != CallStatus.RESERVED and not call.is_abandoned:
            return
        _book(call, budgets, cost or _NOTHING, error_code=error_code[:50])
        call.is_priced, call.is_estimate = cost is not None, tokens.is_estimate
        call.input_tokens, call.output_tokens = tokens.input, tokens.output
        call.model = (model or call.model)[:200]
        call.save()


@transaction.atomic
def abandon(call_id: UUID) -> bool:
    """Book a call that nobody will settle at the most that it can have cost; False if it is settled.

    That is the worst case: the provider may have answered in full and have charged for it, and nobody can
    ask. A budget may thus be used up too early, and is never passed unseen.
    """
    call, budgets = _locked(call_id)
    if call.status != CallStatus.RESERVED:
        return False
    _book(call, budgets, call.reserved, error_code=ABANDONED)
    call.is_estimate = True
    call.save()
    return True


def _reserve(
    payer: Payer, provider: str, model: str, most: Decimal | None, *, uses_own_key: bool
) -> Reservation:
    now = utc_now()
    workflow = _workflow(payer)
    user_id = payer.user_id or (workflow.owner_id if workflow else None)
    budgets = _lock(user_id, workflow, month_of(now))
    limits = _limits(payer, workflow, budgets)
    if most is None and (message := unpriced_message(model, limits)):
        raise CallFailed("unknown_price", message, details={"limit": limits[0].kind})
    amount = most if most is not None else _NOTHING
    if refused := refusal(limits, amount):
        details = {
            "limit": refused.limit.kind,
            "limit_amount": f"{refused.limit.amount:f}",
            "used": f"{refused.limit.used:f}",
            "needed": f"{refused.needed:f}",
            "excess": f"{refused.excess:f}",
        }
        raise CallFailed("over_budget", refused.message, details={**details})
    call = AiCall(
        id=new_id(),
        user_id=user_id,
        workflow_id=payer.workflow_id,
        execution_id=payer.execution_id,
        fence=payer.fence,
        node_id=payer.node_id,
        step_key=payer.step_key,
        provider=provider,
        model=model,
        uses_own_key=uses_own_key,
        month=month_of(now),
        reserved=amount,
        started_at=now,
    )
    call.save(force_insert=True)
    for budget in budgets:
        budget.held += amount
        budget.save(update_fields=["held", "spent", "month"])
    return Reservation(id=call.pk, amount=amount)


def _locked(call_id: UUID) -> tuple[AiCall, list[Budget]]:
    """The call and the budgets that it counts for, which are locked before it."""
    budgets = _lock_existing(AiCall.objects.get(pk=call_id))
    return AiCall.objects.select_for_update().get(pk=call_id), budgets


def _book(call: AiCall, budgets: list[Budget], cost: Decimal, *, error_code: str) -> None:
    """In the budgets and, not yet stored, on the call."""
    is_open = call.status == CallStatus.RESERVED
    held, booked = (call.reserved, _NOTHING) if is_open else (_NOTHING, call.cost)
    for budget in budgets:
        budget.held = max(budget.held - held, _NOTHING)
        budget.spent = max(budget.spent - booked, _NOTHING) + cost
        budget.save(update_fields=["held", "spent"])
    call.status = (CallStatus.FAILED if error_code else CallStatus.SUCCEEDED).value
    call.cost, call.error_code, call.ended_at = cost, error_code, utc_now()


def _workflow(payer: Payer) -> Workflow | None:
    if payer.workflow_id is None:
        return None
    return Workflow.objects.only("id", "owner_id", "settings").filter(pk=payer.workflow_id).first()


def _lock(user_id: UUID | None, workflow: Workflow | None, month: str) -> list[Budget]:
    """The rows of the person and of the workflow, in this order, turned to the present month."""
    budgets = [lock_budget(user_id=user_id)] if user_id is not None else []
    budgets += [lock_budget(workflow_id=workflow.pk)] if workflow is not None else []
    for budget in budgets:
        if budget.month != month:
            budget.month, budget.spent, budget.held = month, _NOTHING, _NOTHING
    return budgets


def _lock_existing(call: AiCall) -> list[Budget]:
    """The rows whose figures the call is part of: not those that have turned to another month since."""
    rows = Budget.objects.select_for_update(of=("self",))
    mine = rows.filter(user_id=call.payer).first() if call.payer is not None else None
    workflows = rows.filter(workflow_id=call.workflow_id).first() if call.workflow_id is not None else None
    return [each for each in (mine, workflows) if each is not None and each.month == call.month]


def _limits(payer: Payer, workflow: Workflow | None, budgets: list[Budget]) -> list[Limit]:
    limits = []
    if payer.step_limit is not None:
        used = _used(step_key=payer.step_key, execution_id=payer.execution_id)
        limits.append(Limit("step", "this step", payer.step_limit, used))
    settings = WorkflowSettings.model_validate(workflow.settings) if workflow else WorkflowSettings()
    if settings.max_cost is not None and payer.execution_id is not None:
        used = _used(execution_id=payer.execution_id)
        limits.append(Limit("run", "a run of this workflow", settings.max_cost, used))
    for budget in budgets:
        used = budget.spent + budget.held
        if budget.person is not None and budget.limit is not None:
            limits.append(Limit("user", f"{_name(budget.person)} for this month", budget.limit, used))
        elif budget.person is None and settings.max_cost_per_month is not None:
            month = settings.max_cost_per_month
            limits.append(Limit("workflow", "this workflow for this month", month, used))
    return limits


def _used(**of: object) -> Decimal:
    """Spent, and held for calls under way, of all calls that match."""
    amount = Case(When(status=CallStatus.RESERVED.value, then=F("reserved")), default=F("cost"))
    total: Decimal | None = AiCall.objects.filter(**of).aggregate(total=Sum(amount))["total"]
    return total or _NOTHING


def _name(user_id: UUID) -> str:
    return str(User.objects.values_list("username", flat=True).get(pk=user_id))
