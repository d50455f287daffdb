"""EVE's log-in against a local stand-in: the code flow with PKCE, and tokens that are not to be trusted."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from orchestrator.core.clock import utc_now
from tests.stand_in import Answer, Received, StandIn, stand_in
from trading.eve import sso
from trading.eve.errors import BadEsi, EsiAway, EsiRefused, TokenRevoked

CLIENT = "an-application"
BACK = "https://orchestrator.example/strategy/characters/back/"
KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
OTHER = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
SCOPE = "esi-wallet.read_corporation_wallets.v1"


class LogIn:
    """``verifiers`` by code; ``change`` may spoil what is signed, ``key`` what it is signed with."""

    def __init__(self, server: StandIn) -> None:
        self.server = server
        self.challenges: dict[str, str] = {}
        self.change: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
        self.key: Any = KEY
        self.algorithm = "RS256"
        self.status = 200
        self.refresh_tokens = {"refresh-1"}

    @property
    def url(self) -> str:
        return self.server.url

    def token(self) -> str:
        now = int(utc_now().timestamp())
        claims = {
            "scp": [SCOPE],
            "sub": "CHARACTER:EVE:90000001",
            "aud": [CLIENT, "EVE Online"],
            "azp": CLIENT,
            "name": "Generated Pilot",
            "owner": "owner-hash=",
            "iat": now,
            "exp": now + 1_199,
            "iss": self.url,
        }
        return jwt.encode(self.change(claims), self.key, self.algorithm, headers={"kid": "one"})

    def reply(self, request: Received) -> Answer:
        path = urlsplit(request.path).path
        if self.status >= 500:
            return Answer(self.status, b"")
        if path == "/oauth/jwks":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return Answer(200, json.dumps({"keys": [{**public, "kid": "one", "alg": "RS256"}]}).encode())
        body = dict(parse_qsl(request.body.decode()))
        if path == "/v2/oauth/revoke":
            self.refresh_tokens.discard(body["token"])
            return Answer(200, b"")
        if body["grant_type"] == "authorization_code":
            digest = hashlib.sha256(body["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            is_known = self.challenges.pop(body["code"], None) == challenge
        else:
            is_known = body["refresh_token"] in self.refresh_tokens
        if not is_known:
            return Answer(400, b'{"error": "invalid_grant"}')
        told = {"access_token": self.token(), "expires_in": 1_199, "refresh_token": "refresh-1"}
        return Answer(200, json.dumps(told).encode())


@pytest.fixture
def login() -> Iterator[LogIn]:
    made: list[LogIn] = []
    with stand_in(lambda request: made[0].reply(request)) as server:
        made.append(LogIn(server))
        yield made[0]


def come_back(login: LogIn, attempt: sso.Attempt) -> str:
    """As a browser that was sent there and agreed: the code it comes back with."""
    asked = parse_qs(urlsplit(attempt.url).query)
    login.challenges["code-1"] = asked["code_challenge"][0]
    return "code-1"


def test_a_character_agrees_and_its_token_can_be_renewed(login: LogIn) -> None:
    attempt = sso.begin(login.url, CLIENT, BACK, frozenset({SCOPE}))
    asked = parse_qs(urlsplit(attempt.url).query)
    assert (asked["response_type"], asked["scope"], asked["state"]) == (["code"], [SCOPE], [attempt.state])
    assert asked["redirect_uri"] == [BACK]
    assert attempt.verifier not in attempt.url

    grant = sso.finish(login.url, CLIENT, code=come_back(login, attempt), verifier=attempt.verifier)

    assert (grant.character_id, grant.name, grant.scopes) == (
        90_000_001,
        "Generated Pilot",
        frozenset({SCOPE}),
    )
    assert 1_150 < (grant.expires_at - utc_now()).total_seconds() <= 1_199
    assert grant.access_token not in repr(grant)
    assert sso.refresh(login.url, CLIENT, grant.refresh_token).owner == "owner-hash="


def test_a_code_is_worth_nothing_without_its_verifier_or_a_second_time(login: LogIn) -> None:
    attempt = sso.begin(login.url, CLIENT, BACK, frozenset({SCOPE}))
    code = come_back(login, attempt)
    with pytest.raises(EsiRefused, match="Begin again"):
        sso.finish(login.url, CLIENT, code=code, verifier="another-browser's")
    with pytest.raises(EsiRefused):
        sso.finish(login.url, CLIENT, code=code, verifier=attempt.verifier)


def test_two_attempts_have_nothing_in_common() -> None:
    one, other = (sso.begin("https://login.example", CLIENT, BACK, frozenset()) for _ in range(2))
    assert one.state != other.state
    assert one.verifier != other.verifier
    assert len(one.verifier) >= 43, "as RFC 7636 demands"


def test_a_scope_that_nobody_was_told_of_is_never_asked_for() -> None:
    with pytest.raises(ValueError, match="esi-mail"):
        sso.begin("https://login.example", CLIENT, BACK, frozenset({"esi-mail.send_mail.v1"}))
    assert all(sso.SCOPES.values())


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("another issuer", {"iss": "https://evil.example"}),
        ("another audience", {"aud": [CLIENT]}),
        ("another application", {"aud": ["theirs", "EVE Online"]}),
        ("a time gone by", {"exp": 1_600_000_000}),
        ("no character", {"sub": "USER:EVE:1"}),
        ("a character that is no number", {"sub": "CHARACTER:EVE:\uff11"}),
    ],
)
def test_a_token_that_is_not_for_us_is_not_taken(login: LogIn, what: str, change: dict[str, Any]) -> None:
    login.change = lambda claims: {**claims, **change}
    with pytest.raises(BadEsi, match="EVE's log-in"):
        sso.refresh(login.url, CLIENT, "refresh-1")


def test_the_issuer_may_be_named_by_its_host(login: LogIn) -> None:
    login.change = lambda claims: {**claims, "iss": urlsplit(login.url).netloc}
    assert sso.refresh(login.url, CLIENT, "refresh-1").character_id == 90_000_001


def test_a_token_that_others_signed_is_not_taken(login: LogIn) -> None:
    login.key = OTHER
    with pytest.raises(BadEsi, match="cannot be trusted"):
        sso.refresh(login.url, CLIENT, "refresh-1")
    login.key, login.algorithm = "a key that both sides share, of enough bytes", "HS256"
    with pytest.raises(BadEsi, match="cannot be trusted"):
        sso.refresh(login.url, CLIENT, "refresh-1")


def test_a_consent_that_was_withdrawn_is_told_so(login: LogIn) -> None:
    sso.revoke(login.url, CLIENT, "refresh-1")
    with pytest.raises(TokenRevoked, match="Connect it again"):
        sso.refresh(login.url, CLIENT, "refresh-1")


def test_a_log_in_that_is_away_withdraws_nothing(login: LogIn) -> None:
    login.status = 503
    with pytest.raises(EsiAway, match="503"):
        sso.refresh(login.url, CLIENT, "refresh-1")
    with pytest.raises(EsiAway, match="did not answer"):
        sso.refresh("http://127.0.0.1:1", CLIENT, "refresh-1")
