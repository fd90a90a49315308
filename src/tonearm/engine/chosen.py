"""The engine that the settings choose."""

from __future__ import annotations

from tonearm.config import Range, Settings
from tonearm.engine.contract import Engine
from tonearm.engine.local import LocalEngine

_OF_THE_SERVER = ("worker_memory_bytes", "cpu_seconds", "log_format")
"""Settings of workers that hold on each machine as they are set for the server."""


def for_server(settings: Settings) -> Engine:
    if settings.engine == "ray":
        return _on_cluster(settings, settings.ray_workers, settings.queue, settings.log_level)
    return LocalEngine(
        settings.workers,
        settings.queue,
        settings.stall_seconds,
        settings.log_level,
        buffer_bytes=settings.buffer_bytes,
        queue_seconds=settings.queue_seconds,
    )


def for_sources(jobs: int, models: str, settings: Settings) -> Engine:
    """For the command line: up to `jobs` at a time, none of which may be turned away."""
    if settings.engine == "ray":
        workers = Range(min(settings.ray_workers.least, jobs), min(settings.ray_workers.most, jobs))
        patient = settings.model_copy(update={"queue_seconds": float("inf")})
        return _on_cluster(patient, workers, jobs, "error", models)
    return LocalEngine(jobs, jobs, settings.stall_seconds, "error", models)


def _on_cluster(settings: Settings, workers: Range, queue: int, log_level: str, models: str | None = None) -> Engine:
    # Deferred: it is an extra, and takes a second to import.
    from tonearm.engine.cluster.engine import Group, RayEngine

    assert settings.ray_address is not None, "the settings ask for it"
    networks = settings.ray_network_workers
    return RayEngine(
        settings.ray_address,
        Group(workers),
        Group(networks, settings.ray_network_needs) if networks else None,
        queue,
        settings.stall_seconds,
        log_level,
        {f"TONEARM_{name.upper()}": str(getattr(settings, name)) for name in _OF_THE_SERVER},
        models,
        settings.buffer_bytes,
        settings.queue_seconds,
    )
