"""What a process gives up for good before it runs code that nobody trusts.

The wall that everything stands on is a seccomp filter; a kernel without one is refused. Landlock and a user
without rights come on top where they are to be had. Numbers are those of the kernel's headers.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from contextlib import suppress
from typing import Final

from . import kernel
from .kernel import NoWalls, line

_PR_SET_PDEATHSIG, _SIGKILL = 1, 9
_NOBODY: Final = 65_534

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
    machine = kernel.machine()
    if sys.platform != "linux" or machine not in _COMPUTE:
        raise NoWalls(f"algorithms run on Linux (x86_64, aarch64) only, and this is {sys.platform} {machine}")
    libc = ctypes.CDLL(None, use_errno=True)
    _become_nobody()
    libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)  # after the change of user, which clears it
    kernel.gain_nothing(libc)
    _shut_files(libc)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    kernel.install_filter(libc, machine, _program(machine))
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
    version = kernel.landlock_version()
    if version < 1:
        return
    rights = ctypes.c_uint64(kernel.file_rights(version))
    rules = libc.syscall(kernel.LANDLOCK_CREATE, ctypes.byref(rights), ctypes.c_size_t(8), 0)
    if rules >= 0:
        libc.syscall(kernel.LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)


def _program(machine: str) -> bytes:
    """The filter: another architecture's calls end the process, as do hostile ones; unknown ones fail."""
    lines = kernel.head(machine)
    for numbers, answer in ((_COMPUTE[machine], kernel.ALLOW), (_HOSTILE[machine], kernel.KILL)):
        for number in numbers:
            lines += [line(kernel.IF_EQUAL, number, if_false=1), line(kernel.RETURN, answer)]
    lines.append(line(kernel.RETURN, kernel.FAIL))
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
