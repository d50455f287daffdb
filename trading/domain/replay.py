"""Reading a stream once for all who need it: the books, the windows and the broker.

One window at a time: what a window decides is placed with the broker at its end, before the message after it
is looked at. What is kept between two windows are values of JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trading.domain.book import Books
from trading.domain.faults import MarketDataError
from trading.domain.ledger import Portfolio
from trading.domain.matching import Broker
from trading.domain.messages import Message
from trading.domain.orders import Event, Instrument
from trading.domain.windows import Window, WindowCutter, WindowRule


@dataclass(frozen=True, slots=True)
class Problem:
    """A message that was passed over, by its place in what was given to read."""

    index: int
    at: int
    token: str
    code: str
    sentence: str


@dataclass(slots=True)
class Progress:
    """What reading gave. ``taken`` messages are done with; the next go begins with the one after them."""

    window: Window | None = None
    taken: int = 0
    events: list[Event] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Replay:
    """Mutable, for one run; ``restore`` goes on where ``snapshot`` was taken."""

    def __init__(
        self, rule: WindowRule, portfolio: Portfolio, instruments: Iterable[Instrument] = ()
    ) -> None:
        self.books = Books()
        self.cutter = WindowCutter(rule, self.books)
        self.broker = Broker(portfolio, instruments, self.books)

    def read(self, messages: Sequence[Message], start: int = 0) -> Progress:
        """Read from ``start`` until a window is over, or to the end: then ``window`` is None.

        A message that cannot be taken (a clock that goes back, a book that cannot be) changes no order and
        is told among the problems.
        """
        progress = Progress()
        books, cutter, broker = self.books, self.cutter, self.broker
        for index in range(start, len(messages)):
            message = messages[index]
            progress.window = cutter.over(message)
            if progress.window is not None:
                break
            progress.taken += 1
            try:
                books.apply(message)
            except MarketDataError as error:
                token = getattr(message, "token", "")
                problem = Problem(index, message.at, token, error.code, str(error))
                progress.problems.append(problem)
                continue
            if events := broker.match(message):
                progress.events += events
            progress.window = cutter.add(message)
            if progress.window is not None:
                break
        if progress.window is not None:
            progress.events += broker.at_end(progress.window.end)
        return progress

    def snapshot(self) -> dict[str, Any]:
        return {
            "books": self.books.snapshot(),
            "windows": self.cutter.snapshot(),
            "broker": self.broker.snapshot(),
        }

    @classmethod
    def restore(cls, data: Mapping[str, Any], rule: WindowRule) -> Replay:
        replay = cls.__new__(cls)
        replay.books = Books.restore(data["books"])
        replay.cutter = WindowCutter.restore(data["windows"], rule, replay.books)
        replay.broker = Broker.restore(data["broker"], replay.books)
        return replay
