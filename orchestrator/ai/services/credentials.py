"""People's own keys for AI providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.ai.domain.calls import CallFailed
from orchestrator.ai.domain.catalog import KEYED, PROVIDERS, ProviderInfo
from orchestrator.ai.models import Credential
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound

SHORTEST: Final = 8
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Key:
    """A key to call a provider with; ``is_own`` says that it is the person's and not the server's."""

    secret: str
    is_own: bool

    def __repr__(self) -> str:
        return f"<key, own={self.is_own}>"


def keyed_provider(name: str) -> ProviderInfo:
    """Raises NotFound for a name that no provider with keys has."""
    if name not in KEYED:
        raise NotFound(f"There is no such AI provider; there are {', '.join(KEYED)}.")
    return PROVIDERS[name]


@transaction.atomic
def set_credential(user: User, provider: str, key: str) -> Credential:
    """Store a person's key, in place of one that they had. Raises InvalidInput."""
    info = keyed_provider(provider)
    key = key.strip()
    if not SHORTEST <= len(key) <= LONGEST or not key.isascii() or not key.isprintable() or " " in key:
        message = f"This does not look like a key of {info.title}: 8 to 500 characters, without blanks."
        raise InvalidInput(message, fields={"key": [message]})
    now = utc_now()
    fresh = {"key": key, "last_four": key[-4:], "updated_at": now, "checked_at": None, "fault": ""}
    credential, created = Credential.objects.update_or_create(
        user=user, provider=provider, defaults=fresh, create_defaults={**fresh, "created_at": now}
    )
    after = {"provider": provider, "last_four": credential.last_four}
    record_audit(user, "credential.added" if created else "credential.replaced", credential, after=after)
    return credential


@transaction.atomic
def delete_credential(user: User, provider: str) -> None:
    """Forget a person's key. Raises NotFound if they have none."""
    credential = _mine(user, provider)
    before = {"provider": provider, "last_four": credential.last_four}
    record_audit(user, "credential.deleted", credential, before=before)
    credential.delete()


@transaction.atomic
def note_check(user: User, provider: str, fault: str) -> Credential:
    """Keep what came of trying a key; ``fault`` empty: it worked. Raises NotFound if there is none."""
    credential = _mine(user, provider)
    credential.checked_at, credential.fault = utc_now(), fault[:500]
    credential.save(update_fields=["checked_at", "fault"])
    return credential


def _mine(user: User, provider: str) -> Credential:
    keyed_provider(provider)
    credential = Credential.objects.visible_to(user).select_for_update().filter(provider=provider).first()
    if credential is None:
        raise NotFound(f"You have no key for {PROVIDERS[provider].title}.")
    return credential


def key_for(user_id: UUID | None, provider: str) -> Key:
    """The person's own key, else the server's. Raises CallFailed where there is neither."""
    info = PROVIDERS[provider]
    if not info.needs_key:
        return Key("", is_own=False)
    own = Credential.objects.filter(user=user_id, provider=provider).first() if user_id else None
    if own is not None:
        return Key(own.key.open(), is_own=True)
    server: str = settings.AI_PROVIDERS[provider]["key"]
    if server:
        return Key(server, is_own=False)
    raise CallFailed(
        "no_key",
        f"There is no key for {info.title}. Add your own under Settings, AI providers, or have an "
        f"administrator set {info.key_variable} on the server.",
    )
