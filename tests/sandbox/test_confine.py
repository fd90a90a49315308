"""What a confined process can still do, tried in real processes; and that real workers are confined."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.sandbox.confined import confined, require_sandbox
from tests.support import faulty, plugin
from tests.support.http import Server
from tonearm.sample import sample_track


@pytest.fixture(scope="module", autouse=True)
def offered() -> None:
    require_sandbox()


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
    found = confined(code)
    assert found.endswith(" 1")
    assert "PermissionError" in found or "Operation not permitted" in found, found


@pytest.mark.release
@pytest.mark.parametrize(
    "code",
    [
        "import threading; t = threading.Thread(target=print); t.start(); t.join()",
        "import scipy.signal, numba",
        "os.urandom(8)",
        "os.kill(os.getpid(), 0)",
        "import numba; assert numba.njit(lambda x: x + 1)(1) == 2",
        "import resource; os.sched_getaffinity(0); resource.getrlimit(resource.RLIMIT_STACK)",
    ],
)
def test_what_it_needs_is_not(code: str) -> None:
    assert confined(code, memory=2**31).endswith(" 0"), confined(code, memory=2**31)


def test_memory_past_the_limit_is_an_error_and_not_the_end() -> None:
    code = """
        try:
            bytearray(2**29)
        except MemoryError:
            print("refused", len(bytearray(2**20)))
    """
    assert confined(code).startswith("refused 1048576")


def test_a_crash_is_the_end() -> None:
    assert confined("os.abort()").endswith(" -6")


def test_limits_are_hard() -> None:
    code = """
        import resource
        kinds = (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)
        print([soft == hard for soft, hard in map(resource.getrlimit, kinds)])
    """
    assert confined(code).startswith("[True, True, True, True]")


def test_the_number_of_threads_is_bounded(tmp_path: Path) -> None:
    told = confined(
        "import resource; print(resource.getrlimit(resource.RLIMIT_NPROC))",
        first="enclose(Path('/nonexistent'), Path('/nonexistent'))",
    )
    soft, hard = map(int, told.partition("(")[2].partition(")")[0].split(","))
    assert 4096 < soft == hard < 4096 + 100_000


def test_the_models_folder_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "weights").write_text("some")
    assert confined(f"print(open({str(tmp_path / 'weights')!r}).read())", models=str(tmp_path)).startswith("some")
    assert "PermissionError" in confined(f"print(open({str(tmp_path / 'weights')!r}).read())")


@pytest.mark.release
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
        if os.getuid() == 0:
            assert "of-somebody" not in Path(f"/proc/{worker}/environ").read_text()
        limits = Path(f"/proc/{worker}/limits").read_text()
        assert "Max core file size        0                    0 " in limits
        assert "Max file size             0                    0 " in limits
        answer = server.analyze(sample_track(20), "key,bpm_degara,loudness_ebur128:2,chords,waveform")
        assert len(answer.results) == 5
        assert not [line for line in server.log if "sandbox" in line]


@pytest.mark.release
def test_too_much_cpu_time_is_said_and_costs_one_request(track: bytes, tmp_path: Path) -> None:
    path = plugin.install(faulty.MODULE, tmp_path)
    with Server.started(TONEARM_WORKERS="1", TONEARM_CPU_SECONDS="2", PYTHONPATH=path) as server:
        answer = server.analyze(track, "faulty(fault=spin)")
        assert answer.statuses[-2:] == ["error", "finished"]
        assert (
            answer.events[-2]["error"] == "The analysis exceeded the CPU time limit of a request (TONEARM_CPU_SECONDS)."
        )
        assert server.analyze(track, "loudness_ebur128").statuses == ["started", "completed", "finished"]


DUMPABLE = "import ctypes; print('dumpable', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), file=sys.stderr)"


@pytest.mark.release
def test_the_memory_of_workers_and_server_is_hidden(tmp_path: Path) -> None:
    assert "dumpable 0" in confined(DUMPABLE)
    (tmp_path / "sitecustomize.py").write_text(f"import atexit, sys\natexit.register(lambda: exec({DUMPABLE!r}))")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    with Server.started(TONEARM_WORKERS="1", PYTHONPATH=path) as server:
        (worker,) = server.workers()
        if os.getuid():
            for process in (server.process.pid, worker):
                with pytest.raises(PermissionError):
                    Path(f"/proc/{process}/environ").read_bytes()
    assert "dumpable 0\n" in server.log
