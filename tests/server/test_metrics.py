"""GET /metrics on the real server, on its port or on one of its own, and the dashboard that reads it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.command import tonearm
from tests.support.http import Server
from tests.support.waiting import PATIENCE_SECONDS, wait_for
from tonearm import api_keys

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana.json"
MODELS = "key,bpm_degara,loudness-ebur128:2"
ALICE, BOB, CAROL = (api_keys.create(name) for name in ("alice", "bob", "carol"))
AS_ALICE = {"Authorization": f"Bearer {ALICE[0]}"}


@pytest.fixture(scope="module")
def counted() -> Iterator[Server]:
    """A server of this module's own: its counters start at nought."""
    with Server.started(
        TONEARM_WORKERS="1",
        TONEARM_QUEUE="1",
        TONEARM_BUFFER_BYTES="0",
        TONEARM_MAX_BODY_BYTES="10000000",
        TONEARM_RATE_LIMIT="off",
    ) as running:
        yield running


@dataclass(frozen=True)
class Guarded:
    """A server with keys, and its port for metrics as if it were another."""

    server: Server
    metrics: Server
    keys: Path


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text(f"{ALICE[1]}\n{BOB[1]}\n")
    settings = {"TONEARM_API_KEYS_FILE": str(keys), "TONEARM_METRICS_PORT": "0", "TONEARM_GRACE_SECONDS": "120"}
    with Server.started(TONEARM_WORKERS="1", **settings) as running:
        (port,) = re.findall(r"metrics are at http://127\.0\.0\.1:(\d+)/metrics", "".join(running.log))
        yield Guarded(running, Server(running.process, int(port), running.log), keys)


def scrape(server: Server) -> dict[str, float]:
    """Every sample, by its name and labels as they are written."""
    with server.open() as exchange:
        exchange.request("GET", "/metrics")
        answer = exchange.answer()
        assert answer.status == 200
        assert answer.header("Content-Type").startswith("text/plain")
        text = answer.body().decode()
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def outcome(samples: dict[str, float], name: str) -> float:
    return samples[f'tonearm_requests_total{{outcome="{name}"}}']


def test_what_a_request_adds(counted: Server, track: bytes) -> None:
    before = scrape(counted)
    assert counted.analyze(track, MODELS).statuses[-1] == "finished"
    # A request is counted when it is over, which is after its last event.
    wait_for(lambda: outcome(scrape(counted), "completed") == outcome(before, "completed") + 1)
    after = scrape(counted)
    added = {name: value - before.get(name, 0.0) for name, value in after.items()}
    assert added["tonearm_request_seconds_count"] == 1
    assert added["tonearm_request_seconds_sum"] > 0
    assert added["tonearm_realtime_factor_count"] == 1
    assert added["tonearm_received_bytes_total"] == len(track)
    assert added["tonearm_audio_seconds_total"] == pytest.approx(20)
    assert added["tonearm_decode_seconds_total"] > 0
    assert added['tonearm_feature_seconds_total{feature="Mono"}'] > 0
    models = {name for name in added if name.startswith("tonearm_model_seconds_total")}
    assert {re.sub(r'.*"(.*)".*', r"\1", name) for name in models} == {"key:1", "bpm_degara:1", "loudness_ebur128:2"}
    assert all(added[name] > 0 for name in models)


def test_how_requests_end(counted: Server, track: bytes) -> None:
    before = scrape(counted)
    counted.analyze(b"no audio at all" * 100)
    counted.analyze(track, "key,,")
    counted.analyze(track, "no-such-model")
    with counted.open() as exchange:
        exchange.post("key", {"Expect": "100-continue"}, 10_000_001)
        assert exchange.answer().status == 413
    with counted.open() as leaving:
        leaving.post("key", length=len(track))
        leaving.send(track[:200_000])
        leaving.answer().next_event()
        with counted.open() as queued:
            queued.post("key", length=len(track))
            queued.send(track[:100])
            wait_for(lambda: scrape(counted)["tonearm_queue_length"] == 1)
            assert scrape(counted)["tonearm_workers_busy"] == 1
            assert counted.analyze(track, "key").status == 429
    wait_for(lambda: outcome(scrape(counted), "client_gone") == outcome(before, "client_gone") + 2)
    wait_for(lambda: outcome(scrape(counted), "429") == outcome(before, "429") + 1)
    after = scrape(counted)
    assert {name: outcome(after, name) - outcome(before, name) for name in ("400", "413", "422", "429", "500")} == {
        "400": 2,
        "413": 1,
        "422": 1,
        "429": 1,
        "500": 0,
    }
    wait_for(lambda: scrape(counted)["tonearm_workers_busy"] == 0)
    assert scrape(counted)["tonearm_queue_length"] == 0


def test_a_lost_worker_is_an_error_and_a_replaced_worker(counted: Server, track: bytes) -> None:
    before = scrape(counted)
    with counted.open() as exchange:
        exchange.post("key", length=len(track))
        exchange.send(track[:200_000])
        exchange.answer().next_event()
        os.kill(counted.workers()[0], signal.SIGKILL)
        exchange.answer().finish()
    wait_for(lambda: outcome(scrape(counted), "error") == outcome(before, "error") + 1)
    replaced = "tonearm_workers_replaced_total"
    wait_for(lambda: scrape(counted)[replaced] == before[replaced] + 1)
    assert scrape(counted)["tonearm_workers_alive"] == 1


def test_a_client_cannot_make_a_series(counted: Server, track: bytes) -> None:
    counted.analyze(track, "loudness-EBUR128:2")
    before = set(scrape(counted))
    counted.analyze(track, "Loudness_ebur128:2(curves=true)", {"X-Anything": "series", "User-Agent": "series"})
    counted.analyze(track, "series")
    for path in ("/series", "/v1/analysis/stream/series"):
        with counted.open() as exchange:
            exchange.request("POST", path, {"Content-Length": "0"})
            assert exchange.answer().status == 404
    assert set(scrape(counted)) == before


def test_use_by_key(guarded: Guarded, track: bytes) -> None:
    def used(name: str) -> tuple[float | None, float | None]:
        samples = scrape(guarded.metrics)
        kinds = ("tonearm_key_requests_total", "tonearm_key_audio_seconds_total")
        requests, audio = (samples.get(f'{kind}{{key="{name}"}}') for kind in kinds)
        return requests, audio

    assert used("alice") == used("bob") == (0, 0)
    assert guarded.server.analyze(track, "key", AS_ALICE).statuses[-1] == "finished"
    assert guarded.server.analyze(b"no audio at all" * 100, "key", AS_ALICE).status == 400
    assert guarded.server.analyze(track, "key", {"Authorization": f"Bearer {CAROL[0]}"}).status == 401
    wait_for(lambda: used("alice") == (2, 20))
    assert used("bob") == (0, 0)
    assert used("carol") == (None, None)

    guarded.keys.write_text(f"{BOB[1]}\n{CAROL[1]}\n")
    guarded.server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: used("carol") == (0, 0))
    assert used("alice") == (2, 20)
    guarded.keys.write_text(f"{ALICE[1]}\n{BOB[1]}\n")
    guarded.server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: guarded.server.analyze(b"", "key", AS_ALICE).status == 400)


def test_a_server_without_keys_counts_none(counted: Server) -> None:
    assert not [name for name in scrape(counted) if "key=" in name]


def status(server: Server, target: str, method: str = "GET", headers: dict[str, str] | None = None) -> int:
    with server.open() as exchange:
        exchange.request(method, target, {"Content-Length": "0", **(headers or {})})
        return exchange.answer().status


def test_metrics_are_on_their_own_port_alone(guarded: Guarded) -> None:
    main, metrics = guarded.server, guarded.metrics
    for path in ("/healthz", "/readyz"):
        assert status(main, path) == status(metrics, path) == 200
    assert status(metrics, "/metrics") == 200
    there = f"127.0.0.1:{metrics.port}"
    for target in (
        "/metrics",
        "/metrics/",
        "//metrics",
        "/%6detrics",
        f"http://{there}/metrics",
        f"http://{there}//metrics",
    ):
        for headers in (
            {},
            {"X-Forwarded-Port": str(metrics.port), "X-Forwarded-Host": there, "Forwarded": f"host={there}"},
        ):
            assert status(main, target, headers=headers) == 404
    assert status(main, "/metrics", headers=AS_ALICE) == 404
    with main.open() as exchange:
        exchange.connection.sendall(f"GET /metrics HTTP/1.1\r\nHost: {there}\r\n\r\n".encode())
        assert exchange.answer().status == 404


def test_the_port_for_metrics_serves_nothing_else(guarded: Guarded, track: bytes) -> None:
    main, metrics = guarded.server, guarded.metrics
    here = f"http://127.0.0.1:{main.port}"
    for target in ("/v1/models", f"{here}/v1/models", "/", "/docs", "/openapi.json", "/v1/", "/metrics/"):
        assert status(metrics, target) == status(metrics, target, headers=AS_ALICE) == 404
    assert status(main, "/v1/models", headers=AS_ALICE) == 200
    refused = metrics.analyze(track, "key", AS_ALICE)
    assert (refused.status, refused.detail) == (404, "Not Found")
    assert refused.header("X-Correlation-ID")
    assert status(metrics, "/v1/analysis/stream?models=key", "POST", AS_ALICE) == 404
    assert status(metrics, "/metrics", "POST") == 405


def test_a_connection_keeps_to_its_port(guarded: Guarded) -> None:
    with guarded.server.open() as exchange:
        for path, expected in (("/healthz", 200), ("/metrics", 404), ("/healthz", 200), ("/metrics", 404)):
            exchange.request("GET", path)
            assert exchange.answer().status == expected
            exchange.answer().body()
            exchange.forget()


@pytest.mark.release
def test_metrics_are_served_while_the_server_drains(track: bytes) -> None:
    settings = {"TONEARM_HOST": "localhost", "TONEARM_METRICS_PORT": "localhost:0", "TONEARM_GRACE_SECONDS": "120"}
    with Server.started(TONEARM_WORKERS="1", **settings) as server, server.open() as stream:
        (port,) = re.findall(r"metrics are at http://127\.0\.0\.1:(\d+)/metrics", "".join(server.log))
        metrics = Server(server.process, int(port), server.log)
        stream.post("key", length=len(track))
        stream.send(track[: 1 << 17])
        stream.answer().next_event()
        server.process.terminate()
        wait_for(lambda: metrics.get("/readyz")[0] == 503)
        assert scrape(metrics)["tonearm_workers_busy"] == 1
        assert status(metrics, "/v1/models") == 404
        stream.send(track[1 << 17 :])
        stream.answer().finish()
        assert stream.answer().statuses[-1] == "finished"
        assert server.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.release
def test_a_port_that_metrics_cannot_have(server: Server) -> None:
    for port, metrics_port, words in (
        ("9099", "9099", "port 9099 cannot be both TONEARM_PORT and TONEARM_METRICS_PORT"),
        ("9099", "127.0.0.2:9099", "port 9099 cannot be both"),
        ("0", str(server.port), "choose another address in TONEARM_METRICS_PORT"),
        ("0", "0.0.0.0", "TONEARM_METRICS_PORT: Value error, use a port, such as 9100"),
    ):
        done = tonearm("serve", "--port", port, TONEARM_METRICS_PORT=metrics_port)
        assert done.returncode == 1
        assert words in done.stderr.decode()
        assert b"Traceback" not in done.stderr


def test_the_dashboard_asks_for_metrics_that_exist(counted: Server, guarded: Guarded, track: bytes) -> None:
    counted.analyze(track, MODELS)
    exist = {name.partition("{")[0] for name in scrape(counted) | scrape(guarded.metrics)}
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = set()
    for panel in panels:
        assert panel["targets"]
        for target in panel["targets"]:
            names = set(re.findall(r"\b(?:tonearm|process)_\w+", target["expr"]))
            assert names, target["expr"]
            asked |= names
    assert asked <= exist
    ours = {re.sub("_(bucket|sum|count)$", "", name) for name in exist if name.startswith("tonearm_")}
    assert ours == {re.sub("_bucket$", "", name) for name in asked if name.startswith("tonearm_")}, "a panel for each"
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len({panel["id"] for panel in panels}) == len(set(places)) == len(panels)
