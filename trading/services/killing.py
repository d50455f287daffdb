"""The kill switch: pulled by anybody who trades, let go by an admin, and read where an order would go out.

Whoever places or sends an order holds the gate, shared, until that is committed; who pulls the switch takes
it alone. So an order is either known when the switch is pulled, and then cancelled, or it sees the switch.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotAllowed, WrongState
from orchestrator.core.hinting import send_hint
from trading.models import KillSwitch

TASK: Final = "trading.stop_everything"
SENTENCE: Final = "The kill switch is pulled: no order is placed until an administrator lets go."
_GATE: Final = 0x6B696C6C
_LONGEST: Final = 2_000


def pulled() -> KillSwitch | None:
    """The switch, while it is pulled."""
    return KillSwitch.objects.select_related("pulled_by").filter(released_at__isnull=True).first()


def hold_gate() -> KillSwitch | None:
    """The switch as it stays until the caller's transaction ends: it is neither pulled nor let go before."""
    _lock("pg_advisory_xact_lock_shared")
    return KillSwitch.objects.filter(released_at__isnull=True).first()


def refuse_if_pulled() -> None:
    """In the transaction that would begin what trades. Raises WrongState."""
    if hold_gate() is not None:
        raise WrongState("The kill switch is pulled: nothing is started until an administrator lets go.")


@transaction.atomic
def pull(actor: User | None, *, reason: str) -> KillSwitch:
    """Stop all trading, on paper and live; ``actor`` None for the server's own command.

    A switch that is pulled stays as it is. Raises NotAllowed, InvalidInput.
    """
    if actor is not None and not actor.may_build:
        raise NotAllowed("Your role lets you look on, not stop what trades.")
    reason = reason.strip()
    if not reason or len(reason) > _LONGEST:
        message = f"Say in 1 to {_LONGEST:,} characters why."
        raise InvalidInput(message, fields={"reason": [message]})
    _lock("pg_advisory_xact_lock")
    switch = pulled()
    if switch is None:
        switch = KillSwitch.objects.create(pulled_by=actor, reason=reason)
        record_audit(actor, "kill_switch.pulled", switch, after={"reason": reason})
    transaction.on_commit(hint)
    return switch


@transaction.atomic
def release(actor: User | None) -> KillSwitch:
    """Let orders be placed again. Runs stay paused. Raises NotAllowed, WrongState."""
    if actor is not None and not actor.is_admin:
        raise NotAllowed("Only an administrator lets the kill switch go.")
    _lock("pg_advisory_xact_lock")
    switch = pulled()
    if switch is None:
        raise WrongState("The kill switch is not pulled.")
    switch.released_by, switch.released_at = actor, utc_now()
    switch.save(update_fields=["released_by", "released_at"])
    record_audit(actor, "kill_switch.released", switch)
    return switch


def hint() -> None:
    """Have a worker stop what runs. Never fails: the sweep does it a moment later."""
    send_hint(TASK, unsent="kill_hint_not_sent")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_GATE])
