"""EVE's log-in: the code flow with PKCE (RFC 7636), so that no secret of the application is needed.

Addresses come from the server's settings; what they are is published as OAuth 2.0 metadata (RFC 8414).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import jwt

from orchestrator.core.clock import utc_now
from orchestrator.core.outgoing import USER_AGENT, seconds_of
from trading.eve.answers import about_now
from trading.eve.errors import BadEsi, EsiAway, EsiLimited, EsiRefused, TokenRevoked

SCOPES: Final = {
    "esi-corporations.read_corporation_membership.v1": "Who is in the corporation",
    "esi-wallet.read_corporation_wallets.v1": "The corporation's wallets and their journal",
    "esi-industry.read_corporation_jobs.v1": "What its members build, research and invent for it",
    "esi-markets.read_corporation_orders.v1": "Its orders on the market",
    "esi-assets.read_corporation_assets.v1": "What it owns, and where",
}
"""Every scope that is ever asked for, and what it is for, as people are told before."""

_AUDIENCE: Final = "EVE Online"
_SUBJECT: Final = "CHARACTER:EVE:"
_ALGORITHMS: Final = ("RS256", "ES256")
_ENDED: Final = ("invalid_grant", "invalid_token")
_TIMEOUT: Final = 15.0
_LEEWAY: Final = 10
_USUAL_REST: Final = 60.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One begun log-in. ``state`` and ``verifier`` stay with the browser's session until it comes back."""

    url: str
    state: str
    verifier: str


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """A character's consent. ``owner`` changes when the character goes to another account."""

    character_id: int
    name: str
    owner: str
    scopes: frozenset[str]
    access_token: str
    refresh_token: str
    expires_at: datetime


def begin(login_url: str, client_id: str, redirect_uri: str, scopes: frozenset[str]) -> Attempt:
    """Raises ValueError for a scope that nobody has been told about."""
    if unknown := scopes - SCOPES.keys():
        raise ValueError(f"unknown scopes: {', '.join(sorted(unknown))}")
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(sorted(scopes)),
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return Attempt(f"{login_url.rstrip('/')}/v2/oauth/authorize?{urlencode(query)}", state, verifier)


def finish(login_url: str, client_id: str, *, code: str, verifier: str) -> Grant:
    """The code that EVE sent the browser back with, for a consent.

    Raises EsiAway, EsiRefused (the code is spent, older than five minutes, or another's) or BadEsi.
    """
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": client_id,
        "code_verifier": verifier,
    }
    return _grant(login_url, client_id, body)


def refresh(login_url: str, client_id: str, refresh_token: str) -> Grant:
    """A new access token, and maybe a new refresh token.

    Raises EsiAway, BadEsi, EsiRefused if this server is not welcome, and TokenRevoked if the consent is over.
    """
    body = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    return _grant(login_url, client_id, body)


def revoke(login_url: str, client_id: str, refresh_token: str) -> None:
    """So that nobody can use it any more (RFC 7009). Raises EsiAway; that it was gone already is no fault."""
    body = {"token_type_hint": "refresh_token", "token": refresh_token, "client_id": client_id}
    _post(f"{login_url.rstrip('/')}/v2/oauth/revoke", body)


def _grant(login_url: str, client_id: str, body: Mapping[str, str]) -> Grant:
    base = login_url.rstrip("/")
    response = _post(f"{base}/v2/oauth/token", body)
    if response.status_code != httpx.codes.OK:
        raise _refusal(response, body["grant_type"])
    told = _object(response)
    access, again = told.get("access_token"), told.get("refresh_token")
    if not isinstance(access, str) or not isinstance(again, str):
        raise BadEsi("EVE's log-in answered without tokens.")
    claims = _claims(base, client_id, access)
    scopes = claims.get("scp", [])
    return Grant(
        character_id=_character(claims),
        name=str(claims.get("name", ""))[:100],
        owner=str(claims.get("owner", ""))[:100],
        scopes=frozenset([scopes] if isinstance(scopes, str) else map(str, scopes)),
        access_token=access,
        refresh_token=again,
        expires_at=utc_now() + timedelta(seconds=max(0, int(claims["exp"] - utc_now().timestamp()))),
    )


def _refusal(response: httpx.Response, asked: str) -> Exception:
    """RFC 6749, 5.2: only ``invalid_grant`` is about the consent, all else about who asks."""
    try:
        code = _object(response).get("error", "")
    except BadEsi:
        code = ""
    if asked == "refresh_token" and code in _ENDED:
        return TokenRevoked("EVE no longer accepts the character's consent. Connect it again.")
    if asked == "refresh_token":
        said = f" ({code})" if isinstance(code, str) and code else ""
        return EsiRefused(
            f"EVE's log-in refuses this server (HTTP {response.status_code}{said}). Its administrator looks "
            "after EVE_CLIENT_ID; the consent stands."
        )
    return EsiRefused(f"EVE's log-in refuses (HTTP {response.status_code}). Begin again.")


def _claims(base: str, client_id: str, token: str) -> dict[str, Any]:
    """Checked: who signed it, for whom, from whom, until when. Raises BadEsi."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        keys = jwt.PyJWKSet.from_dict(_object(_get(f"{base}/oauth/jwks")))
        key = next(each for each in keys.keys if each.key_id == kid)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=list(_ALGORITHMS),
            audience=_AUDIENCE,
            issuer=[base, f"{base}/", urlsplit(base).netloc],
            leeway=_LEEWAY,
            options={"require": ["exp", "iss", "sub", "aud"]},
        )
    except (jwt.PyJWTError, StopIteration) as error:
        raise BadEsi("EVE's log-in sent a token that cannot be trusted.") from error
    if client_id not in claims["aud"]:
        raise BadEsi("EVE's log-in sent a token that is for another application.")
    return claims


def _character(claims: Mapping[str, Any]) -> int:
    number = str(claims["sub"]).removeprefix(_SUBJECT)
    if not number.isascii() or not number.isdigit():
        raise BadEsi("EVE's log-in named no character.")
    return int(number)


def _post(url: str, body: Mapping[str, str]) -> httpx.Response:
    try:
        response = httpx.post(
            url, data=dict(body), timeout=_TIMEOUT, trust_env=False, headers={"user-agent": USER_AGENT}
        )
    except httpx.HTTPError as error:
        raise EsiAway(f"EVE's log-in did not answer: {type(error).__name__}.") from error
    return _there(response)


def _get(url: str) -> httpx.Response:
    try:
        response = httpx.get(url, timeout=_TIMEOUT, trust_env=False, headers={"user-agent": USER_AGENT})
    except httpx.HTTPError as error:
        raise EsiAway(f"EVE's log-in did not answer: {type(error).__name__}.") from error
    return _there(response)


def _there(response: httpx.Response) -> httpx.Response:
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise EsiAway(f"EVE's log-in has a problem of its own (HTTP {response.status_code}).{about_now()}")
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        rest = seconds_of(response.headers.get("retry-after", "")) or _USUAL_REST
        raise EsiLimited(
            f"EVE's log-in asks for a rest of {max(1, round(rest)):,} s.", retry_after_seconds=rest
        )
    return response


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        told = response.json()
    except ValueError as error:
        raise BadEsi("EVE's log-in answered with what is not JSON.") from error
    if not isinstance(told, dict):
        raise BadEsi("EVE's log-in answered with what is no object.")
    return told
