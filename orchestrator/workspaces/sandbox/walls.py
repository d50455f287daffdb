"""What a process gives up for good before it runs code that nobody trusts.

Standard library only: the process that runs this knows nothing of the product. The wall that everything
stands on is a seccomp filter; a kernel without one is refused. Landlock and a user without rights come on top
where they are to be had. Numbers are those of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from contextlib import suppress
from typing import Final

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC = 1, 1
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _SIGKILL = 1, 9
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_NOBODY: Final = 65_534
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_LANDLOCK_RIGHTS: Final = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
"""All rights over files that each version of Landlock knows; from 5 on, one more."""

# What Python and NumPy need to compute, keep time, and say the result. Nothing here opens, names or starts.
_COMPUTE: Final = {
    "x86_64": (
        0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 20, 24, 25, 28, 35, 39, 60, 96, 98, 100, 131, 186, 201, 202,
        204, 219, 228, 229, 230, 231, 318, 324, 334,
    ),
    "aarch64": (
        63, 64, 57, 80, 62, 222, 226, 215, 214, 134, 135, 139, 66, 124, 216, 233, 101, 172, 93, 169, 165, 153,
        132, 178, 98, 123, 128, 113, 114, 115, 94, 278, 283, 293,
    ),
}  # fmt: skip
# Sockets, processes and threads, programs, debuggers, namespaces, kernel modules, io_uring, memory files:
# whoever tries that is ended at once. All other calls fail with EPERM.
_HOSTILE: Final = {
    "x86_64": (
        41, 42, 43, 44, 45, 46, 47, 49, 50, 53, 56, 57, 58, 59, 101, 165, 175, 250, 272, 298, 308, 310, 311,
        313, 319, 321, 322, 323, 425, 434, 435, 438,
    ),
    "aarch64": (
        198, 199, 202, 203, 206, 207, 211, 212, 200, 201, 220, 221, 117, 40, 105, 219, 97, 241, 268, 270, 271,
        273, 279, 280, 281, 282, 425, 434, 435, 438,
    ),
}  # fmt: skip
_ARCHITECTURES: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}


class NoWalls(Exception):
    """This system cannot keep code in. The message says what it lacks."""


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


def limit_resources(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Before anything is loaded. Soft and hard are the same, so nothing can be raised again."""
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_STACK, 16 * 1024 * 1024),
        (resource.RLIMIT_NOFILE, 32),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))


def shut() -> None:
    """Give up files, network, processes and rights. Raises NoWalls and is then not to be relied on."""
    machine = platform.machine().replace("arm64", "aarch64")
    if sys.platform != "linux" or machine not in _COMPUTE:
        raise NoWalls(f"algorithms run on Linux (x86_64, aarch64) only, and this is {sys.platform} {machine}")
    libc = ctypes.CDLL(None, use_errno=True)
    _become_nobody()
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)  # after the change of user, which clears it
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NoWalls("the kernel does not know no_new_privs")
    _shut_files(libc)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    _install_filter(libc, machine)
    _check()


def _become_nobody() -> None:
    """Of root's rights nothing is left; in containers that take this away from root, the filter has to do."""
    if os.geteuid() == 0:
        with suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _shut_files(libc: ctypes.CDLL) -> None:
    """Landlock without a single rule: no file, wherever it is. Kernels before 5.13 have none."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return
    rights = ctypes.c_uint64(_LANDLOCK_RIGHTS.get(version, 0xFFFF))
    rules = libc.syscall(_LANDLOCK_CREATE, ctypes.byref(rights), ctypes.c_size_t(8), 0)
    if rules >= 0:
        libc.syscall(_LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)


def _install_filter(libc: ctypes.CDLL, machine: str) -> None:
    code = _program(machine)
    kept = ctypes.create_string_buffer(code, len(code))
    given = _Filter(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
    call = (_SECCOMP[machine], _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, ctypes.byref(given))
    if libc.syscall(*call):
        reason = os.strerror(ctypes.get_errno())
        raise NoWalls(f"the kernel takes no seccomp filter ({reason}); a container may forbid it")


def _program(machine: str) -> bytes:
    """The filter: another architecture's calls end the process, as do hostile ones; unknown ones fail."""

    def line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    lines = [
        line(_LOAD, _ARCHITECTURE_AT),
        line(_JUMP_IF_EQUAL, _ARCHITECTURES[machine], if_true=1),
        line(_RETURN, _KILL),
        line(_LOAD, _NUMBER_AT),
        line(_JUMP_IF_GREATER_EQUAL, 0x40000000, if_false=1),  # the x32 calls of x86_64
        line(_RETURN, _KILL),
    ]
    for numbers, answer in ((_COMPUTE[machine], _ALLOW), (_HOSTILE[machine], _KILL)):
        for number in numbers:
            lines += [line(_JUMP_IF_EQUAL, number, if_false=1), line(_RETURN, answer)]
    lines.append(line(_RETURN, _ERRNO | _EPERM))
    return b"".join(lines)


def _check() -> None:
    """Whether it holds is tried, not believed: some systems take a filter and do not mind it.

    The second is what only the filter forbids, since Landlock and an unprivileged user mind files alone.
    """
    for attempt in (lambda: os.close(os.open("/", os.O_RDONLY)), os.getcwd):
        try:
            attempt()
        except PermissionError:
            continue
        raise NoWalls("the kernel took the filter and does not keep to it")
