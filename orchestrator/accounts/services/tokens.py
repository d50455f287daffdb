"""Access and refresh tokens of API clients (JWT), with families that notice theft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

from django.contrib.auth.models import update_last_login
from django.db import transaction
from django.http import HttpRequest
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from orchestrator.accounts.audit import record_audit
from orchestrator.accounts.models import TokenFamily, User
from orchestrator.accounts.services.logging_in import check_code, check_password, forget_failures
from orchestrator.core.clock import utc_now
from orchestrator.core.context import acts_for, current_origin
from orchestrator.core.errors import DomainError, NotFound
from orchestrator.core.rls import acting_as

FAMILY: Final = "family"


class BadToken(DomainError):
    """The refresh token is not, or no longer, good. Log in again."""

    code = "token_not_valid"
    status = 401


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str
    refresh: str


def log_in(request: HttpRequest, username: str, password: str, code: str = "") -> TokenPair:
    """Raises BadCredentials, SecondStepNeeded, BadCode or LockedOut."""
    user = check_password(request, username, password)
    acts_for(user.pk)
    check_code(request, user, code)
    forget_failures(request, user)
    update_last_login(User, user)
    return open_family(user)


@transaction.atomic
def open_family(user: User) -> TokenPair:
    """Tokens for a person who has just proved who they are."""
    origin = current_origin()
    family = TokenFamily(user=user, user_agent=origin.user_agent, ip_address=origin.ip_address or None)
    token = RefreshToken.for_user(user)
    token[FAMILY] = str(family.pk)
    family.current_jti, family.expires_at = token["jti"], _expiry(token)
    family.save(force_insert=True)
    return TokenPair(str(token.access_token), str(token))


def rotate(refresh: str) -> TokenPair:
    """New tokens for the newest one of a family. An older one revokes the family and raises BadToken."""
    token = _parse(refresh)
    with transaction.atomic():
        family = _family(token)
        if family.current_jti == token["jti"]:
            token.set_jti()
            token.set_exp()
            token.set_iat()
            family.current_jti, family.expires_at = token["jti"], _expiry(token)
            family.last_used_at = utc_now()
            family.save(update_fields=["current_jti", "expires_at", "last_used_at"])
            return TokenPair(str(token.access_token), str(token))
        _revoke(family, "a spent refresh token came back")
    raise BadToken("This refresh token was used before. All tokens of its log-in are revoked; log in again.")


@transaction.atomic
def close_family(refresh: str) -> None:
    """Log out: none of the family's tokens can be refreshed any more. Raises BadToken."""
    _revoke(_family(_parse(refresh)), "logged out")


@transaction.atomic
def close_all_families(user: User) -> int:
    """Log out everywhere; the number of log-ins that were ended."""
    open_ones = list(TokenFamily.objects.select_for_update().filter(user=user, revoked_at__isnull=True))
    for family in open_ones:
        _revoke(family, "logged out everywhere")
    return len(open_ones)


def user_of_token(token: Mapping[str, Any], *, now: datetime) -> User | None:
    """The active person of a checked access token whose log-in was not ended; None otherwise."""
    family_id: str = token.get(FAMILY) or str(UUID(int=0))
    live = TokenFamily.objects.live(now).filter(pk=family_id, user__is_active=True).select_related("user")
    with acting_as(UUID(str(token["user_id"]))):
        family = live.first()
    return family.user if family is not None else None


def close_family_by_id(user: User, family_id: UUID) -> None:
    """End one log-in of a program, in the caller's transaction. Idempotent. Raises NotFound."""
    family = TokenFamily.objects.visible_to(user).select_for_update().filter(pk=family_id).first()
    if family is None:
        raise NotFound("You have no such log-in.")
    if family.revoked_at is None:
        _revoke(family, "ended by its owner")


def _parse(refresh: str) -> RefreshToken:
    """The token, whose signature says for whom the rest of the request acts."""
    try:
        token = RefreshToken(cast(Any, refresh))
        acts_for(UUID(str(token["user_id"])))
    except (TokenError, KeyError, ValueError) as error:
        raise BadToken("This refresh token is not valid or has expired; log in again.") from error
    return token


def _family(token: RefreshToken) -> TokenFamily:
    """The live family of a token, locked."""
    found = TokenFamily.objects.select_for_update().filter(pk=token.get(FAMILY), user__is_active=True).first()
    if found is None or found.revoked_at is not None:
        raise BadToken("This log-in was ended; log in again.")
    return found


def _revoke(family: TokenFamily, reason: str) -> None:
    family.revoked_at, family.revoked_reason = utc_now(), reason
    family.save(update_fields=["revoked_at", "revoked_reason"])
    record_audit(family.user, "tokens.revoked", family, after={"reason": reason})


def _expiry(token: RefreshToken) -> datetime:
    return datetime.fromtimestamp(token["exp"], UTC)
