"""Through a real nginx: as it is by default, which collects what passes, and as docs/operating.md configures it."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents.blocks import one
from tests.support.http import Server
from tests.support.live import opened, refusal
from tests.support.media import BY_NAME, encoded
from tests.support.programs import needs
from tests.support.proxies import free_port, nginx
from tonearm import Client
from tonearm.config import Settings
from tonearm.errors import TooLarge
from tonearm.protocol.messages import Completed

pytestmark = needs("curl")
MODELS = "key,bpm_degara,loudness_ebur128"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Behind a proxy that it trusts, with a rate limit that the answers tell of."""
    with Server.started(
        TONEARM_WORKERS="2", TONEARM_TRUSTED_PROXIES="127.0.0.1", TONEARM_RATE_LIMIT="100/hour"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def default(server: Server) -> Iterator[int]:
    """The port of an nginx that was told nothing but where to pass requests."""
    port = free_port()
    with nginx(f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{server.port}; }} }}"):
        yield port


@pytest.fixture(scope="module")
def documented(server: Server) -> Iterator[int]:
    """The port of an nginx that is configured as docs/operating.md says."""
    port = free_port()
    block = one("operating.md", "nginx")
    assert block.count("listen 80;") == block.count("http://127.0.0.1:8000") == 1
    here = block.replace("listen 80;", f"listen 127.0.0.1:{port};").replace(":8000", f":{server.port}")
    with nginx(here):
        yield port


@pytest.fixture(scope="module")
def song() -> bytes:
    """Less than the 1 MB that nginx takes by default."""
    return encoded(BY_NAME["mp3-cbr"], 20.0)


@pytest.mark.parametrize("configuration", ["default", "documented"])
def test_the_client_and_curl_have_the_results_of_the_server(
    configuration: str, server: Server, song: bytes, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port: int = request.getfixturevalue(configuration)
    expected = server.analyze(song, MODELS).results
    assert set(expected) == set(MODELS.split(","))

    file = tmp_path / "track.mp3"
    file.write_bytes(song)
    events = list(Client(f"http://127.0.0.1:{port}").stream(file, MODELS))
    assert [event.status for event in events] == ["started", *["completed"] * 3, "finished"]
    results = [event.result for event in events if isinstance(event, Completed)]
    assert {result.model_name: result.results for result in results} == expected

    assert _curl(port, file) == expected


def _curl(port: int, file: Path) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}/v1/analysis/stream?models={MODELS}"
    sent = subprocess.run(
        ["curl", "-sN", "-X", "POST", url, "--data-binary", f"@{file}"], capture_output=True, check=True
    )
    events = [json.loads(line.removeprefix(b"data: ")) for line in sent.stdout.splitlines() if line.startswith(b"data")]
    results = [event["result"] for event in events if event["status"] == "completed"]
    return {result["model_name"]: result["results"] for result in results}


def test_a_limit_of_the_proxy_is_told_in_words(default: int, documented: int, track: bytes) -> None:
    assert len(track) > 1 << 20
    with pytest.raises(TooLarge, match="413"):
        Client(f"http://127.0.0.1:{default}").analyze(track, "key")
    assert Client(f"http://127.0.0.1:{documented}").analyze(track, "key").results
    assert f"client_max_body_size {Settings.model_fields['max_body_bytes'].default >> 20}m;" in one(
        "operating.md", "nginx"
    )


def test_events_arrive_while_the_upload_goes_on(documented: int, track: bytes) -> None:
    started = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield track[:1_000_000]
        assert started.wait(100)
        yield track[1_000_000:]

    statuses = []
    with closing(Client(f"http://127.0.0.1:{documented}").stream(pieces(), "key")) as events:
        for event in events:
            statuses.append(event.status)
            started.set()
    assert statuses == ["started", "completed", "finished"]


def test_a_web_socket_passes(documented: int, track: bytes) -> None:
    with opened(documented, origin=f"http://127.0.0.1:{documented}", models="key") as socket:
        socket.send(track[:1_000_000])
        assert socket.next() == {"status": "started", "total_models": 1}
        socket.send(track[1_000_000:])
        assert [event["status"] for event in socket.finish()] == ["completed", "finished"]
        assert socket.closed_with == (1000, "")
    assert refusal(documented, models="nonesuch")[0] == 400
    assert refusal(documented, origin="https://evil.test", models="key")[0] == 403


def test_the_rate_limit_counts_the_proxys_clients_each_for_itself(documented: int, song: bytes, tmp_path: Path) -> None:
    file = tmp_path / "track.mp3"
    file.write_bytes(song)
    url = f"http://127.0.0.1:{documented}/v1/analysis/stream?models=silence"

    def left(address: str, *more: str) -> int:
        curl = ["curl", "-sN", "--interface", address, "-o", "-", "-D", "-", *more, url, "--data-binary", f"@{file}"]
        head = subprocess.run(curl, capture_output=True, text=True, check=True).stdout.partition("\n\n")[0]
        (field,) = (line for line in head.splitlines() if line.lower().startswith("ratelimit:"))
        return int(field.split(";r=")[1].split(";")[0])

    assert left("127.0.0.2") == 99
    assert left("127.0.0.3") == 99
    # An address of the client's own invention, in front of the one that the proxy adds.
    assert left("127.0.0.2", "-H", "X-Forwarded-For: 127.0.0.3") == 98


def test_strangers_do_not_see_the_metrics(documented: int) -> None:
    curl = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}"]
    for path, status in (("/metrics", "403"), ("/readyz", "200")):
        answer = subprocess.run([*curl, f"http://127.0.0.1:{documented}{path}"], capture_output=True, text=True)
        assert answer.stdout == status
