"""What characters agreed to, made use of: their tokens, renewed by one at a time, in workers only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from orchestrator.config import serves_web
from orchestrator.core.clock import utc_now
from trading.eve import sso
from trading.eve.errors import EsiForbidden, NoConsent, TokenRevoked
from trading.eve.http import Consent
from trading.strategy.models import Character, Corporation

Answer = TypeVar("Answer")

_SPARE: Final = timedelta(seconds=60)
"""A token is renewed this long before it runs out: a list of many pages is read with one."""
MOVED: Final = "The character went to another account of EVE, which ends its consent. Connect it again."
log = structlog.get_logger(__name__)


def usable_characters(corporation: Corporation, scope: str) -> list[Character]:
    """Those that agreed to it and are not known to be of no use any more."""
    agreed = corporation.characters.filter(scopes__contains=[scope], fault="")
    return list(agreed.defer("access_token", "refresh_token"))


def with_consent(corporation: Corporation, scope: str, ask: Callable[[Consent], Answer]) -> Answer:
    """What the first character is told that may see it.

    Raises NoConsent, EsiForbidden or TokenRevoked if it is told to none of them, and what ``ask`` raises.
    """
    refused: EsiForbidden | TokenRevoked | None = None
    for character in usable_characters(corporation, scope):
        try:
            return _asked(character, ask)
        except TokenRevoked as error:
            refused = error
            _note(character, error.message)
        except EsiForbidden as error:
            refused = refused or error
    if refused is not None:
        raise refused
    what = sso.SCOPES[scope]
    raise NoConsent(f"No character is connected that may read this: “{what}”. Connect one that may.")


def _asked(character: Character, ask: Callable[[Consent], Answer]) -> Answer:
    """ESI may refuse a token before its time; whether the consent has ended is the log-in's to say."""
    consent = consent_of(character.pk)
    try:
        return ask(consent)
    except TokenRevoked:
        return ask(consent_of(character.pk, spent=consent.token))


def consent_of(character_id: UUID, *, spent: str = "") -> Consent:
    """With a token that holds for a while yet, and is not ``spent``.

    The one place where a row is locked while EVE is asked: a refresh token that two spend at once may end
    the consent. Only this character waits, for as long as the log-in takes. Raises TokenRevoked and EsiAway.
    """
    if serves_web():
        raise RuntimeError("tokens are opened by workers")
    with transaction.atomic():
        character = Character.objects.select_for_update().filter(pk=character_id).first()
        if character is None or character.fault:
            raise TokenRevoked(character.fault if character else "The character was disconnected.")
        token = character.access_token.open()
        if token == spent or character.expires_at < utc_now() + _SPARE:
            token = _renewed(character)
    if character.fault:
        raise TokenRevoked(character.fault)
    return Consent(character.character_id, token)


def _renewed(character: Character) -> str:
    """Empty where the consent has ended, which the row then says."""
    login, client = settings.EVE_URLS["login"], settings.EVE_CLIENT_ID
    try:
        grant = sso.refresh(login, client, character.refresh_token.open())
    except TokenRevoked as error:
        _end(character, error.message)
        return ""
    if grant.owner != character.owner_hash or grant.character_id != character.character_id:
        _end(character, MOVED)
        return ""
    Character.objects.filter(pk=character.pk).update(
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        expires_at=grant.expires_at,
        scopes=sorted(grant.scopes & sso.SCOPES.keys()),
        updated_at=utc_now(),
    )
    return grant.access_token


def _end(character: Character, why: str) -> None:
    """Its tokens are of no use to anybody any more, and are not kept."""
    log.info("eve_consent_ended", character=str(character.pk), why=why)
    character.fault = why[:500]
    Character.objects.filter(pk=character.pk).update(
        fault=character.fault, access_token="", refresh_token="", updated_at=utc_now()
    )


@transaction.atomic
def _note(character: Character, why: str) -> None:
    """ESI refused a token that was fresh."""
    locked = Character.objects.select_for_update().filter(pk=character.pk, fault="").first()
    if locked is not None:
        _end(locked, why)
