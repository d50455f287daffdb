"""API keys: a program's way in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import ApiKey, ApiScope, User
from orchestrator.accounts.services.telling import tell_sockets
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.kept import Kept
from orchestrator.core.rls import as_server

MAX_KEYS: Final = 50
PREFIX: Final = "orc_"
_USE_RESOLUTION: Final = timedelta(minutes=1)


@transaction.atomic
def create_api_key(
    user: User, *, name: str, scopes: Sequence[str], expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """The new key's row and its secret, which is shown this once and cannot be found out again."""
    unknown = sorted(set(scopes) - set(ApiScope.values))
    if unknown or not scopes:
        message = f"Choose from {', '.join(ApiScope.values)}."
        raise InvalidInput(message, fields={"scopes": [message]})
    if expires_at is not None and expires_at <= utc_now():
        raise InvalidInput("The key would have expired already.", fields={"expires_at": ["This is past."]})
    if user.api_keys.filter(is_active=True).count() >= MAX_KEYS:
        raise WrongState(f"You have {MAX_KEYS} keys; revoke one first.")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[: len(PREFIX) + 6],
        secret_hash=hash_secret(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    after = {"name": name, "prefix": key.prefix, "scopes": list(key.scopes)}
    record_audit(user, "apikey.created", key, after=after)
    return key, secret


@transaction.atomic
def revoke_api_key(user: User, key_id: UUID) -> ApiKey:
    """The key stops working at once. Idempotent."""
    return revoke_one(user, ApiKey.objects.visible_to(user).filter(pk=key_id), "You have no such key.")


def revoke_one(actor: User, found: QuerySet[ApiKey], none: str) -> ApiKey:
    """Revoke the key that was found, in the caller's transaction. Raises NotFound, saying ``none``."""
    key = found.select_for_update().first()
    if key is None:
        raise NotFound(none)
    if key.is_active:
        key.is_active = False
        key.save(update_fields=["is_active"])
        record_audit(actor, "apikey.revoked", key, before={"name": key.name, "prefix": key.prefix})
        tell_sockets(key.user)
    return key


def use_api_key(secret: str, *, now: datetime) -> ApiKey | None:
    """The usable key with this secret, with its user; None otherwise. Notes its use, once a minute."""
    with as_server("the key says who the person is"):
        key = _USABLE.first(hash=hash_secret(secret), now=now)
        if key is not None and (key.last_used_at is None or key.last_used_at < now - _USE_RESOLUTION):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


_USABLE: Final = Kept(
    ApiKey,
    lambda hash, now: ApiKey.objects.usable(now).select_related("user").filter(secret_hash=hash).order_by(),
    {"hash": str, "now": datetime},
)


def hash_secret(secret: str) -> str:
    """SHA-256: enough for 256 random bits, which no dictionary holds."""
    return hashlib.sha256(secret.encode()).hexdigest()
