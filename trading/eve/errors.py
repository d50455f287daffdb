"""What can go wrong between a session and EVE's servers, in words for people."""

from __future__ import annotations

from orchestrator.core.errors import DomainError, NotAllowed, NotFound, WrongState


class EsiAway(DomainError):
    """No answer, or none that can be used, after all attempts. Later may go better."""

    code = "esi_away"
    status = 503


class EsiLimited(DomainError):
    """ESI wants fewer calls; ``retry_after_seconds`` is how long none is made."""

    code = "esi_limited"
    status = 503

    def __init__(self, message: str, *, retry_after_seconds: float) -> None:
        super().__init__(message, retry_after_seconds=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds


class EsiRefused(DomainError):
    """ESI understood and refuses; the same question gets the same answer."""

    code = "esi_refused"
    status = 502


class EsiUnknown(NotFound):
    """There is no such corporation, region, division or type."""

    code = "esi_unknown"


class EsiForbidden(NotAllowed):
    """The character may not see this: it lacks a role in its corporation, or left it."""

    code = "esi_forbidden"


class TokenRevoked(WrongState):
    """The character's consent is gone: withdrawn at EVE, expired, or given to another account."""

    code = "token_revoked"


class BadEsi(DomainError):
    """What ESI sent cannot be read, or pages of one answer that never belonged together."""

    code = "bad_esi"
    status = 502


class NoConsent(WrongState):
    """No character of the corporation agreed to this, or none that still can be used."""

    code = "no_consent"
