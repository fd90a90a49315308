"""What hostile code in a worker would try, tried in a confined process, and also with old versions of Landlock."""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.confined import BOTH_STEPS, confined, require_sandbox

COLUMN = 0 if platform.machine() == "x86_64" else 1
NOT_PERMITTED, NOT_KNOWN = "EPERM", "ENOSYS"

CALLS: dict[str, tuple[int | None, int | None, str]] = {
    # name: numbers on x86-64 and ARM64, arguments; pid is another process of the same user
    "limit the CPU time of another": (302, 261, "pid, 0, limit, 0"),
    "limit the files of another": (302, 261, "pid, 7, limit, 0"),
    "read a limit of another": (302, 261, "pid, 7, 0, buffer"),
    "raise the own limit of CPU time": (302, 261, "0, 0, limit, 0"),
    "slow another": (141, 140, "0, pid, 19"),
    "read the priority of another": (140, 141, "0, pid"),
    "schedule another": (144, 119, "pid, 5, buffer"),
    "set the attributes of another": (314, 274, "pid, buffer, 0"),
    "move another": (203, 122, "pid, 8, buffer"),
    "ioprio_set": (251, 30, "1, pid, 0"),
    "kill": (62, 129, "pid, 9"),
    "kill everyone": (62, 129, "-1, 9"),
    "kill the group": (62, 129, "0, 9"),
    "tkill": (200, 130, "pid, 9"),
    "tgkill": (234, 131, "pid, pid, 9"),
    "rt_sigqueueinfo": (129, 138, "pid, 9, buffer"),
    "rt_tgsigqueueinfo": (297, 240, "pid, pid, 9, buffer"),
    "own a pipe for another": (72, 25, "3, 8, pid"),
    "choose SIGKILL for a pipe": (72, 25, "3, 10, 9"),
    "ask for signals of a pipe": (72, 25, "3, 4, 0o20000"),
    "pidfd_open": (434, 434, "pid, 0"),
    "ptrace": (101, 117, "16, pid, 0, 0"),
    "process_vm_readv": (310, 270, "pid, 0, 0, 0, 0, 0"),
    "process_madvise": (440, 440, "0, 0, 0, 0, 0"),
    "process_mrelease": (448, 448, "0, 0"),
    "kcmp": (312, 272, "pid, pid, 0, 0, 0"),
    "migrate_pages": (256, 238, "pid, 0, 0, 0"),
    "memfd_create": (319, 279, "name, 0"),
    "memfd_secret": (447, 447, "0"),
    "shmget": (29, 194, "0, 4096, 0o1600"),
    "msgget": (68, 186, "0, 0o1600"),
    "semget": (64, 190, "0, 1, 0o1600"),
    "mq_open": (240, 180, "name, 0o102, 0o600, 0"),
    "truncate": (76, 45, "victim, 0"),
    "chmod": (90, None, "victim, 0"),
    "fchmodat": (268, 53, "-100, victim, 0"),
    "fchmodat2": (452, 452, "-100, victim, 0, 0"),
    "fchownat": (260, 54, "-100, victim, 1, 1, 0"),
    "utimensat": (280, 88, "-100, victim, 0, 0"),
    "setxattr": (188, 5, "victim, name, name, 1, 0"),
    "unlinkat": (263, 35, "-100, victim, 0"),
    "open for writing": (257, 56, "-100, victim, 1"),
    "create": (257, 56, "-100, name, 0o101"),
    "openat2": (437, 437, "-100, victim, buffer, 24"),
    "chdir": (80, 49, "name"),
    "sethostname": (170, 161, "name, 1"),
    "syslog": (103, 116, "3, buffer, 100"),
    "socket": (41, 198, "1, 1, 0"),
    "socketpair": (53, 199, "1, 1, 0, buffer"),
    "fork": (57, None, ""),
    "clone": (56, 220, "17, 0, 0, 0, 0"),
    "clone a network": (56, 220, "0x43d0f00, 0, 0, 0, 0"),
    "clone3": (435, 435, "buffer, 88"),
    "execve": (59, 221, "name, 0, 0"),
    "be traced by all": (157, 167, "0x59616d61, -1"),
    "be dumpable": (157, 167, "4, 1"),
    "ignore the end of CPU time": (13, 134, "24, 0, buffer, 8"),
    "make a socket of a terminal": (16, 29, "0, 0x5412, name"),
    "take a page out of use": (28, 233, "page, 4096, 100"),
    "timer_create": (222, 107, "0, 0, buffer"),
    "io_uring_setup": (425, 425, "4, buffer"),
    "bpf": (321, 280, "0, 0, 0"),
    "perf_event_open": (298, 241, "0, 0, 0, 0, 0"),
    "userfaultfd": (323, 282, "0"),
    "unshare": (272, 97, "0x10000000"),
    "mount": (165, 40, "0, 0, 0, 0, 0"),
    "keyctl": (250, 219, "0, -3, 0"),
    "seccomp": (317, 277, "1, 0, 0"),
}

PROGRAM = """
import ctypes, errno, json, mmap
libc = ctypes.CDLL(None, use_errno=True)
pid, victim, name = {pid}, ctypes.c_char_p({victim!r}), ctypes.c_char_p(b"/proc/self/x")
buffer = ctypes.create_string_buffer(b"\\xff" * 128)
limit = (ctypes.c_uint64 * 2)(1, 1)
page = ctypes.addressof(ctypes.c_char.from_buffer(mmap.mmap(-1, 4096)))
def call(number, *arguments):
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *given)
    return errno.errorcode[ctypes.get_errno()] if result < 0 else "done"
print(json.dumps({{{calls}}}))
"""


@pytest.fixture(scope="module", autouse=True)
def offered() -> None:
    require_sandbox()


@pytest.fixture
def neighbour() -> Iterator[subprocess.Popen[bytes]]:
    """Another process of the same user."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("landlock", [None, 2, 1])
@pytest.mark.parametrize("first", ["", BOTH_STEPS])
def test_no_attempt_succeeds(
    tmp_path: Path, neighbour: subprocess.Popen[bytes], landlock: int | None, first: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    tried = {name: (pair[COLUMN], arguments) for name, (*pair, arguments) in CALLS.items()}
    there = {name: (number, arguments) for name, (number, arguments) in tried.items() if number is not None}
    calls = ", ".join(f"{name!r}: call({number}, {arguments})" for name, (number, arguments) in there.items())
    program = PROGRAM.format(pid=neighbour.pid, victim=str(victim).encode(), calls=calls)
    limits = [resource.prlimit(neighbour.pid, kind) for kind in range(16)]
    told = confined(program, landlock=landlock, first=first, cache=tmp_path)
    assert told.endswith(" 0"), told
    found: dict[str, str] = json.loads(told.partition("}")[0] + "}")
    as_unknown = {"clone3", "openat2"}
    assert found == {name: NOT_KNOWN if name in as_unknown else NOT_PERMITTED for name in there}
    assert victim.read_text() == "untouched"
    assert neighbour.poll() is None
    assert [resource.prlimit(neighbour.pid, kind) for kind in range(16)] == limits


@pytest.mark.skipif(COLUMN != 0, reason="a 64-bit ARM processor may have no 32-bit calls")
def test_a_32_bit_call_ends_the_process() -> None:
    code = """
        import ctypes, mmap
        memory = mmap.mmap(-1, 4096, prot=7)
        memory.write(bytes.fromhex("b814000000cd80c3"))
        ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
    """
    assert confined(code).endswith(" -31")
