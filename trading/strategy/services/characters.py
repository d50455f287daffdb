"""Characters that agree to have their corporation read: connected, listed, and let go of."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.errors import InvalidInput, NotFound, WrongState
from orchestrator.core.hinting import send_hint
from trading.eve import sso
from trading.eve.errors import EsiAway, EsiLimited
from trading.strategy.access import May, find_corporation
from trading.strategy.models import Character, Corporation
from trading.strategy.services.calling import calling_esi

TASK: Final = "strategy.disconnect_character"
LEAVING: Final = "It is being disconnected: EVE is told to forget the consent."
MOST_CHARACTERS: Final = 20
log = structlog.get_logger(__name__)


def begin_connecting(
    user: User, corporation_id: UUID, *, scopes: frozenset[str], redirect_uri: str
) -> sso.Attempt:
    """Where to send the browser, and what its session keeps until it comes back.

    Raises NotFound, NotAllowed, InvalidInput about ``scopes``, and WrongState where nothing can be connected.
    """
    corporation = find_corporation(user, corporation_id, May.OWN)
    refuse_unless_connectable(corporation)
    if not scopes or scopes - sso.SCOPES.keys():
        message = (
            "Choose at least one thing that may be read." if not scopes else "Nothing like that is asked."
        )
        raise InvalidInput(message, fields={"scopes": [message]})
    return sso.begin(settings.EVE_URLS["login"], settings.EVE_CLIENT_ID, redirect_uri, scopes)


def refuse_unless_connectable(corporation: Corporation) -> None:
    """Raises WrongState that says why."""
    if corporation.is_generated:
        raise WrongState("A generated corporation has no characters: nobody plays it.")
    if not settings.EVE_CLIENT_ID:
        raise WrongState("This server is not registered with EVE: its administrator sets EVE_CLIENT_ID.")
    if corporation.characters.count() >= MOST_CHARACTERS:
        raise WrongState(f"{MOST_CHARACTERS} characters are connected already.")


def finish_connecting(user: User, corporation_id: UUID, *, code: str, verifier: str) -> Character:
    """The character that agreed, connected; again, with its new consent in place of the old.

    Raises NotFound, NotAllowed, WrongState if it is of another corporation, and what ``sso.finish`` and ESI
    raise. A consent that is of no use is given back.
    """
    corporation = find_corporation(user, corporation_id, May.OWN)
    refuse_unless_connectable(corporation)
    grant = sso.finish(settings.EVE_URLS["login"], settings.EVE_CLIENT_ID, code=code, verifier=verifier)
    with calling_esi() as esi:
        told = esi.character(grant.character_id).data
    if told.corporation_id != corporation.eve_id:
        _give_back(grant.refresh_token)
        raise WrongState(
            f"{grant.name} is in another corporation of EVE ({told.corporation_id}), not in "
            f"{corporation.name} ({corporation.eve_id}). Nothing was kept."
        )
    return _keep(user, corporation_id, grant)


@transaction.atomic
def _keep(user: User, corporation_id: UUID, grant: sso.Grant) -> Character:
    corporation = find_corporation(user, corporation_id, May.OWN, lock=True)
    character, _ = Character.objects.update_or_create(
        corporation=corporation,
        character_id=grant.character_id,
        defaults={
            "connected_by": user,
            "name": grant.name,
            "owner_hash": grant.owner,
            "scopes": sorted(grant.scopes & sso.SCOPES.keys()),
            "access_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "expires_at": grant.expires_at,
            "fault": "",
            "updated_at": utc_now(),
        },
    )
    told = {"character": character.name, "scopes": character.scopes}
    record_audit(user, "corporation.character_connected", corporation, after=told)
    return character


@transaction.atomic
def disconnect_character(user: User, character_id: UUID) -> Character:
    """From now on it is not used; a worker has EVE forget the consent, and then deletes it.

    Raises NotFound and NotAllowed.
    """
    corporation_id = (
        Character.objects.filter(pk=character_id).values_list("corporation_id", flat=True).first()
    )
    if corporation_id is None:
        raise NotFound("There is no such character, or none that you connected.")
    corporation = find_corporation(user, corporation_id, May.OWN)
    rows = Character.objects.select_for_update().defer("access_token", "refresh_token")
    character = rows.filter(pk=character_id).first()
    if character is None:
        raise NotFound("There is no such character, or none that you connected.")
    if character.fault != LEAVING:
        character.fault, character.updated_at = LEAVING, utc_now()
        character.save(update_fields=["fault", "updated_at"])
        told = {"character": character.name}
        record_audit(user, "corporation.character_disconnected", corporation, before=told)
        transaction.on_commit(lambda: _hint(character_id))
    return character


def _hint(character_id: UUID) -> None:
    """The sweep finds those that nobody was told of."""
    send_hint(TASK, str(character_id), unsent="disconnect_hint_not_sent", character=str(character_id))


def forget_character(character_id: UUID) -> None:
    """In a worker; safe to do again. Raises EsiAway and EsiLimited, and keeps the character, while EVE cannot
    be told."""
    character = Character.objects.filter(pk=character_id, fault=LEAVING).first()
    if character is None:
        return
    if token := character.refresh_token.open():
        sso.revoke(settings.EVE_URLS["login"], settings.EVE_CLIENT_ID, token)
    Character.objects.filter(pk=character_id, fault=LEAVING).delete()


def forget_leaving() -> None:
    """All that are being disconnected."""
    for pk in list(Character.objects.filter(fault=LEAVING).values_list("pk", flat=True)):
        try:
            forget_character(pk)
        except (EsiAway, EsiLimited) as error:
            log.warning("character_not_forgotten", character=str(pk), error=str(error))


def _give_back(refresh_token: str) -> None:
    try:
        sso.revoke(settings.EVE_URLS["login"], settings.EVE_CLIENT_ID, refresh_token)
    except (EsiAway, EsiLimited) as error:
        log.warning("consent_not_given_back", error=str(error))
