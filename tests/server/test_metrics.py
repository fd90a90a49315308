"""GET /metrics on the real server, and the dashboard that reads it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.http import Server
from tests.support.waiting import wait_for

DASHBOARD = Path(__file__).parents[2] / "docs" / "grafana.json"
MODELS = "key,bpm_degara,loudness-ebur128:2"


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


def test_the_dashboard_asks_for_metrics_that_exist(counted: Server, track: bytes) -> None:
    counted.analyze(track, MODELS)
    exist = {name.partition("{")[0] for name in scrape(counted)}
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
