"""What the process of a coding agent gives up before its program is started: files, programs, the network.

Standard library only. Landlock holds the files, which programs may be started, and the one port that may be
connected to; a seccomp filter holds the other kinds of sockets and what no editor needs. Both are inherited
by every program started from here and cannot be taken back. Numbers are those of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _BELOW_PATH, _PORT = 1, 1, 2
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ: Final = _READ_FILE | _READ_DIR
_FILES: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
"""All rights over files that each version of Landlock knows; from 5 on, one more."""
_MAKE: Final = 0x10 | 0x20 | 0x80 | 0x100 | 0x4000
"""Remove a folder and a file, make a folder and a plain file, truncate. No links, devices or sockets."""
_NET_FROM, _SCOPE_FROM = 4, 6
_BIND, _CONNECT = 1, 2
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SOCKET: Final = {"x86_64": 41, "aarch64": 198}
_FORBIDDEN: Final = {
    "x86_64": (101, 155, 165, 166, 169, 175, 176, 246, 248, 249, 250, 272, 298, 308, 310, 311, 313, 319, 320,
               321, 323, 425, 426, 427, 428, 429, 430, 432, 442),
    "aarch64": (117, 41, 40, 39, 142, 105, 106, 104, 217, 218, 219, 97, 241, 268, 270, 271, 273, 279, 294,
                280, 282, 425, 426, 427, 428, 429, 430, 432, 442),
}  # fmt: skip
"""Debuggers, mounts, namespaces, modules, keys, BPF, io_uring, files in memory: no editor needs them."""
_ALLOW, _EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN, _AND = 0x20, 0x15, 0x35, 0x06, 0x54
_INET, _INET6, _STREAM = 2, 10, 1


class NoWalls(Exception):
    """This system cannot keep a coding agent in. The message says what it lacks."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, and whether programs there may be started or files be changed."""

    path: Path
    starts: bool = False
    writes: bool = False


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def landlock_version() -> int:
    """0 where the kernel has none. Files are held from 1 (Linux 5.13) on, the network from 4 (6.7) on."""
    machine = platform.machine().replace("arm64", "aarch64")
    if sys.platform != "linux" or machine not in _SECCOMP:
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def shut(places: Iterable[Place], *, port: int, written_bytes: int) -> int:
    """Keep this process and all it will start to ``places`` and ``port``; the version of Landlock.

    Raises NoWalls, and is then not to be relied on.
    """
    version = landlock_version()
    if version < 1:
        raise NoWalls(
            f"it needs Linux 5.13 or later with Landlock, on x86_64 or aarch64; this is {sys.platform}"
        )
    libc = ctypes.CDLL(None, use_errno=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written_bytes, written_bytes))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NoWalls("the kernel does not know no_new_privs")
    _shut_files(libc, version, places, port)
    _install_filter(libc)
    _check()
    return version


def _shut_files(libc: ctypes.CDLL, version: int, places: Iterable[Place], port: int) -> None:
    rights = _FILES.get(version, 0xFFFF)
    words = [rights]
    if version >= _NET_FROM:
        words.append(_BIND | _CONNECT)
    if version >= _SCOPE_FROM:
        words.append(3)  # neither abstract sockets nor signals to anybody outside
    ruled = (ctypes.c_uint64 * len(words))(*words)
    rules = libc.syscall(_CREATE, ctypes.byref(ruled), ctypes.c_size_t(8 * len(words)), 0)
    if rules < 0:
        raise NoWalls(f"the kernel takes no Landlock rules ({os.strerror(ctypes.get_errno())})")
    try:
        for place in places:
            _add_path(libc, rules, rights, place)
        if version >= _NET_FROM:
            _add_port(libc, rules, port)
        if libc.syscall(_RESTRICT, rules, 0):
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
        if libc.syscall(_ADD, rules, _BELOW_PATH, ctypes.byref(rule), 0):
            raise NoWalls(f"the kernel takes no rule for {place.path} ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(opened)


def _add_port(libc: ctypes.CDLL, rules: int, port: int) -> None:
    rule = ctypes.create_string_buffer(struct.pack("=QQ", _CONNECT, port))
    if libc.syscall(_ADD, rules, _PORT, ctypes.byref(rule), 0):
        raise NoWalls("the kernel takes no rule for the network")


def _install_filter(libc: ctypes.CDLL) -> None:
    machine = platform.machine().replace("arm64", "aarch64")
    code = _program(machine)
    kept = ctypes.create_string_buffer(code, len(code))
    given = _Filter(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    if libc.syscall(_SECCOMP[machine], 1, 1, ctypes.byref(given)):
        reason = os.strerror(ctypes.get_errno())
        raise NoWalls(f"the kernel takes no seccomp filter ({reason}); a container may forbid it")


def _program(machine: str) -> bytes:
    """Sockets are streams of the internet, no others; what is forbidden fails; the rest goes."""

    def line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    lines = [
        line(_LOAD, 4),
        line(_IF_EQUAL, _ARCHITECTURES[machine], if_true=1),
        line(_RETURN, _KILL),
        line(_LOAD, 0),
        line(_IF_AT_LEAST, 0x40000000, if_false=1),  # the x32 calls of x86_64
        line(_RETURN, _KILL),
    ]
    for number in _FORBIDDEN[machine]:
        lines += [line(_IF_EQUAL, number, if_false=1), line(_RETURN, _EPERM)]
    lines += [
        line(_IF_EQUAL, _SOCKET[machine], if_true=1),
        line(_RETURN, _ALLOW),
        line(_LOAD, 16),  # the first argument: the family
        line(_IF_EQUAL, _INET, if_true=1),
        line(_IF_EQUAL, _INET6, if_false=3),
        line(_LOAD, 24),  # the second: the type, with flags
        line(_AND, 0xF),
        line(_IF_EQUAL, _STREAM, if_true=1),
        line(_RETURN, _EPERM),
        line(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _check() -> None:
    """Whether it holds is tried, not believed."""
    try:
        os.listdir("/")  # noqa: PTH208 - what is asked of the kernel is meant
    except PermissionError:
        return
    raise NoWalls("the kernel took the rules and does not keep to them")
