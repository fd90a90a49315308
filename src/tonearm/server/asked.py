"""What the parameters of a request ask for, whichever endpoint they came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Header, Query, Request
from fastapi.exceptions import RequestValidationError

from tonearm.config import Settings
from tonearm.errors import BadRequest, MalformedSpec
from tonearm.protocol import spec
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Job
from tonearm.protocol.spec import Spec
from tonearm.results import spotify
from tonearm.server.analyses import Analyses
from tonearm.server.form import AUDIO_URL, MODELS, Form
from tonearm.server.json_document import JsonDocument
from tonearm.server.response import EventFormat
from tonearm.sources.raw_pcm import RawPcm, SampleFormat

_TWO_URLS = "Send the audio's address once: in the audio-url header, or as audio_url in the query or in the form."
_NO_MODELS_IN_FORM = "Field required: in the query, or in the form before the file"
_NO_URL = "audio-url is disabled on this server (TONEARM_AUDIO_URL is off). Send the audio as the body."
_NO_STREAM = "Partial results come in a stream only: leave `partial` out, or `shape` and `Accept: application/json`."
_URL_OF_PCM = "`format` is for samples that are sent. What is at an address says itself what it is."


@dataclass(frozen=True)
class Asked:
    """Methods take the form that the body is, if it is one, because it may have the same fields as the query."""

    request: Request
    shape: Literal["audio-features"] | None
    partial: float | None
    """Seconds of audio between two rounds of partial results."""
    urls: tuple[str, ...]
    """Of the headers and the query."""
    pcm: RawPcm | None
    """What the audio is if it has no container."""

    def job(self, analyses: Analyses, sent: Form | None = None, document: bool = False) -> Job:
        """Raises RequestValidationError, as FastAPI does for what it checks itself, and what `Catalog.resolve` does.

        `document` says that the answer is to be one.
        """
        if self.partial is not None and (self.shape or document):
            raise _invalid("partial_without_stream", _NO_STREAM, self.request.query_params["partial"], "partial")
        specs = self._specs(sent, analyses.catalog)
        try:
            return analyses.job(self.request.scope, specs, self.partial)
        except MalformedSpec as error:
            raise _invalid("models_malformed", str(error), ",".join(spec.name for spec in specs)) from error

    def addresses(self, sent: Form | None = None) -> list[str]:
        """Of the audio, wherever they are named."""
        in_form = sent.field(AUDIO_URL) if sent else None
        return [*self.urls, *([in_form] if in_form else ())]

    def check(self, addresses: Iterable[str], settings: Settings) -> None:
        """Raises BadRequest for more addresses than one, or one where there may be none, and AudioError for samples
        that the server does not take.
        """
        match list(addresses):
            case [_, _, *_]:
                raise BadRequest(_TWO_URLS)
            case [_] if not settings.audio_url:
                raise BadRequest(_NO_URL)
            case [_] if self.pcm:
                raise BadRequest(_URL_OF_PCM)
        if self.pcm:
            settings.caps.check_format(self.pcm.rate, self.pcm.channels)

    def event_format(self, job: Job, catalog: Catalog, otherwise: EventFormat) -> EventFormat:
        if self.shape:
            return JsonDocument(job.tasks, lambda analysis: spotify.audio_features(analysis, catalog))
        return otherwise

    def _specs(self, sent: Form | None, catalog: Catalog) -> list[Spec]:
        given = self.request.query_params.getlist("models")
        if sent and not given and (in_form := sent.field(MODELS)) is not None:
            given = [in_form]
        models = ",".join(given)
        if self.shape and given:
            raise _invalid("models_and_shape", "`shape` chooses the models: leave `models` out.", models)
        if self.shape:
            return spotify.specs(catalog)
        if not given:
            raise _invalid("missing", _NO_MODELS_IN_FORM if sent else "Field required", None)
        try:
            return spec.parse(models)
        except MalformedSpec as error:
            raise _invalid("models_malformed", str(error), models) from error


def asked(
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
    sample_format: Annotated[
        SampleFormat | None,
        Query(
            alias="format",
            description="what the body is if it is samples without a container, interleaved; needs `rate` and "
            "`channels`",
        ),
    ] = None,
    rate: Annotated[int | None, Query(ge=1, le=10_000_000, description="of such samples, in Hz")] = None,
    channels: Annotated[int | None, Query(ge=1, le=64, description="of such samples")] = None,
    audio_url: Annotated[
        str | None,
        Header(alias="audio-url", description="address of the audio, plain or percent-encoded; `audio_url` works too"),
    ] = None,
    audio_url_query: Annotated[
        str | None,
        Query(alias="audio_url", description="address of the audio, for clients that cannot set headers"),
    ] = None,
    filename: Annotated[str | None, Header(description="ignored: the format is detected from the bytes")] = None,
) -> Asked:
    """For FastAPI's Depends."""
    urls = (_text(audio_url or request.headers.get("audio_url")), audio_url_query)
    return Asked(request, shape, partial, tuple(url for url in urls if url), _pcm(sample_format, rate, channels))


def _pcm(sample_format: SampleFormat | None, rate: int | None, channels: int | None) -> RawPcm | None:
    if sample_format is None and rate is None and channels is None:
        return None
    if sample_format is None or rate is None or channels is None:
        raise _invalid("pcm_incomplete", "`format`, `rate` and `channels` belong together.", None, "format")
    return RawPcm(sample_format, rate, channels)


def _invalid(kind: str, words: str, given: str | None, name: str = "models") -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("query", name), "msg": words, "input": given}])


def _text(header: str | None) -> str | None:
    """A header's value as its client means it: in UTF-8. Starlette decodes the bytes as Latin-1."""
    return header.encode("latin-1").decode(errors="surrogateescape") if header else None
