"""Threads that began before the confinement: none keeps what the confined one has given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.confined import BOTH_STEPS, confined, require_sandbox

THREAD = """
def attempts():
    for action in (lambda: open("/etc/passwd").read(), lambda: open(secret).read(), lambda: open(target, "w")):
        try:
            action()
            yield "done"
        except OSError as error:
            yield type(error).__name__
def wait():
    go.wait()
    found.extend(attempts())
import threading
go, found = threading.Event(), []
thread = threading.Thread(target=wait)
thread.start()
"""
TOLD = """
print(missing)
go.set()
thread.join()
print(found)
"""


@pytest.fixture(scope="module", autouse=True)
def offered() -> None:
    require_sandbox()


def program(folder: Path, first: str, landlock: int) -> str:
    (folder / "cache").mkdir()
    (folder / "secret").write_text("one")
    names = f"secret, target = {str(folder / 'secret')!r}, {str(folder / 'cache' / 'target')!r}\n"
    return confined(TOLD, first=f"{first}\n{names}{THREAD}", cache=folder / "cache", landlock=landlock)


@pytest.mark.parametrize("landlock", [7, 2])
def test_a_thread_of_a_library_can_read_and_write_no_more(tmp_path: Path, landlock: int) -> None:
    told = program(tmp_path, BOTH_STEPS, landlock)
    assert told.startswith("[]\n['PermissionError', 'PermissionError', 'PermissionError']"), told
    assert not (tmp_path / "cache" / "target").exists()


@pytest.mark.parametrize("landlock", [7, 2])
def test_without_the_first_step_a_second_thread_is_said(tmp_path: Path, landlock: int) -> None:
    told = program(tmp_path, "", landlock)
    assert told.startswith("['files are not out of reach of all threads: some began before the restriction']"), told


def test_a_first_step_that_comes_too_late_does_not_count(tmp_path: Path) -> None:
    late = "import threading, time; threading.Thread(target=time.sleep, args=(1,), daemon=True).start()\n" + BOTH_STEPS
    told = confined("print(missing)", first=late, cache=tmp_path, landlock=7)
    assert told.startswith("['files are not out of reach of all threads"), told


def test_the_kernel_is_asked_to_restrict_all_threads_if_it_can() -> None:
    record = """
calls = []
landlock._call = lambda *arguments: calls.append(arguments) or (8 if arguments[2:] == (0, 1) else 3)
landlock._libc = type("", (), {"prctl": lambda *_: 0})
landlock.os = type("", (), {"close": lambda _: None})
landlock.restrict_files([])
print(calls[-1], landlock.restricts_all_threads())
sys.exit()
"""
    assert confined("", first=record).startswith("(446, 3, 8) True")


@pytest.mark.release
def test_the_first_step_allows_code_and_the_cache_alone(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    first = f"""
{BOTH_STEPS}
import tempfile, json, scipy.signal
with tempfile.TemporaryFile(dir=cache): pass
Path(cache, "one").write_text("one")
Path(cache, "one").rename(Path(cache, "two"))
for path in ({str(tmp_path / "beside")!r}, os.path.join(os.path.dirname(json.__file__), "planted.py")):
    try:
        open(path, "w")
    except OSError as error:
        print(type(error).__name__)
try:
    open("/etc/passwd")
except OSError as error:
    print(type(error).__name__)
"""
    told = confined("print(missing)", first=first, cache=tmp_path / "cache", memory=2**31)
    assert told.splitlines() == ["PermissionError", "PermissionError", "PermissionError", "[]  0"], told
    assert (tmp_path / "cache" / "two").read_text() == "one"
