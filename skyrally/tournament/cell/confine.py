"""The walls around an isolated entrant, put up by its own process before any of its code runs: each where the system offers it.

- resource limits: address space, size of a file, number of open files, no core dumps;
- Landlock (Linux 5.13 and later): reads only where the interpreter and the entrant lie, writes only in a folder of its own;
  from 6.7 on no TCP, from 6.12 on no signals and no abstract sockets outside;
- a filter of system calls (seccomp, x86-64 and ARM64): no new processes or programs, no sockets, no tracing;
- no capabilities, and none to be gained: also if it runs as root.

`confine` tells which of them stand. Linux's own manual pages landlock(7), seccomp(2) and capabilities(7) define the numbers.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

MIB = 1 << 20
FILE_SIZE, OPEN_FILES = 16 * MIB, 256
SET_NO_NEW_PRIVS, SET_PDEATHSIG, SET_SECCOMP = 38, 1, 22  # prctl
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # system calls, the same on all machines
FILES_BY_ABI = {1: 13, 2: 14, 3: 15, 5: 16}  # Landlock ABI -> how many rights about files it knows
EXECUTE, READ_FILE, READ_DIR = 1, 4, 8  # of these
NO_SUCH_CALL, NOT_PERMITTED = 38, 1  # errno
CLONE_THREAD = 0x10000


def offered() -> int:
    """The version of Landlock that the kernel offers; 0: none."""
    if sys.platform != "linux":
        return 0
    version = ctypes.CDLL(None, use_errno=True).syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    return max(0, version)


def die_with_parent() -> None:
    """The kernel kills this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PDEATHSIG, 9, 0, 0, 0)


def confine(memory: int, readable: Iterable[str], writable: str) -> list[str]:
    """Puts up all walls that the system offers; memory: MiB that may come on top. Returns what stands, in words."""
    standing = _limits(memory)
    if sys.platform != "linux":
        return standing
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        standing += _landlock(libc, readable, writable) + _seccomp(libc)
    return standing + _drop_capabilities(libc)


def _limits(memory: int) -> list[str]:
    try:
        import resource
    except ImportError:  # Windows
        return []
    with open("/proc/self/statm") if os.path.exists("/proc/self/statm") else open(os.devnull) as file:
        pages = int((file.read().split() or ["0"])[0])
    space = pages * resource.getpagesize() + memory * MIB
    wanted = {"RLIMIT_AS": space, "RLIMIT_FSIZE": FILE_SIZE, "RLIMIT_NOFILE": OPEN_FILES, "RLIMIT_CORE": 0}
    for name, value in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))
    return [f"{memory} MiB of memory"]


def _landlock(libc: ctypes.CDLL, readable: Iterable[str], writable: str) -> list[str]:
    version = offered()
    if not version:
        return []
    rights = (1 << FILES_BY_ABI[max(known for known in FILES_BY_ABI if known <= version)]) - 1
    rules = struct.pack("<QQQ", rights, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = libc.syscall(LANDLOCK_CREATE, rules, ctypes.c_size_t(len(rules)), ctypes.c_uint(0))
    if ruleset < 0:
        return []
    for path in readable:
        _allow(libc, ruleset, path, EXECUTE | READ_FILE | (READ_DIR if os.path.isdir(path) else 0))
    _allow(libc, ruleset, writable, rights & ~EXECUTE)
    done = libc.syscall(LANDLOCK_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint(0)) == 0
    os.close(ruleset)
    return [f"Landlock {version}"] if done else []


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    with suppress(OSError):  # what is not there needs no right
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        beneath = struct.pack("<Qi", rights, place)
        libc.syscall(LANDLOCK_ADD, ctypes.c_int(ruleset), ctypes.c_int(1), beneath, ctypes.c_uint(0))
        os.close(place)


# machine -> (its number for audits, clone, calls that fail with "not permitted": execve, execveat, socket, socketpair, ptrace,
# process_vm_readv and _writev, io_uring_setup, bpf, and on x86-64 fork and vfork)
CALLS = {
    "x86_64": (0xC000003E, 56, (59, 322, 41, 53, 101, 310, 311, 425, 321, 57, 58)),
    "aarch64": (0xC00000B7, 220, (221, 281, 198, 199, 117, 270, 271, 425, 280)),
}
CLONE3 = 435
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # instructions of the classic packet filter
ALLOW, FAIL = 0x7FFF0000, 0x00050000


def _program() -> list[tuple[int, int, int, int]]:
    """(instruction, steps over if true, steps over if not, number): the filter for this machine; empty for others."""
    if platform.machine() not in CALLS:
        return []
    machine, clone, forbidden = CALLS[platform.machine()]
    refuse = [(RETURN, 0, 0, FAIL | NOT_PERMITTED)]
    lines = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, machine), *refuse, (LOAD, 0, 0, 0), (AT_LEAST, 0, 1, 0x40000000), *refuse]
    lines += [(EQUAL, 0, 1, CLONE3), (RETURN, 0, 0, FAIL | NO_SUCH_CALL)]  # the C library falls back on clone
    for call in forbidden:
        lines += [(EQUAL, 0, 1, call), *refuse]
    return [*lines, (EQUAL, 0, 3, clone), (LOAD, 0, 0, 16), (ANY_BIT, 1, 0, CLONE_THREAD), *refuse, (RETURN, 0, 0, ALLOW)]


def _seccomp(libc: ctypes.CDLL) -> list[str]:
    program = _program()
    if not program:
        return []
    code = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *line) for line in program))
    filters = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(code))
    done = libc.prctl(SET_SECCOMP, ctypes.c_ulong(2), ctypes.c_char_p(filters), 0, 0) == 0
    return ["no new processes, programs or sockets"] if done else []


def _drop_capabilities(libc: ctypes.CDLL) -> list[str]:
    header, nothing = struct.pack("<Ii", 0x20080522, 0), bytes(24)  # version 3, this process
    return ["no capabilities"] if libc.capset(header, nothing) == 0 else []
