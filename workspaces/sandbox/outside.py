"""Starting the process inside, watching over it, and saying in words how it ended."""

from __future__ import annotations

import json
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from orchestrator.core.json import JsonObject
from workspaces.domain.detectors import Detection
from workspaces.walls.children import child

_INSIDE: Final = Path(__file__).with_name("inside.py")
_NUMPY: Final = str(Path(np.__file__).parents[1])
_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
"""All that it is given of an environment, and it clears even this. No threads: they could not be kept in."""


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 30.0
    """By the clock on the wall."""
    cpu_seconds: int = 20
    memory_mib: int = 1_024
    printed_bytes: int = 64 * 1024
    result_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Ask:
    """Which bars of which of the series, first and last included, with which parameters."""

    candles: int
    first: int
    last: int
    parameters: JsonObject = field(default_factory=dict)


class Refused(Exception):
    """The algorithm did what it may not, failed, or took too much. The message is for people."""


class SandboxMissing(Exception):
    """This system cannot keep algorithms in, so they do not run. The message says what it lacks."""


class _Stopped(Exception):
    """It was ended from outside; the message says why."""


def run(
    files: Mapping[str, str],
    pattern: str,
    candles: Sequence[bytes],
    asks: Sequence[Ask],
    *,
    limits: Limits | None = None,
    reasons: bool = True,
) -> list[list[Detection]]:
    """What the algorithm in ``files`` (path → source) detects, for each of ``asks``.

    ``candles`` are NumPy archives of the six columns. Without ``reasons``, detections are bare: kind,
    direction, bar, price and the bar that confirmed them. Raises Refused and SandboxMissing; blocks.
    """
    plain = [
        {"candles": ask.candles, "first": ask.first, "last": ask.last, "parameters": ask.parameters}
        for ask in asks
    ]
    head = {"pattern": pattern, "asks": plain, "reasons": reasons}
    answers = _play(files, head, candles, limits or Limits())
    try:
        return [[_detection(row, ask) for row in answer] for answer, ask in zip(answers, asks, strict=True)]
    except (TypeError, ValueError) as error:
        raise Refused("The algorithm answered with what is no list of detections.") from error


def describe(files: Mapping[str, str], pattern: str, *, limits: Limits | None = None) -> list[JsonObject]:
    """The parameters that the algorithm has: each with name, type, default, and its metadata.

    Raises Refused and SandboxMissing; blocks.
    """
    told = _play(files, {"pattern": pattern, "asks": None, "reasons": False}, (), limits or Limits())
    if not isinstance(told, list) or not all(isinstance(each, dict) and "name" in each for each in told):
        raise Refused("The algorithm describes its parameters with what is no list of them.")
    return told


def _detection(row: list[Any], ask: Ask) -> Detection:
    """Checked value by value: whoever runs inside can write whatever it likes. Raises ValueError."""
    kind, direction, bar, price, confirmed_at, *rest = row
    reason, top, bottom, origin = rest or ("", None, None, None)
    texts = ((kind, 40), (direction, 10), (reason, 2_000))
    if not all(isinstance(text, str) and len(text) <= most for text, most in texts):
        raise ValueError("kind, direction and reason are short texts")
    if not all(
        isinstance(each, float) and math.isfinite(each) for each in (price, top, bottom) if each is not None
    ):
        raise ValueError("prices are numbers")
    bars = (bar, confirmed_at, bar if origin is None else origin)
    if not all(type(each) is int and ask.first <= each <= ask.last for each in bars) or bar > confirmed_at:
        raise ValueError("bars lie in the range, and are not known before they are there")
    if price is None:
        raise ValueError("each has a price")
    return Detection(kind, direction, bar, price, confirmed_at, reason, top, bottom, origin)


def _play(files: Mapping[str, str], head: dict[str, Any], candles: Sequence[bytes], limits: Limits) -> Any:
    head |= {
        "files": dict(files),
        "sizes": [len(each) for each in candles],
        "here": str(_INSIDE.parents[1]),
        "numpy": _NUMPY,
        "memory_bytes": limits.memory_mib * 1024 * 1024,
        "cpu_seconds": limits.cpu_seconds,
    }
    given = b"".join([json.dumps(head).encode(), b"\n", *(bytes(each) for each in candles)])
    stopped = ""
    with child(_INSIDE, environment=_ENVIRONMENT, flags=("-S",), prints=True) as (process, pipe):
        watch = _Watch(process, pipe, given, limits)
        try:
            watch.over()
        except _Stopped as error:
            stopped = str(error)
    return _judge(process.returncode, stopped, watch, limits)


class _Watch:
    """Feeds the process and listens to it until it ends. Raises _Stopped when it takes too much."""

    def __init__(self, child: subprocess.Popen[bytes], pipe: int, given: bytes, limits: Limits) -> None:
        self._child, self._pipe, self._given, self._limits = child, pipe, memoryview(given), limits
        self.printed, self.said = bytearray(), bytearray()

    def over(self) -> None:
        deadline = time.monotonic() + self._limits.seconds
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        with selectors.DefaultSelector() as selector:
            for each in (self._child.stdin, self._child.stdout):
                os.set_blocking(each.fileno(), False)
            selector.register(self._child.stdin, selectors.EVENT_WRITE)
            selector.register(self._child.stdout, selectors.EVENT_READ)
            selector.register(self._pipe, selectors.EVENT_READ)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    raise _Stopped(f"It did not end within {self._limits.seconds:g} seconds.")
                for key, _ in selector.select(left):
                    if not self._serve(key):
                        selector.unregister(key.fileobj)
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(max(deadline - time.monotonic(), 0.1))
            return
        raise _Stopped(f"It did not end within {self._limits.seconds:g} seconds.")

    def _serve(self, key: selectors.SelectorKey) -> bool:
        """Whether there may be more of it."""
        if key.fileobj is self._child.stdin:
            return self._feed()
        is_said = key.fileobj == self._pipe
        kept, most = (
            (self.said, self._limits.result_bytes) if is_said else (self.printed, self._limits.printed_bytes)
        )
        piece = os.read(key.fd, 1 << 16)
        kept += piece
        if len(kept) > most:
            what = "Its result is larger" if is_said else "It printed more"
            raise _Stopped(f"{what} than {_size(most)}.")
        return bool(piece)

    def _feed(self) -> bool:
        assert self._child.stdin is not None
        try:
            self._given = self._given[os.write(self._child.stdin.fileno(), self._given[: 1 << 16]) :]
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self._given = self._given[:0]
        if not self._given:
            self._child.stdin.close()
        return bool(self._given)


def _judge(code: int, stopped: str, watch: _Watch, limits: Limits) -> Any:
    said = _read(bytes(watch.said))
    tried = [str(each["tried"]) for each in said if "tried" in each]
    also = f" It tried to {', '.join(tried)}." if tried else ""
    if lacks := next((each["no_walls"] for each in said if "no_walls" in each), None):
        raise SandboxMissing(f"Algorithms cannot be kept in on this system, so they are not run: {lacks}.")
    if not any("shut" in each for each in said):
        if code in (-signal.SIGSYS, -signal.SIGKILL, -signal.SIGXCPU) or stopped:
            raise Refused(stopped or f"It was ended before it began ({_name(-code)}).")
        detail = bytes(watch.printed[-500:]).decode(errors="replace").strip()
        raise SandboxMissing(f"The process for algorithms could not be prepared: {detail or f'exit {code}'}")
    if stopped:
        raise Refused(f"The algorithm was stopped. {stopped}{also}")
    if code == -signal.SIGSYS:
        raise Refused(
            f"The algorithm was stopped: it may not use the network, or start processes or threads.{also}"
        )
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Refused(
            f"The algorithm was stopped. It used more than {limits.cpu_seconds} s of CPU time.{also}"
        )
    last = said[-1]
    if "fault" in last:
        raise Refused(_fault(last, limits) + also)
    if tried:
        raise Refused(f"The algorithm did what it may not.{also}")
    if code or "done" not in last:
        raise Refused(
            f"The algorithm ended without an answer ({_name(-code) if code < 0 else f'exit {code}'})."
        )
    return last["done"]


def _read(said: bytes) -> list[dict[str, Any]]:
    """Whole lines of JSON; what else is there, the algorithm wrote, and it means nothing."""
    lines = []
    for line in said.split(b"\n"):
        with suppress(ValueError, RecursionError):
            value = json.loads(line) if line else None
            if isinstance(value, dict):
                lines.append(value)
    return lines


def _fault(last: Mapping[str, Any], limits: Limits) -> str:
    place = f" ({last['place']})" if last.get("place") else ""
    if last["fault"] == "memory":
        return f"The algorithm needed more than {limits.memory_mib:,} MiB of memory{place}."
    if last["fault"] == "exit":
        return f"The algorithm ended itself instead of answering{place}."
    return f"The algorithm failed{place}: {last.get('message', '')}."


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"exit {-number}"


def _size(count: int) -> str:
    return f"{count // (1 << 20)} MiB" if count >= 1 << 20 else f"{count // 1024} KiB"
