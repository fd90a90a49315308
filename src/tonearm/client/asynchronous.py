"""The asyncio client, which the blocking client uses too."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterable
from email.utils import parsedate_to_datetime
from itertools import count
from time import time
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from pydantic import TypeAdapter, ValidationError

from tonearm._version import __version__
from tonearm.client.analysis import analysis_of
from tonearm.client.exchange import Request, Response, exchange
from tonearm.client.sse import data
from tonearm.errors import (
    BadRequest,
    ConnectionLost,
    MalformedSpec,
    ServerFault,
    TonearmError,
    TooLarge,
    TooManyRequests,
    TryLater,
    Unauthorized,
    Unavailable,
)
from tonearm.protocol.catalog import ModelCard
from tonearm.protocol.messages import STREAM_EVENT, Finished, StreamEvent
from tonearm.results.analysis import Analysis
from tonearm.sources.body import Audio, address, body

_CARDS = TypeAdapter(list[ModelCard])
_URL = "!#$%&'()*+,/:;=?@[]~"
"""Characters allowed in a URL besides letters, digits and `_.-`."""
_UNTIL_LATER = 1.0
"""Seconds to wait if a busy server sends no Retry-After."""


class AsyncClient:
    """Analyses audio on a server. It keeps no connection open between calls, so there is nothing to close.

    `url` is the server's URL, with a path if a proxy serves it below one. If the server is busy (429, 503), the client
    retries after the time in Retry-After, up to `retries` times, unless the audio can be read only once. `patience` is
    the longest time without data in either direction, in seconds. The server may be behind a proxy that HTTP_PROXY,
    HTTPS_PROXY or ALL_PROXY names.

    Raises ValueError for an invalid URL or API key.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        api_key: str | None = None,
        retries: int = 5,
        patience: float = 120.0,
    ) -> None:
        self._url = _server(url)
        self._headers = {"User-Agent": f"tonearm/{__version__}"}
        if api_key is not None:
            if not re.fullmatch("[!-~]+", api_key):
                raise ValueError("An API key is a single word, such as ta_..., without a line break.")
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._retries = retries
        self._patience = patience

    async def stream(
        self, audio: Audio, models: str | Iterable[str], *, partial: float | None = None
    ) -> AsyncGenerator[StreamEvent, None]:
        """Yield the events of an analysis as they arrive: Started, then Completed and Failed, then Finished.

        `audio` is a path, an http or https URL for the server to fetch, a whole file as bytes, an open file, or an
        iterable or async iterable of the file's chunks, which are sent as they are produced. `models` are specs such as
        `key` or `loudness_ebur128:2(curves=true)`, in a list or separated by commas. With `partial`, Partial events say
        in between what the models know so far, each time at least so many seconds of audio have been analysed (0.5 to
        60). Whoever handles them slowly gets fewer, and none is lost of what they add up to.

        Before the first event, raises BadRequest (including TooLarge, 413), Unauthorized, MalformedSpec, ServerFault,
        and TooManyRequests or Unavailable after the last retry. At any time, raises ConnectionLost and whatever reading
        the audio raises. To cancel the analysis, close the generator (`contextlib.aclosing`).
        """
        url = address(audio)
        sent = None if url else body(audio)
        query = {"models": models if isinstance(models, str) else ",".join(models)}
        if partial is not None:
            query["partial"] = f"{partial:g}"
        request = Request(
            "POST",
            self._at("/v1/analysis/stream", **query),
            {**self._headers, "Accept": "text/event-stream", **({"audio-url": quote(url, safe=_URL)} if url else {})},
            body(b"") if sent is None else sent,
        )
        for attempt in count():
            async with exchange(request, self._patience) as response:
                if response.status == 200 and "event-stream" in response.headers.get("content-type", ""):
                    async for event in _events(response):
                        yield event
                    return
                refusal = await _refusal(response)
            again = sent is None or sent.again
            if not isinstance(refusal, TryLater) or attempt >= self._retries or not again:
                raise refusal
            await asyncio.sleep(refusal.retry_after)

    async def analyze(self, audio: Audio, models: str | Iterable[str]) -> Analysis:
        """Return all results in one document. Raises what `stream` raises."""
        return analysis_of([event async for event in self.stream(audio, models)], models)

    async def models(self) -> list[ModelCard]:
        """Return every model the server knows, including those it cannot run."""
        async with exchange(Request("GET", self._at("/v1/models"), self._headers), self._patience) as response:
            if response.status != 200:
                raise await _refusal(response)
            listing = await response.body()
        try:
            return _CARDS.validate_json(listing)
        except ValidationError as error:
            raise ServerFault("The server sent an invalid list of models.") from error

    def _at(self, path: str, **query: str) -> SplitResult:
        return self._url._replace(path=quote(self._url.path, safe=_URL) + path, query=urlencode(query))


def _server(url: str) -> SplitResult:
    """Parse the URL of a server. Raises ValueError for parts that would not be used, above all a password."""
    try:
        parts = urlsplit(url.rstrip("/"))
        fits = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            f"{url.rpartition('@')[2]!r} is not the address of a server: use http://host:port, "
            "without user name, password or query."
        )
    return parts


async def _events(response: Response) -> AsyncGenerator[StreamEvent, None]:
    async for line in data(response.pieces):
        try:
            event = STREAM_EVENT.validate_json(line)
        except ValidationError as error:
            raise ServerFault(f"The server sent an invalid event: {line[:100]!r}.") from error
        yield event
        if isinstance(event, Finished):
            return
    raise ConnectionLost("The stream ended before its `finished` event.")


async def _refusal(response: Response) -> TonearmError:
    """The exception for a response that is not a stream, with the server's message."""
    words = _detail(await response.body()) or _unexpected(response)
    match response.status:
        case 401:
            return Unauthorized(words)
        case 407:
            return BadRequest("The proxy wants a user name and a password: HTTP_PROXY=http://user:password@proxy:3128.")
        case 413:
            return TooLarge(None, words)
        case 422:
            return MalformedSpec(words)
        case 429:
            return TooManyRequests(_retry_after(response), words)
        case 503:
            return Unavailable(_retry_after(response), words)
        case status if 300 <= status < 500:
            return BadRequest(words)
        case _:
            return ServerFault(words)


def _unexpected(response: Response) -> str:
    """The message for a response that does not come from Tonearm, usually from a proxy in front of it."""
    if location := response.headers.get("location"):
        return f"HTTP {response.status} redirects to {location}. Use the server's own address."
    kind = response.headers.get("content-type", "no content type")
    return f"HTTP {response.status} with {kind} is not a response from Tonearm: another server answers at this address."


def _detail(answer: bytes) -> str:
    """The `detail` of an error response; "" for any other response, such as a proxy's page."""
    try:
        problem = json.loads(answer)
    except ValueError:
        return ""
    detail = problem.get("detail", "") if isinstance(problem, dict) else ""
    if isinstance(detail, list):
        return " ".join(str(part.get("msg", "")) for part in detail if isinstance(part, dict))
    return f"{detail} ({problem['correlation_id']})" if "correlation_id" in problem else str(detail)


def _retry_after(response: Response) -> float:
    """The seconds to wait; the header has seconds or a date (RFC 9110, section 10.2.3)."""
    given = response.headers.get("retry-after", "")
    if given.isdecimal():
        return float(given)
    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - time())
    except ValueError:
        return _UNTIL_LATER
