"""`tonearm models pull` from a server on this machine with the files of ../shared, and every bad day it can have."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support import shared
from tests.support.networks import backbone, command, head
from tests.support.waiting import wait_for
from tonearm.cli import app
from tonearm.networks import install
from tonearm.networks.download import download
from tonearm.networks.original import Original
from tonearm.networks.pack import PackError
from tonearm.networks.published import published
from tonearm.networks.store import Store, sha256

pytestmark = pytest.mark.timeout(600)
HEAD = "classification-heads/gender/gender-discogs-effnet-1"


class Publisher(ThreadingHTTPServer):
    """MTG's address, with ranges. What is in `faults` happens to a path, as often as it says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list[str]] = {}
        self.requested: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        wanted = self.headers["Range"]
        self.server.requested.append((path, wanted))
        faults = self.server.faults.get(path, [])
        fault = faults.pop(0) if faults else None
        if path not in self.server.files or fault == "gone":
            self.send_error(404)
            return
        if fault == "overloaded":
            self.send_error(503)
            return
        data = self.server.files[path]
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        if begin >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        if fault == "breaks off":
            self.wfile.write(data[begin : begin + (len(data) - begin) // 2])
            return
        for place in range(begin, len(data), 1 << 14):
            self.wfile.write(data[place : place + (1 << 14)])
            if fault == "slow":
                time.sleep(0.1)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def gender(publisher: Publisher) -> Publisher:
    """It publishes a real head."""
    for suffix in ("json", "pb"):
        publisher.files[f"{HEAD}.{suffix}"] = (
            shared.ROOT / "models" / f"gender-discogs-effnet-1.{suffix}"
        ).read_bytes()
    return publisher


def get(server: Publisher, target: Path, expected: str | None = None) -> None:
    download(f"{server.url}/file", target, expected)


DATA = os.urandom(300_000)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["file"] = DATA
    publisher.faults["file"] = ["breaks off", "overloaded", "breaks off"]
    get(publisher, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    assert [wanted for _, wanted in publisher.requested] == [None, "bytes=150000-", "bytes=150000-", "bytes=225000-"]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_one_that_always_breaks_off_ends_with_what_to_do(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["file"] = DATA
    publisher.faults["file"] = ["breaks off"] * 10
    with pytest.raises(PackError, match=r"the download stopped after "):
        get(publisher, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    publisher.faults.clear()
    get(publisher, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_part_longer_than_the_file_is_begun_anew(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["file"] = DATA
    (tmp_path / "file.part").write_bytes(b"x" * 400_000)
    get(publisher, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA


def test_a_missing_file_is_said_at_once(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="404"):
        get(publisher, tmp_path / "file")
    assert len(publisher.requested) == 1


def test_a_file_with_another_hash_is_not_kept(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files["file"] = DATA
    with pytest.raises(PackError, match="is not the expected file"):
        get(publisher, tmp_path / "file", "0" * 64)
    assert not list(tmp_path.iterdir())


def test_an_address_where_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="could not be downloaded"):
        download("http://127.0.0.1:9/file", tmp_path / "file", None)
    with pytest.raises(PackError, match="is not an http or https URL"):
        download("file:///etc/passwd", tmp_path / "file", None)


def test_every_published_head_stands_on_a_published_network() -> None:
    bases = {each.stem for each in published() if not each.is_head}
    for each in published():
        assert each.embedding in bases if each.is_head else each.embedding is None, each
    assert len({each.stem for each in published()}) == len(published()) > 100


def pull(server: Publisher, folder: Path, *names: str, accept: bool = True) -> subprocess.CompletedProcess[str]:
    flags = ["--accept-licence"] if accept else []
    return command("pull", *names, *flags, folder=folder, TONEARM_MODELS_URL=server.url)


@pytest.mark.release
@shared.needed
def test_pull_verify_remove(gender: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the pinned hashes of the real files; its backbone is not to be had.

    The conversion, which needs TensorFlow, is made once, for the fixture `installed`. Here a stand-in takes its place.
    """

    def convert(frozen: Sequence[tuple[Original, Path]]) -> dict[str, str]:
        ((original, target),) = frozen
        head(tmp_path / "converted", original.stem, ["female", "male"])
        shutil.copy(tmp_path / "converted" / original.stem / f"{original.stem}.onnx", target)
        return {}

    folder = tmp_path / "models"
    monkeypatch.setattr(install, "_convert", convert)
    done = CliRunner().invoke(
        app,
        ["models", "pull", "gender", "--accept-licence"],
        env={"TONEARM_MODELS_DIR": str(folder), "TONEARM_MODELS_URL": gender.url},
    )
    assert done.exit_code == 1
    assert "discogs-effnet-bs64-1.json: 404" in done.stderr
    assert re.search(r"gender-discogs-effnet-1: installed.*; needs discogs-effnet", done.stdout)
    assert "CC BY-NC-SA 4.0" in done.stderr
    assert set(Store(folder).packs) == {"gender-discogs-effnet-1"}
    assert [file for file in (folder / ".downloads").iterdir() if "gender" in file.name] == []

    assert "gender-discogs-effnet-1: good" in command("verify", folder=folder).stdout
    weights = folder / "gender-discogs-effnet-1" / "gender-discogs-effnet-1.onnx"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    broken = command("verify", folder=folder)
    assert broken.returncode == 1
    assert "gender-discogs-effnet-1.onnx has changed since it was installed" in broken.stderr

    assert "removed" in command("remove", "gender", folder=folder).stdout
    assert not Store(folder).packs
    assert "gender is not installed here" in command("remove", "gender", folder=folder).stderr


@shared.needed
def test_a_wrong_hash_installs_nothing(gender: Publisher, tmp_path: Path) -> None:
    gender.files[f"{HEAD}.pb"] += b"\0"
    done = pull(gender, tmp_path / "models", "gender")
    assert done.returncode == 1
    assert "is not the expected file" in done.stderr
    assert not Store(tmp_path / "models").packs


def test_without_a_word_on_the_licence_nothing_is_downloaded(publisher: Publisher, tmp_path: Path) -> None:
    done = pull(publisher, tmp_path / "models", "gender", accept=False)
    assert done.returncode == 1
    assert "CC BY-NC-SA 4.0" in done.stderr
    assert not publisher.requested


@pytest.mark.release
def test_a_download_that_was_interrupted_says_that_it_can_go_on(publisher: Publisher, tmp_path: Path) -> None:
    publisher.files[f"{HEAD}.json"] = b"{}"
    publisher.faults[f"{HEAD}.json"] = ["overloaded"] * 10
    publisher.files["feature-extractors/discogs-effnet/discogs-effnet-bs64-1.json"] = b"{}"
    done = pull(publisher, tmp_path / "models", "gender")
    assert done.returncode == 1
    assert re.search(r"gender-discogs-effnet-1.json could not be downloaded: .*\. Run the command again", done.stderr)
    assert "is not the expected file" in done.stderr


def test_an_unknown_name_downloads_nothing(publisher: Publisher, tmp_path: Path) -> None:
    done = pull(publisher, tmp_path / "models", "no_such_network")
    assert done.returncode == 1
    assert "no_such_network is not a known network" in done.stderr
    assert not publisher.requested


def test_a_hash_is_recorded_at_first_use_and_checked_ever_after(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.check_first_use("http://somewhere/x.pb", "a" * 64)
    store.check_first_use("http://somewhere/y.pb", "b" * 64)
    Store(tmp_path).check_first_use("http://somewhere/x.pb", "a" * 64)
    with pytest.raises(PackError, match="has changed since it was first pulled"):
        Store(tmp_path).check_first_use("http://somewhere/x.pb", "c" * 64)


@pytest.mark.release
@shared.needed
def test_killed_in_the_middle_leaves_nothing_half_installed_and_resumes(gender: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    gender.faults[f"{HEAD}.pb"] = ["slow"]
    arguments = [sys.executable, "-m", "tonearm", "models", "pull", "gender", "--accept-licence"]
    environment = {**os.environ, "TONEARM_MODELS_DIR": str(folder), "TONEARM_MODELS_URL": gender.url}
    process = subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    part = folder / ".downloads" / "gender-discogs-effnet-1.pb.part"
    wait_for(lambda: part.exists() and part.stat().st_size > 50_000)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not Store(folder).packs
    assert not Store(folder).broken
    there = part.stat().st_size
    # The conversion is another test's: that the download goes on is what is asked here.
    done = command("pull", "gender", folder=folder, TONEARM_MODELS_URL=gender.url, PIP_INDEX_URL="http://127.0.0.1:9")
    assert (f"{HEAD}.pb", f"bytes={there}-") in gender.requested
    assert "could not be installed for the conversion" in done.stderr
    assert sha256(folder / ".downloads" / "gender-discogs-effnet-1.pb") == sha256(
        shared.ROOT / "models" / "gender-discogs-effnet-1.pb"
    )


@shared.needed
def test_a_full_disk_is_said_and_leaves_nothing(gender: Publisher, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the disk: writing fails in the same place."""
    folder = tmp_path / "models"
    done = subprocess.run(
        [sys.executable, "-m", "tonearm", "models", "pull", "gender", "--accept-licence"],
        env={**os.environ, "TONEARM_MODELS_DIR": str(folder), "TONEARM_MODELS_URL": gender.url},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "has no room for gender-discogs-effnet-1.pb" in done.stderr
    assert not Store(folder).packs
    assert not list((folder / ".downloads").glob("*.part"))


@pytest.mark.release
def test_convert_says_what_is_wrong_with_a_folder(tmp_path: Path) -> None:
    empty = command("convert", str(tmp_path), folder=tmp_path / "models")
    assert empty.returncode == 1
    assert "has no metadata (.json) next to weights" in empty.stderr
    (tmp_path / "x-1.json").write_text('{"name": 1}')
    (tmp_path / "x-1.onnx").write_bytes(b"nothing")
    wrong = command("convert", str(tmp_path), folder=tmp_path / "models")
    assert wrong.returncode == 1
    assert "x-1.json is not the metadata of a network" in wrong.stderr


@pytest.mark.release
def test_an_onnx_file_is_installed_as_it_is(tmp_path: Path) -> None:
    backbone(tmp_path / "made", batch=None)
    done = command("convert", str(tmp_path / "made"), folder=tmp_path / "models")
    assert done.returncode == 0, done.stderr
    file = "discogs-effnet-bs64-1/discogs-effnet-bs64-1.onnx"
    assert (tmp_path / "models" / file).read_bytes() == (tmp_path / "made" / file).read_bytes()
    # Installing it again replaces it, and a folder that somebody puts there is served as well.
    assert command("convert", str(tmp_path / "made"), folder=tmp_path / "models").returncode == 0
    shutil.copytree(tmp_path / "made" / "discogs-effnet-bs64-1", tmp_path / "by-hand" / "discogs-effnet-bs64-1")
    listed = command("list", folder=tmp_path / "by-hand").stdout
    assert "embedding_discogs_effnet" in listed
    assert "its origin is unknown" in command("verify", folder=tmp_path / "by-hand").stdout
