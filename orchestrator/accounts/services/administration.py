"""What administrators do to other people's accounts, log-ins and keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from axes.models import AccessAttempt
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import ApiKey, User
from orchestrator.accounts.services.keys import revoke_one
from orchestrator.accounts.services.passwords import FORGOTTEN, INVITED, send_link_on_commit
from orchestrator.accounts.services.sessions import end_log_ins
from orchestrator.accounts.services.two_step import disable_two_steps
from orchestrator.core.errors import NotAllowed, WrongState

RIGHTS: Final = frozenset({"role", "is_active", "is_staff", "is_superuser"})
_SECRET: Final = frozenset({"password", "password1", "password2", "usable_password"})


@transaction.atomic
def create_account(admin: User, account: User) -> User:
    """Store a new account. One without a password is mailed a link to choose it, if it has an address."""
    _require_admin(admin)
    account.save(force_insert=True)
    after = {"username": account.username, **{name: getattr(account, name) for name in sorted(RIGHTS)}}
    record_audit(admin, "account.created", account, after=after)
    if not account.has_usable_password() and account.email:
        send_link_on_commit(account, INVITED)
    return account


@transaction.atomic
def invite_again(admin: User, account: User) -> None:
    """Mail a link to choose a password with. Raises WrongState without an address to send it to."""
    _require_admin(admin)
    if not account.email:
        raise WrongState("This account has no mail address.")
    if not account.is_active:
        raise WrongState("This account is closed.")
    record_audit(admin, "account.link_sent", account)
    send_link_on_commit(account, FORGOTTEN if account.has_usable_password() else INVITED)


@transaction.atomic
def unlock_account(admin: User, account: User) -> int:
    """Forget an account's failed log-ins, from every address. The number that was forgotten."""
    _require_admin(admin)
    gone, _ = AccessAttempt.objects.filter(username=account.username.lower()).delete()
    if gone:
        record_audit(admin, "login.unlocked", account)
    return int(gone)


@transaction.atomic
def log_out_person(admin: User, account: User) -> int:
    """End all log-ins of somebody, of browsers and programs."""
    _require_admin(admin)
    return end_log_ins(admin, account)


@transaction.atomic
def take_two_steps_away(admin: User, account: User) -> None:
    """For somebody who lost their phone and their recovery codes."""
    _require_admin(admin)
    disable_two_steps(admin, account)


@transaction.atomic
def change_account(admin: User, account: User, fields: Collection[str]) -> User:
    """Store the named fields of an account. One that is closed loses its log-ins.

    Raises WrongState where administrators would lock themselves out.
    """
    _require_admin(admin)
    changed = sorted(set(fields) - _SECRET)
    if account.pk == admin.pk and RIGHTS & set(changed):
        raise WrongState("You cannot change your own rights; ask another administrator.")
    before = User.objects.select_for_update().get(pk=account.pk)
    account.save(update_fields=[*changed, "updated_at"])
    record_audit(
        admin, "account.changed", account, before=_values(before, changed), after=_values(account, changed)
    )
    if "is_active" in changed and not account.is_active:
        end_log_ins(admin, account)
    return account


@transaction.atomic
def password_was_set(admin: User, account: User) -> None:
    """Record that somebody's password was set, and end the log-ins of those who knew the old one."""
    _require_admin(admin)
    end_log_ins(admin, account)
    record_audit(admin, "account.password_set", account)


@transaction.atomic
def revoke_key_of_anybody(admin: User, key_id: UUID) -> ApiKey:
    """The key stops working at once, whoever it belongs to. Idempotent."""
    _require_admin(admin)
    return revoke_one(admin, ApiKey.objects.filter(pk=key_id), "There is no such key.")


def _require_admin(person: User) -> None:
    if not (person.is_admin or person.is_superuser):
        raise NotAllowed("Only administrators may do this.")


def _values(account: User, fields: Collection[str]) -> dict[str, Any]:
    return {name: getattr(account, name) for name in fields}
