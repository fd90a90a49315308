"""How the page, its files and the sample are served, without a browser."""

from __future__ import annotations

import io
import subprocess
import sys
import wave
import zipfile
from pathlib import Path

import pytest

from tests.support.asking import POLICY, ask
from tests.support.http import Server
from tests.support.waiting import wait_for
from tonearm import api_keys
from tonearm.sample import sample_track
from tonearm.web.assets import assets

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "tonearm" / "web" / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PATHS = ["/", *sorted(f"/web/{file.relative_to(STATIC)}" for file in STATIC.rglob("*.*"))]


@pytest.mark.parametrize("path", PATHS)
def test_every_file_is_served_as_what_it_is(server: Server, path: str) -> None:
    answer = ask(server, path)
    file = STATIC / (path.removeprefix("/web/") if path != "/" else "index.html")
    assert answer.status == 200
    assert answer.body == file.read_bytes()
    assert answer.header("Content-Type") == TYPES[file.suffix]
    assert answer.header("Content-Length") == str(len(answer.body))
    assert answer.header("Content-Security-Policy") == POLICY
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Referrer-Policy") == "no-referrer"
    assert answer.header("Cache-Control") == "no-cache"


def test_what_a_browser_has_already_is_not_sent_again(server: Server) -> None:
    etag = ask(server, "/web/main.js").header("ETag")
    assert etag != ask(server, "/web/dom.js").header("ETag")
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = ask(server, "/web/main.js", headers={"If-None-Match": known})
        assert (again.status, again.body, again.header("ETag")) == (304, b"", etag)
    assert ask(server, "/web/main.js", headers={"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("path", ["/", "/web/main.js", "/sample.wav"])
def test_head_says_what_get_would(server: Server, path: str) -> None:
    head, get = ask(server, path, "HEAD"), ask(server, path)
    assert (head.status, head.body) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Content-Security-Policy"):
        assert head.header(name) == get.header(name)
    assert ask(server, path, "POST", {"Content-Length": "0"}).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/web/",
        "/web/none.js",
        "/web/../routes.py",
        "/web/..%2froutes.py",
        "/web/%2e%2e/%2e%2e/config.py",
        "/web//etc/passwd",
    ],
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    answer = ask(server, path)
    assert answer.status == 404
    assert b"import" not in answer.body
    assert answer.header("Content-Security-Policy") == POLICY


def test_the_sample_is_the_synthesised_track(server: Server) -> None:
    answer = ask(server, "/sample.wav")
    assert answer.body == sample_track(20)
    assert answer.header("Content-Type") == "audio/wav"
    with wave.open(io.BytesIO(answer.body)) as track:
        assert track.getnframes() == 20 * track.getframerate()


@pytest.mark.release
def test_the_page_needs_no_api_key_and_counts_for_no_limit(track: bytes) -> None:
    key, entry = api_keys.create("tester")
    with Server.started(
        TONEARM_WORKERS="1", TONEARM_API_KEYS=entry, TONEARM_RATE_LIMIT="1/hour", TONEARM_LOG_LEVEL="info"
    ) as server:
        for path in ("/", "/web/main.js", "/sample.wav") * 3:
            assert ask(server, path).status == 200
        assert ask(server, "/v1/models").status == 401
        assert server.analyze(track, "key", {"Authorization": f"Bearer {key}"}).statuses[-1] == "finished"
        # The page itself is a line of the log; its many files are not.
        wait_for(lambda: any("outcome=completed" in line for line in server.log))
        assert sum("path=/ " in line for line in server.log) == 3
        assert not [line for line in server.log if "path=/web/" in line]


def test_numpy_is_not_imported_before_somebody_wants_the_sample() -> None:
    code = (
        "import sys; from tonearm.web.routes import routes; from tonearm.web.assets import assets; "
        "routes(); assets(); print('numpy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_a_wheel_has_every_file(tmp_path: Path) -> None:
    code = (
        "import sys; from hatchling.builders.wheel import WheelBuilder; "
        "print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2], versions=['standard']))"
    )
    built = subprocess.run(
        [sys.executable, "-c", code, ROOT, tmp_path], capture_output=True, text=True, check=True
    ).stdout.strip()
    with zipfile.ZipFile(built) as wheel:
        names = {name.removeprefix("tonearm/web/static/") for name in wheel.namelist()}
    assert set(assets()) <= names
    assert "views/key.js" in names
    documents = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert {f"tonearm/web/docs/{name}" for name in (*documents, "grafana.json")} <= names
