"""What the kernel keeps an agent's process from, tried by a process that gave it up."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from workspaces.walls import agents, kernel

HERE = Path(agents.__file__).parents[1]
pytestmark = pytest.mark.skipif(
    kernel.landlock_version() < agents._NET_FROM, reason="The kernel has no Landlock with ports (Linux 6.7)"
)


def tried(code: str, own: Path, port: int) -> str:
    """What a process says that shut itself up and then did ``code``."""
    program = f"""
        import ctypes, os, socket, subprocess, sys, sysconfig
        from pathlib import Path
        sys.path.append({str(HERE)!r})
        from walls import agents
        own = Path({str(own)!r})
        known = ("/lib", "/lib64", "/usr/lib", sysconfig.get_path("stdlib"))
        libraries = [agents.Place(Path(each)) for each in known]
        agents.shut([*libraries, agents.Place(own, writes=True)], port={port}, written_bytes=1 << 20)
        try:
            print("did", {code})
        except OSError as error:
            print(type(error).__name__)
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.stdout.strip()


@contextmanager
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.py").write_text("x = 1\n")
    (tmp_path / "other.py").write_text("x = 1\n")
    return tmp_path / "own"


CLOSED = {
    "read another file": "(own.parent / 'other.py').read_text()",
    "read it by a link": "((own / 'link').symlink_to(own.parent / 'other.py'), (own / 'link').read_text())",
    "list a folder": "os.listdir('/')",
    "write outside": "(own.parent / 'new.py').write_text('x')",
    "look at another process": "Path(f'/proc/{os.getppid()}/environ').read_bytes()",
    "start a program": "subprocess.run(['/usr/bin/env'])",
    "start one of its own": "(own.joinpath('p').write_text('#!/bin/sh'), own.joinpath('p').chmod(0o755), "
    "subprocess.run([own / 'p']))",
    "ask a name server": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "speak to a local service": "socket.socket(socket.AF_UNIX)",
    "open a raw socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "be connected to": "socket.create_server(('127.0.0.1', 0))",
    "trace": "None if ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0 else open('/dev/null-not')",
    "leave its namespace": "os.unshare(0x10000000) if hasattr(os, 'unshare') else open('/dev/null-not')",
    "write without end": "(own / 'big').write_bytes(b'x' * (1 << 21))",
}


@pytest.mark.parametrize("code", CLOSED.values(), ids=list(CLOSED))
def test_what_no_editor_needs_fails(own: Path, code: str) -> None:
    with listening() as port:
        told = tried(code, own, port)
    assert told in ("PermissionError", "OSError", "FileNotFoundError"), told


def test_only_one_port_can_be_reached(own: Path) -> None:
    with listening() as door, listening() as other:
        connect = "socket.create_connection(('127.0.0.1', {}), timeout=2).close()"
        assert tried(connect.format(door), own, door) == "did None"
        assert tried(connect.format(other), own, door) == "PermissionError"


def test_its_own_folder_stays_open(own: Path) -> None:
    """The control."""
    code = "((own / 'a.py').write_text('y'), (own / 'd').mkdir(), (own / 'a.py').rename(own / 'b.py'))"
    assert tried(code, own, 1).startswith("did")
    assert (own / "b.py").read_text() == "y"
