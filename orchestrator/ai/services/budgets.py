"""What people may spend on AI calls in a month."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.ai.models import Budget
from orchestrator.core.errors import InvalidInput, NotAllowed, NotFound


@transaction.atomic
def set_budget(admin: User, user_id: UUID, limit: Decimal | None) -> Budget:
    """Give a person a monthly limit in US dollars; None lifts it. Only administrators may."""
    _require_admin(admin)
    if limit is not None and not (0 <= limit < 1_000_000):
        message = "A limit is an amount from 0 to 999,999 dollars, or none."
        raise InvalidInput(message, fields={"limit": [message]})
    return _change(admin, user_id, has_own_limit=True, own_limit=limit)


@transaction.atomic
def reset_budget(admin: User, user_id: UUID) -> Budget:
    """Let the server's default hold for a person again."""
    _require_admin(admin)
    return _change(admin, user_id, has_own_limit=False, own_limit=None)


def _change(admin: User, user_id: UUID, *, has_own_limit: bool, own_limit: Decimal | None) -> Budget:
    if not User.objects.filter(pk=user_id).exists():
        raise NotFound("There is no such person.")
    budget = lock_budget(user_id=user_id)
    before = _told(budget)
    budget.has_own_limit, budget.own_limit = has_own_limit, own_limit
    budget.save(update_fields=["has_own_limit", "own_limit"])
    record_audit(admin, "budget.changed", budget, before=before, after=_told(budget))
    return budget


def lock_budget(*, user_id: UUID | None = None, workflow_id: UUID | None = None) -> Budget:
    """The row of one of the two, made if need be, locked until the caller's transaction ends."""
    named = {"user_id": user_id} if user_id is not None else {"workflow_id": workflow_id}
    found = Budget.objects.select_for_update(of=("self",)).filter(**named).first()
    if found is None:
        Budget.objects.bulk_create([Budget(**named)], ignore_conflicts=True)
        found = Budget.objects.select_for_update(of=("self",)).get(**named)
    return found


def _told(budget: Budget) -> dict[str, str | None]:
    limit = budget.limit
    return {"user": str(budget.user_id), "limit": None if limit is None else f"{limit:f}"}


def _require_admin(person: User) -> None:
    if not (person.is_admin or person.is_superuser):
        raise NotAllowed("Only administrators may set budgets.")
