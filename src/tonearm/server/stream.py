"""POST /v1/analysis/stream: audio in, events out, at the same time."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from tonearm.config import Settings
from tonearm.errors import (
    BadRequest,
    ClientGone,
    CompressedBody,
    MalformedSpec,
    RateLimited,
    TonearmError,
    TooLarge,
)
from tonearm.protocol import spec
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Job
from tonearm.protocol.spec import Spec
from tonearm.results import spotify
from tonearm.server.accept import prefers_json
from tonearm.server.access_log import recorder
from tonearm.server.analyses import Analyses
from tonearm.server.drain import Drain
from tonearm.server.form import AUDIO_URL, MODELS, Form, form
from tonearm.server.json_document import JsonDocument
from tonearm.server.metrics import ANALYSIS
from tonearm.server.openapi.operation import REQUEST_BODY, RESPONSES
from tonearm.server.problem import EarlyResponse, problem, unprocessable
from tonearm.server.response import EventFormat, EventResponse
from tonearm.server.sse import ServerSentEvents
from tonearm.server.until import until
from tonearm.server.upload import Upload

_EXCESS = "Send either the audio as the body or its address in the audio-url header, not both."
_TWO_URLS = "Send the audio's address once: in the audio-url header, or as audio_url in the query or in the form."
_NO_MODELS_IN_FORM = "Field required: in the query, or in the form before the file"
_NO_STREAM = "Partial results come in a stream only: leave `partial` out, or `shape` and `Accept: application/json`."
_NOTHING = "Send a whole audio file as the body, or its address in the audio-url header."
_GONE = "the client went away before the stream began"

_CODING = re.compile(r"[\w., -]{1,60}", re.ASCII)
_NO_URL = "audio-url is disabled on this server (TONEARM_AUDIO_URL is off). Send the audio as the body."


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
    async def stream(
        request: Request,
        models: Annotated[
            str | None,
            Query(
                description="models to run, comma-separated: `name`, `name:version` or `name:version(key=value)`; "
                "required without `shape`",
                examples=["key:1,bpm_degara,loudness-ebur128"],
            ),
        ] = None,
        shape: Annotated[
            Literal["audio-features"] | None,
            Query(
                description="answer with one JSON document in the shape of Spotify's audio features; it chooses the "
                "models itself"
            ),
        ] = None,
        partial: Annotated[
            float | None,
            Query(
                ge=0.5,
                le=60,
                description="also send what the models know so far, each time at least so many seconds of audio have "
                "been analysed",
            ),
        ] = None,
        audio_url: Annotated[
            str | None,
            Header(
                alias="audio-url",
                description="address of the audio, plain or percent-encoded; `audio_url` works too",
            ),
        ] = None,
        audio_url_query: Annotated[
            str | None,
            Query(alias="audio_url", description="address of the audio, for clients that cannot set headers"),
        ] = None,
        filename: Annotated[str | None, Header(description="ignored: the format is detected from the bytes")] = None,
    ) -> Response:
        """Runs every model over one audio file and answers with an event for each result, as soon as it is ready.

        The analysis keeps pace with the upload. Nothing is stored.
        """
        upload = Upload(request.receive, settings.max_body_bytes, settings.idle_seconds, settings.max_seconds)
        recording = recorder(request.scope)
        quota = await analyses.quota(request.scope)
        try:
            if not quota.allowed:
                raise RateLimited(quota.retry_after, quota.words)
            _check_coding(request)
            _check_size(_declared_length(request), settings.max_body_bytes)
            sent = await drain.within(form(upload, request.headers.get("content-type", "")))
            if partial is not None and (shape or _wants_document(request)):
                raise _invalid("partial_without_stream", _NO_STREAM, request.query_params["partial"], "partial")
            job = _job(request, analyses, _specs(request, sent, shape, analyses.catalog), partial)
            in_form = sent.field(AUDIO_URL) if sent else None
            urls = [
                url for url in (_text(audio_url or request.headers.get("audio_url")), audio_url_query, in_form) if url
            ]
            url = urls[0] if urls else None
            recording.requested(job, url)
            if len(urls) > 1:
                raise BadRequest(_TWO_URLS)
            if url and not settings.audio_url:
                raise BadRequest(_NO_URL)
            if sent is None:
                _check_length(_declared_length(request), url)
            analyses.check_room(request.scope)
            body = sent or upload
            if bool(await drain.within(body.peek())) == bool(url):
                raise BadRequest(_EXCESS if url else _NOTHING)
            events = analyses.run(
                request.scope, job, analyses.download(request.scope, url) if url else nullcontext(body)
            )
            first = await until(anext(events), upload.disconnected(), lambda: ClientGone(_GONE))
        except (TonearmError, RequestValidationError) as error:
            answer = problem(error) if isinstance(error, TonearmError) else unprocessable(error)
            answer.headers.update(quota.headers)
            return EarlyResponse(answer, upload)
        event_format = _format(request, shape, job, analyses.catalog)
        response = EventResponse(event_format, first, events, upload, recording, len(job.tasks), settings.idle_seconds)
        response.headers.update(quota.headers)
        return response

    return router


def _specs(request: Request, sent: Form | None, shape: str | None, catalog: Catalog) -> list[Spec]:
    """What is to be run. Raises RequestValidationError, as FastAPI does for what it checks itself."""
    given = request.query_params.getlist("models")
    if sent and not given and (in_form := sent.field(MODELS)) is not None:
        given = [in_form]
    models = ",".join(given)
    if shape and given:
        raise _invalid("models_and_shape", "`shape` chooses the models: leave `models` out.", models)
    if shape:
        return spotify.specs(catalog)
    if not given:
        raise _invalid("missing", _NO_MODELS_IN_FORM if sent else "Field required", None)
    try:
        return spec.parse(models)
    except MalformedSpec as error:
        raise _invalid("models_malformed", str(error), models) from error


def _job(request: Request, analyses: Analyses, specs: list[Spec], partial: float | None) -> Job:
    try:
        return analyses.job(request.scope, specs, partial)
    except MalformedSpec as error:
        raise _invalid("models_malformed", str(error), ",".join(spec.name for spec in specs)) from error


def _invalid(kind: str, words: str, given: str | None, parameter: str = "models") -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query", parameter), "msg": words, "input": given}])


def _wants_document(request: Request) -> bool:
    return prefers_json(",".join(request.headers.getlist("accept")))


def _format(request: Request, shape: str | None, job: Job, catalog: Catalog) -> EventFormat:
    if shape:
        return JsonDocument(job.tasks, lambda analysis: spotify.audio_features(analysis, catalog))
    return JsonDocument(job.tasks) if _wants_document(request) else ServerSentEvents()


def _declared_length(request: Request) -> int | None:
    """The length of the body where it is known before the body is read; None for a chunked one."""
    if "transfer-encoding" in request.headers:
        return None
    return int(request.headers.get("content-length", "0"))


def _check_coding(request: Request) -> None:
    given = ", ".join(request.headers.getlist("content-encoding")).strip().lower()
    if given not in {"", "identity"}:
        raise CompressedBody(given if _CODING.fullmatch(given) else "unknown")


def _check_size(declared: int | None, limit: int) -> None:
    if declared and declared > limit:
        raise TooLarge(limit)


def _check_length(declared: int | None, url: str | None) -> None:
    """What can be refused before a byte of the body is read."""
    if url and declared:
        raise BadRequest(_EXCESS)
    if not url and declared == 0:
        raise BadRequest(_NOTHING)


def _text(header: str | None) -> str | None:
    """A header's value as its client means it: in UTF-8. Starlette decodes the bytes as Latin-1."""
    return header.encode("latin-1").decode(errors="surrogateescape") if header else None
