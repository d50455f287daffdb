"""The filter itself, for both architectures: its numbers by name, and what it answers to every call."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from workspaces.walls import algorithms, kernel

ROOT = Path(__file__).parents[3]
ALLOW: Final = "allow"
FAIL: Final = "fail with EPERM"
KILL: Final = "kill"
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Of the kernel's headers: asm/unistd_64.h of x86_64 and asm-generic/unistd.h, which aarch64 uses. None: the
# architecture has no such call.
COMPUTE: Final[dict[str, tuple[int, int | None]]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62),
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214),
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "writev": (20, 66),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101),
    "getpid": (39, 172), "exit": (60, 93), "gettimeofday": (96, 169), "getrusage": (98, 165),
    "times": (100, 153), "sigaltstack": (131, 132), "gettid": (186, 178), "time": (201, None),
    "futex": (202, 98), "sched_getaffinity": (204, 123), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "clock_nanosleep": (230, 115),
    "exit_group": (231, 94), "getrandom": (318, 278), "membarrier": (324, 283), "rseq": (334, 293),
}  # fmt: skip
HOSTILE: Final[dict[str, tuple[int, int | None]]] = {
    "socket": (41, 198), "connect": (42, 203), "accept": (43, 202), "sendto": (44, 206),
    "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212), "bind": (49, 200),
    "listen": (50, 201), "socketpair": (53, 199), "clone": (56, 220), "fork": (57, None),
    "vfork": (58, None), "execve": (59, 221), "ptrace": (101, 117), "mount": (165, 40),
    "init_module": (175, 105), "keyctl": (250, 219), "unshare": (272, 97), "perf_event_open": (298, 241),
    "setns": (308, 268), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "finit_module": (313, 273), "memfd_create": (319, 279), "bpf": (321, 280), "execveat": (322, 281),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "pidfd_open": (434, 434),
    "clone3": (435, 435), "pidfd_getfd": (438, 438),
}  # fmt: skip
REFUSED: Final[dict[str, tuple[int | None, int | None]]] = {
    "open": (2, None), "stat": (4, None), "openat": (257, 56), "openat2": (437, 437), "unlink": (87, None),
    "unlinkat": (263, 35), "mkdirat": (258, 34), "renameat2": (316, 276), "kill": (62, 129),
    "tgkill": (234, 131), "prctl": (157, 167), "seccomp": (317, 277), "setrlimit": (160, 164),
    "prlimit64": (302, 261), "getcwd": (79, 17), "chdir": (80, 49), "dup": (32, 23), "ioctl": (16, 29),
    "sendmmsg": (307, 269), "shmget": (29, 194), "setuid": (105, 146), "landlock_restrict_self": (446, 446),
}  # fmt: skip


def numbers(table: dict[str, tuple[int, int | None]], machine: str) -> set[int]:
    at = list(MACHINES).index(machine)
    return {number for pair in table.values() if (number := pair[at]) is not None}


def answer(program: bytes, *, architecture: int, number: int) -> str:
    """What the kernel would do: the classic BPF of a filter, as far as ours uses it."""
    lines = list(struct.iter_unpack("=HBBI", program))
    data = {0: number, 4: architecture}
    at, kept = 0, 0
    while True:
        code, if_true, if_false, value = lines[at]  # past the end would be an IndexError: a fault of ours
        at += 1
        if code == 0x20:  # BPF_LD | BPF_W | BPF_ABS
            kept = data[value]
        elif code == 0x15:  # BPF_JMP | BPF_JEQ | BPF_K
            at += if_true if kept == value else if_false
        elif code == 0x35:  # BPF_JMP | BPF_JGE | BPF_K
            at += if_true if kept >= value else if_false
        else:
            assert code == 0x06, f"BPF_RET, not {code:#x}"
            return {0x7FFF0000: ALLOW, 0x00050001: FAIL, 0x80000000: KILL}[value]


def answers(machine: str, asked: range | set[int]) -> Iterator[tuple[int, str]]:
    program = algorithms._program(machine)
    for number in asked:
        yield number, answer(program, architecture=MACHINES[machine], number=number)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_are_those_of_the_kernels_headers(machine: str) -> None:
    assert set(algorithms._COMPUTE[machine]) == numbers(COMPUTE, machine)
    assert set(algorithms._HOSTILE[machine]) == numbers(HOSTILE, machine)
    assert kernel.ARCHITECTURES[machine] == MACHINES[machine]
    assert kernel.SECCOMP[machine] == {"x86_64": 317, "aarch64": 277}[machine]


@pytest.mark.skipif(not Path("/usr/include/asm-generic/unistd.h").exists(), reason="no kernel headers here")
def test_the_table_of_aarch64_is_that_of_the_headers_installed_here() -> None:
    text = Path("/usr/include/asm-generic/unistd.h").read_text()
    told = {
        name.removeprefix("__NR_").removeprefix("__NR3264_"): int(number)
        for line in text.splitlines()
        if line.startswith(("#define __NR_", "#define __NR3264_"))
        for _, name, number in [line.split()[:3]]
        if number.isdigit()
    }
    for name, (_, number) in {**COMPUTE, **HOSTILE}.items():
        assert told.get(name) == number, name


@pytest.mark.parametrize("machine", MACHINES)
def test_every_call_is_allowed_refused_or_deadly_as_the_tables_say(machine: str) -> None:
    compute, hostile = numbers(COMPUTE, machine), numbers(HOSTILE, machine)
    assert not compute & hostile
    for number, said in answers(machine, range(600)):
        expected = ALLOW if number in compute else KILL if number in hostile else FAIL
        assert said == expected, number


@pytest.mark.parametrize("machine", MACHINES)
def test_what_opens_names_signals_or_raises_limits_is_refused(machine: str) -> None:
    at = list(MACHINES).index(machine)
    asked = {number for pair in REFUSED.values() if (number := pair[at]) is not None}
    assert {said for _, said in answers(machine, asked)} == {FAIL}


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_another_architecture_end_the_process(machine: str) -> None:
    """Such as the 32-bit calls of a 64-bit kernel, whose numbers mean other things."""
    program = algorithms._program(machine)
    for other in (0x40000003, 0x40000028, *(set(MACHINES.values()) - {MACHINES[machine]})):
        assert answer(program, architecture=other, number=min(numbers(COMPUTE, machine))) == KILL
    x32 = 0x40000000
    assert {said for _, said in answers(machine, {x32, x32 + 1, x32 + 257, 0xFFFFFFFF})} == {KILL}


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_is_one_that_the_kernel_takes(machine: str) -> None:
    """At most 4,096 lines of eight bytes, jumps within it, the last a return."""
    lines = list(struct.iter_unpack("=HBBI", algorithms._program(machine)))
    assert len(lines) <= 4_096
    assert lines[-1][0] == 0x06
    assert all(at + 1 + max(row[1], row[2]) < len(lines) for at, row in enumerate(lines) if row[0] != 0x06)


FORBIDDEN = """
import ctypes, struct
from workspaces.sandbox import SandboxMissing
from workspaces.walls import kernel
from tests.workspaces.sandbox.playing import ANSWER, play
machine = kernel.machine()
line = lambda code, value, yes=0, no=0: struct.pack("=HBBI", code, yes, no, value)
code = line(0x20, 0) + line(0x15, kernel.SECCOMP[machine], 0, 1)
code += line(0x06, 0x00050001) + line(0x06, 0x7FFF0000)
kept = ctypes.create_string_buffer(code, len(code))
given = kernel.Filter(len(code) // 8, ctypes.cast(kept, ctypes.c_void_p))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.syscall(kernel.SECCOMP[machine], 1, 0, ctypes.byref(given)) == 0
try:
    play("raise SystemExit('it ran')\\n" + ANSWER)
except SandboxMissing as error:
    print("refused:", error)
"""


def test_in_a_container_that_forbids_seccomp_nothing_runs_and_it_says_why() -> None:
    """As some do by a filter of their own: here one is put over the watcher, and holds for what it starts."""
    found = subprocess.run(
        [sys.executable, "-c", FORBIDDEN], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "refused:" in found.stdout, found.stderr
    assert "takes no seccomp filter (Operation not permitted); a container may forbid it" in found.stdout
    assert "it ran" not in found.stdout + found.stderr
