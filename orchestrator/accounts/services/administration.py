"""What administrators do to other people's accounts and keys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import ApiKey, User
from orchestrator.accounts.services.keys import revoke_one
from orchestrator.accounts.services.tokens import close_all_families
from orchestrator.core.errors import NotAllowed, WrongState

RIGHTS: Final = frozenset({"role", "is_active", "is_staff", "is_superuser"})
_SECRET: Final = frozenset({"password", "password1", "password2", "usable_password"})


@transaction.atomic
def create_account(admin: User, account: User) -> User:
    """Store a new account, its password already set on it."""
    _require_admin(admin)
    account.save(force_insert=True)
    after = {"username": account.username, **{name: getattr(account, name) for name in sorted(RIGHTS)}}
    record_audit(admin, "account.created", account, after=after)
    return account


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
    if "is_active" in changed and not account.is_active:
        close_all_families(account)
    record_audit(
        admin, "account.changed", account, before=_values(before, changed), after=_values(account, changed)
    )
    return account


@transaction.atomic
def password_was_set(admin: User, account: User) -> None:
    """Record that somebody's password was set, and end the log-ins of API clients that knew the old one."""
    _require_admin(admin)
    close_all_families(account)
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
