"""How long to wait before the next attempt: longer each time, and never in step with others."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(slots=True)
class Backoff:
    """``next`` gives seconds: at least half of a span that doubles from ``first`` up to ``longest``."""

    first: float
    longest: float
    attempts: int = 0

    def next(self) -> float:
        span = min(self.longest, self.first * 2.0 ** min(self.attempts, 30))
        self.attempts += 1
        return span * random.uniform(0.5, 1.0)  # noqa: S311

    def reset(self) -> None:
        self.attempts = 0
