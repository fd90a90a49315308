"""One line, and one count, for each request when it has ended.

Neither says anything that only the client should know: no query, no header but the trace of a valid traceparent, of an
audio-url the scheme and host alone.
"""

from __future__ import annotations

import logging
import re
from asyncio import CancelledError
from dataclasses import replace
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tonearm.config import Network
from tonearm.logs import Field
from tonearm.server.authentication import key_name
from tonearm.server.client_address import client_address
from tonearm.server.metrics import ANALYSIS, Metrics
from tonearm.server.probes import PROBES
from tonearm.server.request_record import Recorder, RequestRecord
from tonearm.server.trace_context import trace_id
from tonearm.server.web_socket import LIVE
from tonearm.web.routes import FILES

log = logging.getLogger(__name__)

_STATE = "recorder"
_ANALYSES = {("POST", ANALYSIS), ("GET", LIVE)}
_PLAIN_PATH = re.compile(r"/[\w./-]{0,99}", re.ASCII)


def recorder(scope: Scope) -> Recorder:
    """That of the request."""
    found: Recorder = scope["state"][_STATE]
    return found


class AccessLog:
    """Plain ASGI: it watches what is sent, and never receives."""

    def __init__(self, app: ASGIApp, metrics: Metrics, proxies: tuple[Network, ...]) -> None:
        self.app = app
        self._metrics = metrics
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        recording = scope.setdefault("state", {})[_STATE] = Recorder()
        begun = monotonic()
        status = 0
        stopped = False

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] in {"http.response.start", "websocket.close"}:
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except CancelledError:
            stopped = True
            raise
        except Exception:
            status = status or 500
            raise
        finally:
            record = recording.record(status)
            self._end(scope, status, replace(record, outcome="stopped") if stopped else record, monotonic() - begun)

    def _end(self, scope: Scope, status: int, record: RequestRecord, seconds: float) -> None:
        path = scope["raw_path"].decode("latin-1")
        fields: dict[str, Field] = {
            "method": scope["method"],
            # Something else may be anything, a URL with a password too.
            "path": path if _PLAIN_PATH.fullmatch(path) else "?",
            "status": status,
            "seconds": round(seconds, 3),
            "client": str(client_address(scope, self._proxies)),
            "trace_id": trace_id(scope),
        }
        if record.analysis or (scope["method"], scope["path"]) in _ANALYSES:
            self._metrics.ended(record, seconds, key_name(scope))
            fields |= {
                "outcome": record.outcome,
                "models": record.models,
                "audio_url": record.audio_url,
                "bytes_in": record.bytes_in,
                "audio_seconds": None if record.audio_seconds is None else round(record.audio_seconds, 3),
            }
        quiet = path in PROBES or path.startswith(FILES)
        log.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"fields": fields})
