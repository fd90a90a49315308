"""GET /metrics, as Prometheus reads it. Every label has few values: models of the catalogue, names of keys, never a
client's words.
"""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.responses import PlainTextResponse, Response

from tonearm.engine import Engine
from tonearm.protocol.cost import Cost
from tonearm.server.key_ring import KeyRing
from tonearm.server.request_record import RequestRecord

ANALYSIS = "/v1/analysis/stream"
OUTCOMES = ("completed", "error", "client_gone", "stopped", "400", "401", "413", "415", "422", "429", "500", "503")
_OTHER = "other"
_MOST_FEATURES = 200
_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)
_FACTORS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


class Metrics:
    """What this process counts since its start."""

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        # A time of creation for each series doubles what is read, and nothing here needs it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._engine = engine
        self._features: set[str] = set()
        self.registry = registry = CollectorRegistry()
        self._requests = Counter(
            "tonearm_requests",
            "Analysis requests by how they ended: completed, error (the stream had an error event), client_gone, "
            "stopped (by this server's end), or the status of the refusal",
            ["outcome"],
            registry=registry,
        )
        for outcome in (*OUTCOMES, _OTHER):
            self._requests.labels(outcome)
        self._seconds = Histogram(
            "tonearm_request_seconds",
            "Wall-clock seconds of the requests that got a whole stream, from their first byte to their last event",
            buckets=_SECONDS,
            registry=registry,
        )
        self._factor = Histogram(
            "tonearm_realtime_factor",
            "Seconds of audio per wall-clock second of the requests that got a whole stream; a slow upload counts",
            buckets=_FACTORS,
            registry=registry,
        )
        self._bytes = Counter("tonearm_received_bytes", "Bytes of audio, uploaded or downloaded", registry=registry)
        self._audio = Counter("tonearm_audio_seconds", "Seconds of audio that were analysed", registry=registry)
        self._decoding = Counter("tonearm_decode_seconds", "CPU seconds of decoding", registry=registry)
        self._by_feature = Counter(
            "tonearm_feature_seconds", "CPU seconds of features, shared by models", ["feature"], registry=registry
        )
        self._by_model = Counter(
            "tonearm_model_seconds", "CPU seconds of models, without their features", ["model"], registry=registry
        )
        self._uncounted = Counter(
            "tonearm_rate_limit_uncounted",
            "Requests that bypassed the rate limit because Redis was unavailable",
            registry=registry,
        )
        self._keys = _Keys(keys)
        registry.register(self._keys)
        registry.register(_Pool(engine))
        ProcessCollector(registry=registry)

    def ended(self, record: RequestRecord, seconds: float, key: str | None) -> None:
        """A request for an analysis has ended; `key` is the name of the key it was let in with."""
        if key is not None:
            self._keys.requests.labels(key).inc()
        self._requests.labels(record.outcome if record.outcome in OUTCOMES else _OTHER).inc()
        self._bytes.inc(record.bytes_in)
        if record.outcome in {"completed", "error"}:
            self._seconds.observe(seconds)
            if record.audio_seconds and seconds > 0:
                self._factor.observe(record.audio_seconds / seconds)

    def uncounted(self) -> None:
        """A request went unlimited."""
        self._uncounted.inc()

    def analysed(self, cost: Cost, key: str | None) -> None:
        """A worker has said what an analysis cost. What it says is not trusted to name anything new without end."""
        if key is not None:
            self._keys.audio.labels(key).inc(cost.audio_seconds)
        self._audio.inc(cost.audio_seconds)
        self._decoding.inc(cost.decode_seconds)
        for feature, seconds in cost.feature_seconds.items():
            if len(self._features) < _MOST_FEATURES:
                self._features.add(feature)
            self._by_feature.labels(feature if feature in self._features else _OTHER).inc(seconds)
        known = {f"{card.name}:{card.version}" for card in self._engine.catalog.cards}
        for model, seconds in cost.model_seconds.items():
            self._by_model.labels(model if model in known else _OTHER).inc(seconds)


class _Keys(Collector):
    """What each key was used for. One that is not used yet counts nought, and one that was revoked keeps its counts."""

    def __init__(self, keys: KeyRing) -> None:
        self._ring = keys
        self.requests = Counter("tonearm_key_requests", "Analysis requests of an API key", ["key"], registry=None)
        self.audio = Counter(
            "tonearm_key_audio_seconds", "Seconds of audio that were analysed for an API key", ["key"], registry=None
        )

    def collect(self) -> Iterator[Metric]:
        for counter in (self.requests, self.audio):
            for name in self._ring.names:
                counter.labels(name)
            yield from counter.collect()


class _Pool(Collector):
    """The engine's numbers, asked for when they are read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        load = self._engine.load()
        yield GaugeMetricFamily("tonearm_workers_alive", "Workers that can serve or are serving", load.alive)
        yield GaugeMetricFamily("tonearm_workers_busy", "Workers taken by a request", load.busy)
        yield GaugeMetricFamily("tonearm_queue_length", "Requests that wait for a worker", load.waiting)
        yield CounterMetricFamily("tonearm_workers_replaced", "Workers that ended and were replaced", load.replaced)


def routes(metrics: Metrics) -> APIRouter:
    router = APIRouter()

    @router.get("/metrics", summary="Counters for Prometheus", operation_id="metrics", response_class=PlainTextResponse)
    async def read(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics.registry), headers={"Content-Type": content_type})

    return router
