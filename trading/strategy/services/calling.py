"""ESI as this server's settings have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from trading.eve.esi import Esi
from trading.eve.http import EsiHttp, EsiOptions


@contextmanager
def calling_esi(options: EsiOptions | None = None) -> Iterator[Esi]:
    """Of one thread. Never inside a transaction: an answer may take a minute."""
    http = EsiHttp(settings.EVE_URLS["esi"], settings.EVE_CONTACT, options)
    try:
        yield Esi(http)
    finally:
        http.close()
