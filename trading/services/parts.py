"""Which part of a tape a backtest reads, and how fast."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from orchestrator.core.errors import InvalidInput, WrongState
from trading.domain.vocabulary import Mode
from trading.models import Tape

SLOWEST: Final = 0.1
FASTEST: Final = 100_000.0
"""Seconds of the market in a second of the clock."""


def check_range(mode: Mode, tape: Tape, from_at: datetime | None, until_at: datetime | None) -> None:
    """Raises InvalidInput where nothing lies between the two, WrongState for what is no backtest."""
    if from_at is None and until_at is None:
        return
    if mode is not Mode.BACKTEST:
        raise WrongState("Only a backtest reads a part of a tape: other runs follow it to its end.")
    faults: dict[str, list[str]] = {}
    if from_at is not None and tape.last_at is not None and from_at > tape.last_at:
        faults["from_at"] = ["The tape is over by then."]
    if until_at is not None and tape.first_at is not None and until_at <= tape.first_at:
        faults["until_at"] = ["The tape has not begun by then."]
    if from_at is not None and until_at is not None and from_at >= until_at:
        faults["until_at"] = ["This has to come after the beginning."]
    if faults:
        raise InvalidInput("Nothing of the tape lies between these times.", fields=faults)


def check_speed(mode: Mode, speed: float | None) -> None:
    """Raises InvalidInput out of bounds, WrongState for what is no backtest."""
    if speed is None:
        return
    if mode is not Mode.BACKTEST:
        raise WrongState("Only a backtest has a speed: other runs go with the market.")
    if not SLOWEST <= speed <= FASTEST:
        message = f"From {SLOWEST:g} to {FASTEST:,.0f} times the market's."
        raise InvalidInput(f"speed: {message}", fields={"speed": [message]})
