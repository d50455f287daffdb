"""A corporation with a character that agreed to everything, ESI and EVE's log-in beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

from orchestrator.accounts.models import User
from orchestrator.core.clock import utc_now
from orchestrator.core.redis import redis_client
from tests.factories import make_user
from tests.stand_in import stand_in
from tests.trading.eve import stand_in as esi
from tests.trading.eve.test_sso import CLIENT, LogIn
from trading.eve import limits
from trading.eve.sso import SCOPES
from trading.strategy.models import Character, Corporation
from trading.strategy.services.corporations import add_corporation

INFO = f"/corporations/{esi.CORPORATION}"


@dataclass
class Scene:
    owner: User
    corporation: Corporation
    esi: esi.Esi
    login: LogIn

    def connect(self, **other: Any) -> Character:
        """Its token is the stand-in's first; it ran out, unless said otherwise."""
        told = {
            "character_id": 90_000_001,
            "name": "Generated Pilot",
            "owner_hash": "owner-hash=",
            "scopes": sorted(SCOPES),
            "access_token": "stale",
            "refresh_token": "refresh-1",
            "expires_at": utc_now() - timedelta(hours=1),
            **other,
        }
        return Character.objects.create(corporation=self.corporation, connected_by=self.owner, **told)


@contextmanager
def eve(owner: User | None = None) -> Iterator[Scene]:
    for key in redis_client().scan_iter("orchestrator:esi:*"):
        redis_client().delete(key)
    limits.forget_groups()
    owner = owner or make_user("owner")
    made: list[LogIn] = []
    with (
        esi.esi_stand_in() as server,
        stand_in(lambda request: made[0].reply(request)) as login_server,
    ):
        made.append(LogIn(login_server))
        before = settings.EVE_URLS, settings.EVE_CLIENT_ID
        settings.EVE_URLS = {"esi": server.url, "login": login_server.url}
        settings.EVE_CLIENT_ID = CLIENT
        server.replies[INFO] = esi.answer(esi.corporation())
        corporation = add_corporation(owner, eve_id=esi.CORPORATION, name="Generated Industries")
        try:
            yield Scene(owner, corporation, server, made[0])
        finally:
            settings.EVE_URLS, settings.EVE_CLIENT_ID = before
