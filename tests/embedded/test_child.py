"""Restart delays, exit statuses in words, and output cut into lines."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from orchestrator.embedded.child import Child, describe_exit, next_delay
from orchestrator.embedded.process import Command


def test_the_delay_doubles_up_to_ten_seconds() -> None:
    delays, delay = [], 0.0
    for _ in range(8):
        delay = next_delay(delay, uptime_seconds=1)
        delays.append(delay)

    assert delays == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]


def test_the_delay_starts_over_after_half_a_minute_of_health() -> None:
    assert next_delay(10, uptime_seconds=29.9) == 10
    assert next_delay(10, uptime_seconds=30) == 0.2


@pytest.mark.parametrize(("status", "words"), [(0, "exit status 0"), (3, "exit status 3"), (-9, "SIGKILL")])
def test_an_exit_is_described(status: int, words: str) -> None:
    assert describe_exit(status) == words


def lines_of(code: str) -> list[str]:
    """What a child that runs `code` is said to have written."""
    child = Child(Command("x", [sys.executable, "-c", code], {}, title="", doing=""))
    lines: list[str] = []
    child.spawn()
    _wait(lambda: child.poll() is not None or child.read_lines(lines.append) is False)
    _wait(lambda: child.poll() is not None)
    child.reap(lines.append)
    return lines


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_output_and_errors_come_line_by_line() -> None:
    code = "import sys; print('a\\r'); print(); print('b', flush=True); print('c', end='', file=sys.stderr)"

    assert lines_of(code) == ["a", "", "b", "c"]


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert lines_of("import sys; sys.stdout.buffer.write(b'a\\xff\\n')") == ["a\ufffd"]


def test_an_endless_line_is_passed_on_in_pieces() -> None:
    lines = lines_of("print('x' * 300_000)")

    assert len(lines) > 1
    assert "".join(lines) == "x" * 300_000


def test_a_child_has_no_terminal_and_no_input() -> None:
    assert lines_of("import sys; print(sys.stdin.read() == '')") == ["True"]


def test_the_death_signal_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read back by the child itself: PR_GET_PDEATHSIG is 2."""
    if sys.platform != "linux":
        pytest.skip("only Linux has a parent-death signal")
    code = "import ctypes; n = ctypes.c_int(); ctypes.CDLL(None).prctl(2, ctypes.byref(n)); print(n.value)"

    assert lines_of(code) == ["9"]
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"0\n"
