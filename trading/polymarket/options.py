"""The figures by which a stream is run; the defaults suit the real exchange, tests take smaller ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """``capacity``: messages that may wait; ``patience_seconds``: how long reading pauses before they go."""

    batch: int = 250
    ping_seconds: float = 10.0
    pong_seconds: float = 10.0
    open_seconds: float = 10.0
    capacity: int = 50_000
    patience_seconds: float = 2.0
    book_seconds: float = 10.0
    """How long a token waits for its book before it is asked for again."""
    backoff_first: float = 0.5
    backoff_longest: float = 30.0
    stable_seconds: float = 10.0
    """A connection that lasted this long is followed by a new one without a longer pause."""
    look_seconds: float = 0.1
    max_frame_bytes: int = 32 * 1024 * 1024
