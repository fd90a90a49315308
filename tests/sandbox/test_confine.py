"""What a confined process can still do, tried in real processes; and that real workers are confined."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support import faulty
from tests.support.http import Server
from tonearm.sample import sample_track

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parts are Linux's")


def attempt(code: str, memory: int = 2**28, models: str = "/nonexistent") -> str:
    """What a confined process prints."""
    program = f"""
        import os, sys
        from pathlib import Path
        from tonearm.sandbox import allow_cpu, confine
        missing = confine({memory}, Path({models!r}))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program) + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return f"{done.stdout.strip()} {done.stderr.strip()} {done.returncode}"


@pytest.fixture(scope="module", autouse=True)
def offered() -> None:
    missing = attempt("print(missing)")
    if "[]" not in missing:
        pytest.skip(f"this system does not offer all parts of the sandbox: {missing}")


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import subprocess; subprocess.run(['true'])",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "open('/etc/passwd')",
        "open(f'/proc/{os.getppid()}/environ')",
        "os.listdir(os.path.expanduser('~'))",
        "open('/tmp/tonearm-confined', 'w')",
        "open(os.path.join(sys.prefix, 'tonearm-confined'), 'w')",
        "os.mkdir('/tmp/tonearm-confined')",
        "os.unlink(sys.executable)",
        "import ctypes; libc = ctypes.CDLL(None, use_errno=True); attach = 16\n"
        "if libc.ptrace(attach, os.getppid(), 0, 0) < 0: raise OSError(os.strerror(ctypes.get_errno()))",
    ],
)
def test_what_an_analysis_does_not_need_is_out_of_reach(code: str) -> None:
    found = attempt(code)
    assert found.endswith(" 1")
    assert "PermissionError" in found or "Operation not permitted" in found, found


@pytest.mark.parametrize(
    "code",
    [
        "import threading; t = threading.Thread(target=print); t.start(); t.join()",
        "import scipy.signal, numba",
        "os.urandom(8)",
        "os.kill(os.getpid(), 0)",
    ],
)
def test_what_it_needs_is_not(code: str) -> None:
    assert attempt(code, memory=2**31).endswith(" 0"), attempt(code, memory=2**31)


def test_memory_past_the_limit_is_an_error_and_not_the_end() -> None:
    code = """
        try:
            bytearray(2**29)
        except MemoryError:
            print("refused", len(bytearray(2**20)))
    """
    assert attempt(code).startswith("refused 1048576")


def test_cpu_time_past_the_limit_ends_the_process() -> None:
    assert attempt("allow_cpu(1)\nwhile True: pass").endswith("-24")


def test_the_models_folder_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("some")
    assert attempt(f"print(open({str(tmp_path / 'weights')!r}).read())", models=str(tmp_path)).startswith("some")
    assert "PermissionError" in attempt(f"print(open({str(tmp_path / 'weights')!r}).read())")


def test_workers_are_confined_and_do_their_work() -> None:
    secrets = {
        "AWS_SECRET_ACCESS_KEY": "of-somebody",
        "TONEARM_RATE_LIMIT_STORAGE": "redis://:of-somebody@127.0.0.1:1/0",
    }
    with Server.started(TONEARM_WORKERS="1", **secrets) as server:
        (worker,) = server.workers()
        status = Path(f"/proc/{worker}/status").read_text()
        assert "Seccomp:\t2\n" in status
        assert "NoNewPrivs:\t1\n" in status
        assert "of-somebody" not in Path(f"/proc/{worker}/environ").read_text()
        limits = Path(f"/proc/{worker}/limits").read_text()
        assert "Max core file size        0" in limits
        answer = server.analyze(sample_track(20), "key,bpm_degara,loudness_ebur128:2,chords,waveform")
        assert len(answer.results) == 5
        assert not [line for line in server.log if "sandbox" in line]


def test_too_much_cpu_time_is_said_and_costs_one_request(track: bytes, tmp_path: Path) -> None:
    path = faulty.install(tmp_path)
    with Server.started(TONEARM_WORKERS="1", TONEARM_CPU_SECONDS="2", PYTHONPATH=path) as server:
        answer = server.analyze(track, "faulty(fault=spin)")
        assert answer.statuses[-2:] == ["error", "finished"]
        assert (
            answer.events[-2]["error"] == "The analysis exceeded the CPU time limit of a request (TONEARM_CPU_SECONDS)."
        )
        assert server.analyze(track, "loudness_ebur128").statuses == ["started", "completed", "finished"]
