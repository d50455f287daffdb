"""What the process of a coding agent gives up before its program is started: files, programs, the network.

Landlock holds the files, which programs may be started, and the one port that may be connected to; a seccomp
filter holds the other kinds of sockets and what no editor needs. Both are inherited by every program started
from here and cannot be taken back. Numbers are those of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from . import kernel
from .kernel import AND, FAIL, IF_EQUAL, LOAD, RETURN, NoWalls, line

_BELOW_PATH, _PORT = 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ: Final = _READ_FILE | _READ_DIR
_MAKE: Final = 0x10 | 0x20 | 0x80 | 0x100 | 0x4000
"""Remove a folder and a file, make a folder and a plain file, truncate. No links, devices or sockets."""
_NET_FROM, _SCOPE_FROM = 4, 6
_BIND, _CONNECT = 1, 2
_SOCKET: Final = {"x86_64": 41, "aarch64": 198}
_FORBIDDEN: Final = {
    "x86_64": (101, 155, 165, 166, 169, 175, 176, 246, 248, 249, 250, 272, 298, 308, 310, 311, 313, 319, 320,
               321, 323, 425, 426, 427, 428, 429, 430, 432, 442),
    "aarch64": (117, 41, 40, 39, 142, 105, 106, 104, 217, 218, 219, 97, 241, 268, 270, 271, 273, 279, 294,
                280, 282, 425, 426, 427, 428, 429, 430, 432, 442),
}  # fmt: skip
"""Debuggers, mounts, namespaces, modules, keys, BPF, io_uring, files in memory: no editor needs them."""
_INET, _INET6, _STREAM = 2, 10, 1


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, and whether programs there may be started or files be changed."""

    path: Path
    starts: bool = False
    writes: bool = False


def shut(places: Iterable[Place], *, port: int, written_bytes: int) -> int:
    """Keep this process and all it will start to ``places`` and ``port``; the version of Landlock.

    Raises NoWalls, and is then not to be relied on.
    """
    version = kernel.landlock_version()
    if version < 1:
        raise NoWalls(
            f"it needs Linux 5.13 or later with Landlock, on x86_64 or aarch64; this is {sys.platform}"
        )
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes, written_bytes))
    kernel.gain_nothing(libc)
    _shut_files(libc, version, places, port)
    machine = kernel.machine()
    kernel.install_filter(libc, machine, _program(machine))
    _check()
    return version


def _shut_files(libc: ctypes.CDLL, version: int, places: Iterable[Place], port: int) -> None:
    rights = kernel.file_rights(version)
    words = [rights]
    if version >= _NET_FROM:
        words.append(_BIND | _CONNECT)
    if version >= _SCOPE_FROM:
        words.append(3)  # neither abstract sockets nor signals to anybody outside
    ruled = (ctypes.c_uint64 * len(words))(*words)
    rules = libc.syscall(kernel.LANDLOCK_CREATE, ctypes.byref(ruled), ctypes.c_size_t(8 * len(words)), 0)
    if rules < 0:
        raise NoWalls(f"the kernel takes no Landlock rules ({os.strerror(ctypes.get_errno())})")
    try:
        for place in places:
            _add_path(libc, rules, rights, place)
        if version >= _NET_FROM:
            _add_port(libc, rules, port)
        if libc.syscall(kernel.LANDLOCK_RESTRICT, rules, 0):
            raise NoWalls(f"the kernel does not restrict itself ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(rules)


def _add_path(libc: ctypes.CDLL, rules: int, rights: int, place: Place) -> None:
    try:
        opened = os.open(place.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        wanted = _READ | (_EXECUTE if place.starts else 0) | (_WRITE_FILE | _MAKE if place.writes else 0)
        if not place.path.is_dir():
            wanted &= _EXECUTE | _WRITE_FILE | _READ_FILE | 0x4000
        rule = ctypes.create_string_buffer(struct.pack("=Qi", wanted & rights, opened))
        if libc.syscall(kernel.LANDLOCK_ADD, rules, _BELOW_PATH, ctypes.byref(rule), 0):
            raise NoWalls(f"the kernel takes no rule for {place.path} ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(opened)


def _add_port(libc: ctypes.CDLL, rules: int, port: int) -> None:
    rule = ctypes.create_string_buffer(struct.pack("=QQ", _CONNECT, port))
    if libc.syscall(kernel.LANDLOCK_ADD, rules, _PORT, ctypes.byref(rule), 0):
        raise NoWalls("the kernel takes no rule for the network")


def _program(machine: str) -> bytes:
    """Sockets are streams of the internet, no others; what is forbidden fails; the rest goes."""
    lines = kernel.head(machine)
    for number in _FORBIDDEN[machine]:
        lines += [line(IF_EQUAL, number, if_false=1), line(RETURN, FAIL)]
    lines += [
        line(IF_EQUAL, _SOCKET[machine], if_true=1),
        line(RETURN, kernel.ALLOW),
        line(LOAD, kernel.FIRST_ARGUMENT_AT),  # the family
        line(IF_EQUAL, _INET, if_true=1),
        line(IF_EQUAL, _INET6, if_false=3),
        line(LOAD, kernel.SECOND_ARGUMENT_AT),  # the type, with flags
        line(AND, 0xF),
        line(IF_EQUAL, _STREAM, if_true=1),
        line(RETURN, FAIL),
        line(RETURN, kernel.ALLOW),
    ]
    return b"".join(lines)


def _check() -> None:
    """Whether it holds is tried, not believed."""
    try:
        os.listdir("/")  # noqa: PTH208 - what is asked of the kernel is meant
    except PermissionError:
        return
    raise NoWalls("the kernel took the rules and does not keep to them")
