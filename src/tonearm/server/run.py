"""`tonearm serve`: the application under uvicorn, with a log a person can read."""

from __future__ import annotations

from typing import Any

import uvicorn

from tonearm.config import Settings
from tonearm.engine.local import LocalEngine
from tonearm.server.app import create_app


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    engine = LocalEngine(settings.workers, settings.queue, settings.stall_seconds, settings.log_level)
    uvicorn.run(
        create_app(engine, settings),
        host=settings.host,
        port=settings.port,
        log_config=_logging(settings.log_level.upper()),
        access_log=False,
        timeout_graceful_shutdown=settings.grace_seconds,
        # Unlike httptools it keeps the body of a request that also offers to upgrade, as many clients' do (h2c).
        http="h11",
    )


def _logging(level: str) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "tonearm.server.correlation.CorrelatedFormatter",
                "format": "%(asctime)s %(levelname)s %(correlation_id)s %(message)s",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"asyncio": {"level": "WARNING"}, "httpcore": {"level": "WARNING"}},
    }
