"""Starting a program that shuts itself in, and ending its process with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def child(
    program: Path, *, environment: Mapping[str, str], flags: tuple[str, ...] = (), prints: bool = False
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The process, and the end of the pipe through which it speaks. It ends with the block.

    ``program`` is told its own end of the pipe by its first argument. With ``prints``, what it prints can be
    read as its output; else it goes nowhere.
    """
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-B", *flags, str(program), str(writing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if prints else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd="/",
            pass_fds=(writing,),
            start_new_session=True,
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    try:
        yield process, reading
    finally:
        _end(process, reading)


def _end(process: subprocess.Popen[bytes], pipe: int) -> None:
    """It and whatever it started: the whole process group, which is its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    if process.poll() is None:
        process.kill()
    process.wait()
    os.close(pipe)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()
