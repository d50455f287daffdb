"""Signals as something a select loop can wait for."""

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Self

_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_Handler = Callable[[int, FrameType | None], object] | int | None


class SignalInbox:
    """While entered, requests to stop are collected in `received`; they and SIGCHLD make `reader` readable.

    Must be entered in the main thread.
    """

    def __init__(self) -> None:
        self.received: list[signal.Signals] = []
        self.reader, self._writer = socket.socketpair()
        self._previous: dict[signal.Signals, _Handler] = {}

    def __enter__(self) -> Self:
        self.reader.setblocking(False)
        self._writer.setblocking(False)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in (*_STOP, signal.SIGCHLD):
            if number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN:
                continue  # started with nohup
            self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(-1)
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self.reader.close()
        self._writer.close()

    def drain(self) -> None:
        """Make `reader` wait for the next signal again."""
        try:
            while self.reader.recv(4096):
                pass
        except BlockingIOError:
            pass

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.received.append(signal.Signals(number))
