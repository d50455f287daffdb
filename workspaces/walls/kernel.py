"""The kernel's side of the walls: its numbers, Landlock's versions, and seccomp filters.

Numbers are those of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from typing import Final

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_FILE_RIGHTS: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050001, 0x80000000
"""``FAIL`` is with EPERM."""
LOAD, IF_EQUAL, IF_AT_LEAST, RETURN, AND = 0x20, 0x15, 0x35, 0x06, 0x54
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT, SECOND_ARGUMENT_AT = 0, 4, 16, 24


class NoWalls(Exception):
    """This system cannot keep code in. The message says what it lacks."""


class Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def machine() -> str:
    """As the tables name it."""
    return platform.machine().replace("arm64", "aarch64")


def landlock_version() -> int:
    """0 where the kernel has none. Files are held from 1 (Linux 5.13) on, the network from 4 (6.7) on."""
    if sys.platform != "linux" or machine() not in SECCOMP:
        return 0
    return max(0, int(ctypes.CDLL(None).syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), _VERSION_FLAG)))


def file_rights(version: int) -> int:
    """All rights over files that a version of Landlock knows; from 5 on, one more."""
    return _FILE_RIGHTS.get(version, 0xFFFF)


def gain_nothing(libc: ctypes.CDLL) -> None:
    """No program that is started from here gains rights, and nobody looks into this one. Raises NoWalls."""
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NoWalls("the kernel does not know no_new_privs")


def line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    """One of a filter's program; ``if_…`` is how many lines are passed over."""
    return struct.pack("=HBBI", code, if_true, if_false, value)


def head(machine: str) -> list[bytes]:
    """Another architecture's calls, whose numbers mean other things, end the process. Then: the number."""
    return [
        line(LOAD, ARCHITECTURE_AT),
        line(IF_EQUAL, ARCHITECTURES[machine], if_true=1),
        line(RETURN, KILL),
        line(LOAD, NUMBER_AT),
        line(IF_AT_LEAST, 0x40000000, if_false=1),  # the x32 calls of x86_64
        line(RETURN, KILL),
    ]


def install_filter(libc: ctypes.CDLL, machine: str, code: bytes) -> None:
    """For all threads, for good, and for whatever is started from here. Raises NoWalls."""
    kept = ctypes.create_string_buffer(code, len(code))
    given = Filter(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    if libc.syscall(SECCOMP[machine], _SET_MODE_FILTER, _FLAG_TSYNC, ctypes.byref(given)):
        reason = os.strerror(ctypes.get_errno())
        raise NoWalls(f"the kernel takes no seccomp filter ({reason}); a container may forbid it")
