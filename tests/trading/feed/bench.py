"""Whether the recorder keeps up with 2,000 messages a second, and what it costs.

``python -m orchestrator.embedded run --fast --data .data/bench -- python -m tests.trading.feed.bench``: an
exchange in a process of its own, PostgreSQL in others; the share of a core is the recorder's alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
import time
from typing import Any

import django

SECONDS = 20
PER_SECOND = 2_000


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from orchestrator.accounts.models import User
    from tests.trading.polymarket.bench import TOKENS, a_day, play
    from trading.models import Tape
    from trading.services.tapes import begin_recording

    call_command("migrate", verbosity=0)
    user = User.objects.filter(username="bench").first() or User.objects.create_user("bench", role="admin")
    near, far = multiprocessing.Pipe()
    frames = a_day(SECONDS * PER_SECOND)
    server = multiprocessing.get_context("spawn").Process(target=play, args=(frames, PER_SECOND, far))
    server.start()
    settings.POLYMARKET_URLS = {**settings.POLYMARKET_URLS, "stream": near.recv()}
    tape = begin_recording(user, name="Bench", tokens=TOKENS)
    lags, rates, core, wall = asyncio.run(_record(tape))
    near.send("enough")
    server.join()
    tape.refresh_from_db()
    rows = (
        ("recorded", f"{tape.message_count:,} messages in {tape.chunk_count} chunks, {tape.gap_count} gaps"),
        ("rate", f"{statistics.median(rates):,.0f} messages/s (median of what the row said)"),
        ("share of a core", f"{core / wall:.0%}"),
        ("heard to written", f"{statistics.median(lags):,.0f} ms median, {max(lags):,} ms at most"),
        ("size", f"{tape.byte_count / max(tape.message_count, 1):.1f} bytes a message"),
        ("kept up", "yes" if not tape.gap_count and max(lags) < 3_000 else "NO"),
    )
    for what, figure in rows:
        sys.stdout.write(f"{what:<20}{figure}\n")
    Tape.objects.filter(pk=tape.pk).delete()


async def _record(tape: Any) -> tuple[list[int], list[float], float, float]:
    """What the tape's row said every half second, and the processor's and the clock's seconds."""
    from trading.services.feed import MarketFeed

    feed = MarketFeed()
    running = asyncio.create_task(feed.run())
    await asyncio.sleep(2)
    lags, rates = [], []
    began, core = time.monotonic(), time.process_time()
    while time.monotonic() - began < SECONDS - 4:
        await asyncio.sleep(0.5)
        await tape.arefresh_from_db()
        lags.append(tape.lag_ms or 0)
        rates.append(tape.message_rate or 0.0)
    core, wall = time.process_time() - core, time.monotonic() - began
    feed.stop()
    await running
    return lags, rates, core, wall


if __name__ == "__main__":
    main()
