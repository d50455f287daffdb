"""``manage.py market_feed``: records live markets onto tapes until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from orchestrator.core.memory import calm_collector
from trading.services.feed import MarketFeed

READY_FILE = "ORCHESTRATOR_READY_FILE"


class Command(BaseCommand):
    help = "Record live markets onto the tapes that ask for it. One process records; others wait for its end."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MARKET_FEED:
            self.stdout.write("The market feed is off (MARKET_FEED=off): nothing is recorded.")
        asyncio.run(_run())


async def _run() -> None:
    calm_collector()
    loop, feed = asyncio.get_running_loop(), MarketFeed()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    ready = os.environ.get(READY_FILE)
    if ready:
        Path(ready).touch()
    if not settings.MARKET_FEED:  # supervised all the same: there is nothing to start again
        await ended.wait()
        return
    running = asyncio.create_task(feed.run())
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    feed.stop()
    waiting.cancel()
    await running
