"""Running a source as an algorithm over made-up candles."""

from __future__ import annotations

import io

import numpy as np

from workspaces.domain.detectors import Detection
from workspaces.domain.made_up import made_up_candles
from workspaces.sandbox import Ask, Limits, run

ANSWER = "def run(pattern, candles, parameters): return []\n"


def archive(count: int = 200, *, seed: int = 1) -> bytes:
    candles, kept = made_up_candles(count, seed=seed), io.BytesIO()
    names = ("time", "open", "high", "low", "close", "volume")
    np.savez_compressed(kept, **{name: getattr(candles, name) for name in names})
    return kept.getvalue()


def play(source: str, *, limits: Limits | None = None) -> list[Detection]:
    return run({"run.py": source}, "swings", [archive()], [Ask(0, 0, 199)], limits=limits)[0]
