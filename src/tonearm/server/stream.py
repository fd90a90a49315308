"""POST /v1/analysis/stream: audio in, events out, at the same time."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from tonearm.config import Settings
from tonearm.errors import (
    BadRequest,
    ClientGone,
    CompressedBody,
    TonearmError,
)
from tonearm.server.accept import prefers_json
from tonearm.server.access_log import recorder
from tonearm.server.analyses import Analyses
from tonearm.server.asked import Asked, asked
from tonearm.server.drain import Drain
from tonearm.server.form import form
from tonearm.server.json_document import JsonDocument
from tonearm.server.metrics import ANALYSIS
from tonearm.server.openapi.operation import REQUEST_BODY, RESPONSES
from tonearm.server.problem import refusal
from tonearm.server.response import EventResponse
from tonearm.server.sse import ServerSentEvents
from tonearm.server.until import until
from tonearm.server.upload import EXCESS, Upload

_NOTHING = "Send a whole audio file as the body, or its address in the audio-url header."
_GONE = "the client went away before the stream began"

_CODING = re.compile(r"[\w., -]{1,60}", re.ASCII)


def routes(analyses: Analyses, settings: Settings, drain: Drain) -> APIRouter:
    router = APIRouter()

    @router.post(
        ANALYSIS,
        summary="Analyse audio and stream the results",
        operation_id="ondemand_analysis_stream",
        response_class=Response,
        responses=RESPONSES,
        openapi_extra={"requestBody": REQUEST_BODY},
    )
    async def stream(request: Request, asked: Annotated[Asked, Depends(asked)]) -> Response:
        """Runs every model over one audio file and answers with an event for each result, as soon as it is ready.

        The analysis keeps pace with the upload. Nothing is stored.
        """
        upload = Upload(request.receive, settings.max_body_bytes, settings.idle_seconds, settings.max_seconds)
        recording = recorder(request.scope)
        quota = await analyses.quota(request.scope)
        try:
            quota.check()
            _check_coding(request)
            upload.announce(_declared_length(request))
            sent = await drain.within(form(upload, request.headers.get("content-type", "")))
            job = asked.job(analyses, sent, document=_wants_json(request))
            urls = asked.addresses(sent)
            url = urls[0] if urls else None
            recording.requested(job, url)
            asked.check(urls, settings)
            if sent is None:
                _check_length(_declared_length(request), url)
            analyses.check_room(request.scope)
            body = sent or upload
            if bool(await drain.within(body.peek())) == bool(url):
                raise BadRequest(EXCESS if url else _NOTHING)
            audio = asked.pcm.as_wav(body) if asked.pcm else body
            events = analyses.run(
                request.scope, job, analyses.download(request.scope, url) if url else nullcontext(audio)
            )
            first = await until(anext(events), upload.disconnected(), lambda: ClientGone(_GONE))
        except (TonearmError, RequestValidationError) as error:
            return refusal(error, quota.headers, upload)
        events_or_json = JsonDocument(job.tasks) if _wants_json(request) else ServerSentEvents()
        event_format = asked.event_format(job, analyses.catalog, events_or_json)
        response = EventResponse(event_format, first, events, upload, recording, len(job.tasks), settings.idle_seconds)
        response.headers.update(quota.headers)
        return response

    return router


def _wants_json(request: Request) -> bool:
    return prefers_json(",".join(request.headers.getlist("accept")))


def _declared_length(request: Request) -> int | None:
    """The length of the body where it is known before the body is read; None for a chunked one."""
    if "transfer-encoding" in request.headers:
        return None
    return int(request.headers.get("content-length", "0"))


def _check_coding(request: Request) -> None:
    given = ", ".join(request.headers.getlist("content-encoding")).strip().lower()
    if given not in {"", "identity"}:
        raise CompressedBody(given if _CODING.fullmatch(given) else "unknown")


def _check_length(declared: int | None, url: str | None) -> None:
    """What can be refused before a byte of the body is read."""
    if url and declared:
        raise BadRequest(EXCESS)
    if not url and declared == 0:
        raise BadRequest(_NOTHING)
