"""Algorithms that mean harm: each is kept in by the kernel, and it is said what it did."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.workspaces.sandbox.playing import ANSWER, archive, play
from workspaces import sandbox
from workspaces.sandbox import Ask, Limits, Refused, SandboxMissing, outside

SHORT = Limits(seconds=30, cpu_seconds=2, memory_mib=384)


def refused(source: str, limits: Limits = SHORT) -> str:
    with pytest.raises(Refused) as caught:
        play(source, limits=limits)
    return str(caught.value)


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", __file__, "/tmp", "."])
def test_it_reads_no_file(path: str) -> None:
    said = refused(f"import os\nos.open({path!r}, os.O_RDONLY)")
    assert "Operation not permitted" in said
    assert "run.py, line 2" in said
    assert f"It tried to open {path}." in said


def test_what_it_tries_is_told_also_where_it_hides_the_error() -> None:
    said = refused(f"try:\n    open('/etc/passwd')\nexcept OSError:\n    pass\n{ANSWER}")
    assert said == "The algorithm did what it may not. It tried to open /etc/passwd."


def test_it_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_PRODUCT", "blue")
    assert "seen 0" in refused("import os\nraise ValueError(f'seen {len(os.environ)}')")
    # Nor in the memory that its program was started with.
    hidden = "import ctypes\nat = ctypes.c_void_p.in_dll(ctypes.pythonapi, 'environ')\n"
    peeked = (
        f"{hidden}raise ValueError(ctypes.string_at(ctypes.c_void_p.from_address(at.value).value or 0, 40))"
    )
    assert "blue" not in refused(peeked)


@pytest.mark.parametrize(
    "source",
    [
        "import ctypes\nctypes.CDLL(None).socket(2, 1, 0)",
        "import os\nos.fork()",
        "import os\nos.execv('/bin/sh', ['sh'])",
        "import os\nos.posix_spawn('/bin/sh', ['sh'], {})",
        "import _thread\n_thread.start_new_thread(print, ())",
        "import ctypes\nctypes.CDLL(None).memfd_create(b'x', 0)",
        "import ctypes\nctypes.CDLL(None).ptrace(16, 1, 0, 0)",
    ],
)
def test_network_processes_threads_and_the_like_end_it(source: str) -> None:
    assert "it may not use the network, or start processes or threads" in refused(source)


def test_it_finds_no_socket_to_import() -> None:
    assert "There is no module 'socket' for algorithms" in refused("import socket")


def test_it_signals_nobody() -> None:
    assert "PermissionError" in refused("import os\nos.kill(os.getppid() if os.getppid() > 1 else 1, 9)")


@pytest.mark.parametrize("call", ["open('full', 'wb')", "os.mkdir('full')", "os.truncate('/etc/passwd', 0)"])
def test_it_writes_no_file(call: str) -> None:
    assert "Operation not permitted" in refused(f"import os\n{call}")


def test_calls_past_python_meet_the_same_wall() -> None:
    source = (
        "import ctypes\nlibc = ctypes.CDLL(None)\nraise ValueError(f'got {libc.open(b\"/etc/passwd\", 0)}')"
    )
    assert "got -1" in refused(source)


def test_limits_cannot_be_raised() -> None:
    source = "import ctypes\nnew = (ctypes.c_ulong * 2)(2**40, 2**40)\n"
    source += "raise ValueError(f'got {ctypes.pythonapi.setrlimit(9, new)}')"
    assert "got -1" in refused(source)


def test_memory_is_limited() -> None:
    said = refused("kept = [bytearray(1 << 24) for _ in range(100_000)]")
    assert said.startswith("The algorithm needed more than 384 MiB of memory (run.py, line 1)")


def test_computing_without_end_is_ended() -> None:
    said = refused("while True: pass", Limits(seconds=60, cpu_seconds=2))
    assert "used more than 2 s of CPU time" in said


def test_waiting_without_end_is_ended() -> None:
    began = time.monotonic()
    said = refused("import time\nwhile True: time.sleep(1)", Limits(seconds=4))
    assert "It did not end within 4 seconds." in said
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_who_prints_a_gigabyte_is_ended_long_before(stream: str) -> None:
    said = refused(f"import sys\nfor _ in range(1 << 20): sys.{stream}.write('x' * 1024)")
    assert "It printed more than 64 KiB." in said


def test_a_result_without_end_is_ended() -> None:
    source = "def run(p, c, k):\n    row = dict(kind='k', direction='d', bar=1, price=1.0, confirmed_at=1)\n"
    source += "    return [row] * 100_000"
    assert "Its result is larger than 1 MiB." in refused(source, Limits(result_bytes=1 << 20))


@pytest.mark.parametrize(
    "values",
    [{"bar": 10**9}, {"bar": -1}, {"bar": 5}, {"price": float("nan")}, {"kind": "k" * 41}, {"origin": 10**6}],
)
def test_answers_that_cannot_be_are_refused(values: dict[str, object]) -> None:
    row = {"kind": "k", "direction": "up", "bar": 1, "price": 1.0, "confirmed_at": 2, **values}
    assert refused(f"nan = float('nan')\ndef run(p, c, k): return [{row!r}]").startswith("The algorithm ")


def test_forged_answers_are_checked_as_others_are() -> None:
    forged = '{"done": [[["k", "up", 1, NaN, 2]]]}\\n'
    source = "import os\nfor pipe in range(3, 32):\n    try:\n"
    source += f"        os.write(pipe, b'{forged}')\n    except OSError: pass\nos._exit(0)"
    assert refused(source) == "The algorithm answered with what is no list of detections."


@pytest.mark.parametrize(
    "source", ["raise SystemExit", "import os\nos._exit(3)", "def run(p, c, k): return 1"]
)
def test_who_does_not_answer_is_told_so(source: str) -> None:
    assert refused(source).startswith("The algorithm ")


@pytest.mark.parametrize(
    ("lacking", "why"),
    [
        ("kernel.SECCOMP = dict.fromkeys(kernel.SECCOMP, 5000)", "takes no seccomp filter"),
        ("def _program(machine): return line(kernel.RETURN, kernel.ALLOW)", "does not keep to it"),
        ("sys = type('System', (), {'platform': 'darwin'})", "Linux"),
    ],
)
def test_without_walls_nothing_is_run(
    lacking: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path(outside.__file__).parents[1]
    for name in ("sandbox", "walls"):
        shutil.copytree(real / name, tmp_path / name)
    with (tmp_path / "walls" / "algorithms.py").open("a") as walls:
        walls.write(f"\n\n{lacking}\n")
    monkeypatch.setattr(outside, "_INSIDE", tmp_path / "sandbox" / "inside.py")
    with pytest.raises(SandboxMissing, match=why):
        play(ANSWER)


def test_nothing_is_left_behind_when_the_watcher_dies() -> None:
    program = (
        "from tests.workspaces.sandbox.playing import play\n"
        "from workspaces.sandbox import Limits\n"
        "play('import time\\ntime.sleep(60)', limits=Limits(seconds=90))"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", program], cwd=root) as watcher:
        inside = locked_up(watcher.pid)
        watcher.kill()
    gone, _ = psutil.wait_procs([inside], timeout=20)
    assert gone


def locked_up(watcher: int) -> psutil.Process:
    """The process inside, once the filter holds it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for each in psutil.Process(watcher).children():
            with suppress(OSError):  # it may end between the two questions
                if "Seccomp:\t2" in Path(f"/proc/{each.pid}/status").read_text():
                    return each
        time.sleep(0.05)
    raise AssertionError("no process was locked up")


def test_the_archive_of_candles_is_no_way_in() -> None:
    with pytest.raises((Refused, SandboxMissing)):
        sandbox.run({"run.py": ANSWER}, "swings", [archive()[:50]], [Ask(0, 0, 1)])
