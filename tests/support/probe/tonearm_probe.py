from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

import onnxruntime  # noqa: F401  # as a worker with networks does; it leaves a thread behind

from tonearm.engine.wire import Kind, pack, pack_event
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, Result, quantity
from tonearm.protocol.events import finished


class ProbeParameters(Parameters):
    attempt: Literal["none", "files", "other_threads", "log", "spin", "garbage", "early_end"] = "none"


class ProbeResult(Result):
    found: str = quantity("1", "what came of it")


class Probe(Model[ProbeParameters]):
    name = "probe"
    title = "Probe"
    group = "faults"
    description = "Tries what it should not."
    citation = "none"
    licence = "CC0-1.0"
    result = ProbeResult
    parameters = ProbeParameters
    features: tuple[Feature, ...] = (DecodedPcm(),)

    def feed(self, feature: Feature, block: Block) -> None:
        pass

    def finish(self) -> ProbeResult:
        found = {
            "none": dict,
            "files": _files,
            "other_threads": _other_threads,
            "log": _log,
            "spin": _spin,
            "garbage": _garbage,
            "early_end": _early_end,
        }
        return ProbeResult(found=json.dumps(found[self.given.attempt]()))


def _tried(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "done"


def _files() -> dict[str, str]:
    server = f"/proc/{os.getppid()}"
    paths = [
        "/etc/passwd",
        "/etc/shadow",
        f"{server}/environ",
        f"{server}/maps",
        f"{server}/mem",
        "/proc/self/net/tcp",
        "secret",
    ]
    found = {path: _tried(Path(path).read_bytes) for path in paths}
    folders = ["/", "/etc", "/root", "/tmp", "/proc", f"{server}/fd"]
    found |= {path: _tried(partial(os.listdir, path)) for path in folders}
    cache = os.environ["NUMBA_CACHE_DIR"]
    return found | {"cache": _tried(Path(cache, "planted").touch), "cwd": os.getcwd()}


def _other_threads() -> dict[str, str]:
    """Have each thread that a library has left waiting run a signal handler, which tries to read and write."""
    libc = ctypes.CDLL(None)
    found: dict[str, str] = {}

    def handle(_: int) -> None:
        thread = libc.gettid()
        found[f"{thread} reads"] = _tried(Path("/etc/passwd").read_bytes)
        found[f"{thread} reads the server"] = _tried(Path(f"/proc/{os.getppid()}/environ").read_bytes)
        found[f"{thread} reads addresses"] = _tried(Path("/proc/self/net/tcp").read_bytes)
        found[f"{thread} writes"] = _tried(Path(os.environ["NUMBA_CACHE_DIR"], "planted").touch)

    handler = ctypes.CFUNCTYPE(None, ctypes.c_int)(handle)
    libc.signal.argtypes = [ctypes.c_int, ctypes.c_void_p]
    libc.signal(signal.SIGUSR2, ctypes.cast(handler, ctypes.c_void_p))
    tgkill = 234 if os.uname().machine == "x86_64" else 131
    others = 0
    # They began soon after the process; it cannot list them.
    for thread in range(os.getpid() + 1, os.getpid() + 20_000):
        others += libc.syscall(tgkill, os.getpid(), thread, int(signal.SIGUSR2)) == 0
    time.sleep(1)
    return found | {"threads": str(others)}


def _log() -> dict[str, str]:
    forged = f"2026-01-01 00:00:00,000 INFO - server[{os.getppid()}] request method=POST path=/forged status=200\n"
    os.write(2, f"{forged}a \x1b[31mred\x1b[0m word\r\n{'long' * 50_000}\n".encode())
    return {"truncate": _tried(lambda: os.ftruncate(2, 0)), "seek": _tried(lambda: os.lseek(2, 0, 0))}


def _spin() -> dict[str, str]:
    """Use CPU time for ever, with the kernel's signal held off."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGXCPU])
    while True:
        sys.getsizeof(0)


def _garbage() -> dict[str, str]:
    """Speak nonsense instead of frames."""
    _frames()["out"].write(b"\xff" * 64)
    _frames()["out"].flush()
    return {}


def _early_end() -> dict[str, str]:
    """End the job and go on speaking, so that the next client would hear the rest."""
    out, number = _frames()["out"], _frames()["number"]
    out.write(pack(Kind.EVENT, number, pack_event(finished(1))) + pack(Kind.DONE, number, b"{}"))
    out.flush()
    time.sleep(1)
    return {}


def _frames() -> dict[str, Any]:
    """The variables of the worker's own loop, which runs in the main thread, while the model ends in another."""
    main = threading.main_thread().ident
    assert main is not None
    frame = sys._current_frames()[main]
    while frame.f_code.co_name != "serve":
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_locals
