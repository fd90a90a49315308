"""`tonearm batch`: the real command, killed and resumed, on folders, lists and a bucket."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest
from mutagen.id3 import TIT2
from mutagen.mp3 import MP3
from mutagen.wave import WAVE
from pyarrow import parquet

from tests.support.catalogue import Rows, bucket, catalogue, count, rows, tiny
from tests.support.cluster import RayCluster
from tests.support.command import on_a_terminal, started, tonearm
from tests.support.http import Server
from tests.support.media import BY_NAME, encoded
from tests.support.python_path import in_front
from tests.support.waiting import wait_for
from tests.support.web import Web
from tonearm.sample import sample_track

MODELS = ("--models", "silence,waveform(points=5)")


def tables(output: Path) -> list[Rows]:
    return [rows(output, table) for table in ("sources", "tracks", "silence/1", "waveform/1", "audio/1")]


@pytest.mark.release
def test_a_run_that_is_killed_ten_times_writes_what_one_run_writes(tmp_path: Path) -> None:
    tracks = 2000
    folder = catalogue(tmp_path / "music", tracks)
    (folder / "broken.mp3").write_bytes(b"no audio " * 200)
    moments = random.Random(0)
    arguments = ("batch", folder, *MODELS, "--output", tmp_path / "killed")
    for kill in range(10):
        run = started(*arguments)
        enough = (kill + 1) * tracks // 12
        wait_for(partial(_ended_or_done, run, tmp_path / "killed", enough))
        time.sleep(moments.uniform(0, 0.5))
        assert run.poll() is None, "it had ended before it could be killed"
        run.kill()
        run.communicate()
    for output in ("killed", "whole"):
        assert tonearm(*arguments[:-1], tmp_path / output).returncode == 1
    assert tables(tmp_path / "killed") == tables(tmp_path / "whole")
    sources, wide, *results = tables(tmp_path / "killed")
    assert [len(each) for each in (sources, wide, *results)] == [tracks + 1, *[tracks] * 4]
    assert len({row[0] for row in sources}) == tracks + 1
    assert len({row[0] for row in wide}) == tracks


def _ended_or_done(run: subprocess.Popen[bytes], output: Path, enough: int) -> bool:
    return run.poll() is not None or count(output) >= enough


def test_a_bad_track_is_a_row_and_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "music", 3)
    (folder / "broken.wav").write_bytes(b"no audio " * 200)
    (folder / "again.wav").write_bytes(tiny(0))
    (folder / "cover.jpg").touch()
    output = tmp_path / "out"
    arguments = ("batch", folder, *MODELS, "--output", output)
    done = tonearm(*arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines() == [
        "left out: 1 .jpg",
        f"tonearm: 1 in {output} failed: `error` in its sources says why.",
    ]
    sources = {Path(row[0]).name: row[1:] for row in rows(output, "sources")}
    assert sources["broken.wav"][0] is None
    assert "not audio" in sources["broken.wav"][2]
    assert sources["again.wav"] == sources["00000.wav"], "the same track, which has one row in the other tables"
    assert [len(each) for each in tables(output)[1:]] == [3] * 4
    first = list((output / "sources").iterdir())

    (folder / "broken.wav").write_bytes(tiny(7))
    assert tonearm(*arguments, "--retry-failed").returncode == 0
    assert (len(rows(output, "sources")), len(rows(output, "tracks"))) == (5, 4)
    (added,) = set((output / "sources").iterdir()) - set(first)
    assert parquet.read_table(added)["source"].to_pylist() == [str(folder / "broken.wav")]


@pytest.mark.release
def test_what_is_all_done_stays_as_it_is_and_other_models_have_another_folder(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "music", 2)
    output = tmp_path / "out"
    parts = []
    for _ in range(2):
        assert tonearm("batch", folder, *MODELS, "--output", output).returncode == 0
        parts.append({path.name: path.read_bytes() for path in (output / "sources").iterdir()})
    assert parts[0] == parts[1]
    other = tonearm("batch", folder, "--models", "silence", "--output", output)
    assert (other.returncode, other.stdout) == (2, b"")
    assert "has results of other models (audio:1, silence:1, waveform:1)" in other.stderr.decode()


def retitle(path: Path) -> None:
    file = (WAVE if path.suffix == ".wav" else MP3)(path)
    file["TIT2"] = TIT2(encoding=3, text="another title")
    file.save()


@pytest.mark.release
def test_what_was_moved_and_tagged_is_decoded_and_not_analysed(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "one.wav").write_bytes(sample_track(4))
    (folder / "two.mp3").write_bytes(encoded(BY_NAME["mp3-cbr"]))
    (folder / "three.wav").write_bytes(tiny(3))
    output = tmp_path / "out"
    with Server.started(TONEARM_WORKERS="1", TONEARM_LOG_FORMAT="line") as server:

        def asked() -> list[str]:
            address = f"http://127.0.0.1:{server.port}"
            before = len(server.log)
            done = tonearm("batch", folder, "--models", "silence", "--server", address, "--output", output)
            assert (done.returncode, done.stderr) == (0, b"")
            return [line for line in server.log[before:] if "/v1/analysis/stream" in line]

        assert [line.count("silence:1") for line in asked()] == [1, 1, 1]
        for name in ("one.wav", "two.mp3"):
            shutil.move(folder / name, folder / f"moved {name}")
            retitle(folder / f"moved {name}")
        moved = asked()
        assert [(line.count("audio:1"), line.count("silence:1")) for line in moved] == [(1, 0), (1, 0)]
        (folder / "new.wav").write_bytes(tiny(4))
        assert [line.count("silence:1") for line in asked()] == [1], "nothing is missing, so nobody looks first"
    tracks = [row[1] for row in rows(output, "sources")]
    assert (len(tracks), len(set(tracks))) == (6, 4)
    assert len(rows(output, "silence/1")) == 4


@pytest.mark.release
def test_lists_addresses_and_buckets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "out"
    objects = {"a/1.wav": tiny(1), "a/b/2.wav": tiny(2), "a/ü 3.wav": tiny(3), "a/notes.txt": b"-", "other/4.wav": b"-"}
    with Web.started({"/track.wav": tiny(5)}) as web, bucket("archive", objects, monkeypatch):
        (tmp_path / "list.txt").write_text(f"{web.url('/track.wav')}\n\ns3://archive/a/b/2.wav\n")
        piped = b"s3://archive/a/\ns3://nothing/here\n"
        arguments = ("batch", tmp_path / "list.txt", "-", *MODELS, "--output", output)
        done = tonearm(*arguments, stdin=piped)
        assert done.returncode == 1
        assert done.stderr.decode().splitlines()[0] == "left out: 1 .txt"
        found = {row[0]: row[3] for row in rows(output, "sources")}
        assert "not exist" in found.pop("s3://nothing/here")
        assert found == dict.fromkeys(
            [web.url("/track.wav"), *(f"s3://archive/a/{name}" for name in ("1.wav", "b/2.wav", "ü 3.wav"))]
        )
        analyzed = tonearm("analyze", "s3://archive/a", "--format", "csv", "-m", "silence")
        assert analyzed.returncode == 0
        assert len(analyzed.stdout.splitlines()) == 4


@pytest.mark.release
def test_on_a_terminal_it_says_how_far_it_is(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "music", 5)
    code, drawn = on_a_terminal("batch", folder, *MODELS, "--output", tmp_path / "out")
    assert code == 0
    assert "5 of 5" in drawn
    assert "files/s" in drawn
    assert re.search(r"5 in \d:\d\d:\d\d", drawn.splitlines()[-1])


@pytest.mark.release
def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    """The last of three sources never comes, and nothing has been written of the first two yet."""
    names = [str(path).encode() for path in sorted(catalogue(tmp_path / "music", 2).rglob("*.wav"))]
    with Web.started({"/track.wav": sample_track(4)}) as web:
        run = started("batch", "-", *MODELS, "--output", tmp_path / "out", "--jobs", "1")
        assert run.stdin is not None
        run.stdin.write(b"\n".join([*names, web.url("/stalls").encode(), b""]))
        run.stdin.flush()
        wait_for(lambda: any(path == "/stalls" for path, _ in web.requested))
        run.send_signal(signal.SIGINT)
        run.communicate()
    assert run.returncode == 130
    assert [Path(row[0]).name for row in rows(tmp_path / "out", "sources")] == ["00000.wav", "00001.wav"]


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, package=None: None if name == 'pyarrow' else find(name, package)\n"
    )
    done = tonearm("batch", "track.wav", "--output", "out", PYTHONPATH=in_front(tmp_path))
    assert done.returncode == 1
    assert done.stderr.decode() == "tonearm: Parquet needs an extra: install Tonearm as tonearm[batch].\n"
    done = tonearm("analyze", "s3://bucket/track.wav", PYTHONPATH=in_front(tmp_path))
    assert done.returncode == 1
    assert "Buckets need an extra: install Tonearm as tonearm[batch]." in done.stderr.decode()


@pytest.mark.release
def test_a_cluster_writes_what_this_machine_writes(tmp_path: Path, cluster: RayCluster) -> None:
    folder = catalogue(tmp_path / "music", 12)
    (folder / "broken.mp3").write_bytes(b"no audio " * 200)
    for output, engine in (("here", "local"), ("there", "ray")):
        done = tonearm(
            *("batch", folder, *MODELS, "--output", tmp_path / output),
            TONEARM_ENGINE=engine,
            TONEARM_RAY_ADDRESS=cluster.address,
            TONEARM_RAY_WORKERS="1-3",
        )
        assert done.returncode == 1
        assert [line.replace(output, "") for line in done.stderr.decode().splitlines()] == [
            f"tonearm: 1 in {tmp_path / ''}/ failed: `error` in its sources says why."
        ]
    assert tables(tmp_path / "there") == tables(tmp_path / "here")
