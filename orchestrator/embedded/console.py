"""What the supervisor prints: steps, prefixed output of the children, problems."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from typing import TextIO

from orchestrator.embedded.errors import EmbeddedError

_COLOURS = (36, 35, 34, 33, 32, 96, 95, 94)
_GREEN, _RED, _DIM = 32, 31, 2
_CLEAR = "\r\x1b[K"


class Console:
    """Writes to a stream, in colour on a terminal. A reader that went away is remembered, not raised."""

    def __init__(
        self, stream: TextIO, *, environ: Mapping[str, str] = os.environ, prefix_width: int = 8
    ) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._colour = self._terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
        self._prefix_width = prefix_width
        self._colours: dict[str, int] = {}
        self._pending = ""
        self.reader_gone = False

    def step(self, text: str, seconds: float) -> None:
        """One thing that now works, and how long it took."""
        self._pending = ""
        self._write(f"{self._paint('✓', _GREEN)} {text} {self._paint(f'{seconds:.1f} s', _DIM)}")

    def waiting(self, text: str) -> None:
        """What is going on right now, or nothing. Shown on a terminal only; what comes next overwrites it."""
        pending = f"… {text}" if text and self._terminal else ""
        if pending != self._pending:
            self._pending = pending
            self._emit(_CLEAR)
            self._draw_pending()

    def output(self, name: str, line: str) -> None:
        """A line of a child's output behind its aligned name."""
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        self._write(f"{self._paint(f'{name:<{self._prefix_width}} |', colour)} {line}")

    def say(self, text: str) -> None:
        self._write(text)

    def problem(self, text: str) -> None:
        self._pending = ""
        self._write(f"{self._paint('✗', _RED)} {text}")

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text

    def _write(self, text: str) -> None:
        clear = _CLEAR if self._terminal else ""
        self._emit(f"{clear}{text}\n")
        self._draw_pending()

    def _draw_pending(self) -> None:
        if self._pending:
            self._emit(self._paint(self._pending, _DIM))

    def _emit(self, text: str) -> None:
        if self.reader_gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except UnicodeEncodeError:
            self._emit(text.encode("ascii", "replace").decode("ascii"))
        except (OSError, ValueError):  # a closed pipe or a terminal that was hung up
            self.reader_gone = True


@contextlib.contextmanager
def explained(console: Console) -> Iterator[None]:
    """Print an expected failure as one line and end the process with status 1."""
    try:
        yield
    except EmbeddedError as error:
        console.problem(str(error))
    except OSError as error:  # a full disk, a folder of somebody else
        console.problem(f"{error.strerror or error}: {error.filename or 'in the data folder'}")
    else:
        return
    raise SystemExit(1)


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start
