"""Bytes become PCM, packet by packet, while they arrive.

FFmpeg (through PyAV) reads from the stream as it needs; what cannot be decoded becomes silence of its length, so that
nothing behind it moves. What comes out is cut into blocks of one length, whatever the codec's frame size, so the
same samples make the same blocks however the bytes arrived.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

import av
from av.audio.frame import AudioFrame

from tonearm.audio import rifx, wav_header, xing
from tonearm.audio.bit_depth import bit_depth
from tonearm.audio.block_queue import BlockQueue, described, layout
from tonearm.audio.byte_stream import (
    LONGEST_GAP,
    HeldStream,
    RadioStream,
    Read,
    RecentStream,
    Stream,
    announces_itself,
    goes_back,
    needs_seeking,
    search_length,
    skip_tags,
)
from tonearm.audio.coded_audio import CodedAudio
from tonearm.audio.container import Container, Source
from tonearm.audio.facts import FileFacts
from tonearm.audio.findings import Findings
from tonearm.audio.large_metadata import drop_large_metadata
from tonearm.audio.not_audio import HEAD, certain, is_empty_wav, is_free_format, likely
from tonearm.audio.ogg_links import OggLinks
from tonearm.audio.pcm import BLOCK, Pcm, PcmFormat, cancels, is_implausible
from tonearm.errors import AudioError, TooLong
from tonearm.protocol.caps import Caps
from tonearm.protocol.warnings import AudioWarning

log = logging.getLogger(__name__)

_NOT_AUDIO = (
    "This is not audio in a format that Tonearm reads. "
    "It reads MP3, WAV, FLAC, Ogg, Opus, M4A, AIFF, WMA, WebM and more."
)
_ONLY_TAGS = "There are only tags in it (ID3), and no sound."
_FREE_FORMAT = "This is a free-format MP3, which Tonearm does not decode: encode it again at a usual bit rate."
_NO_SAMPLES = "There are no samples in it: it ends before any sound."
_CUT_OFF = "This looks like an MP4 or CAF file without its index: it is truncated, or not audio."
_CHOICE_SECONDS = 1.0
"""How much of the audio is looked at for the format that all of it gets: jingles in front are often mono."""
_CHOICE_FRAMES = 2000
_PADDED = frozenset({"mp3", "mov,mp4,m4a,3gp,3g2,mj2"})
"""Containers whose end FFmpeg does not cut off where the audio ends."""
_MOST_PADDING_SECONDS = 0.25
_CONTAINERS = {"mov,mp4,m4a,3gp,3g2,mj2": "mp4", "matroska,webm": "matroska"}
"""FFmpeg's names of those that have several."""

Lost = float
"""Seconds of audio that are missing in front of a frame."""


class Decoder:
    """One audio stream, from its bytes to its blocks, and on demand what the file is (`facts`)."""

    def __init__(self, read: Read, caps: Caps, facts: bool = False) -> None:
        self._stream = Stream(read)
        self._caps = caps
        self._head = b""
        self._findings = Findings()
        self._declared: float | None = None
        """Seconds; of what the container says may be cut away at the end."""
        self._frames: Iterator[tuple[AudioFrame, Lost]] | None = None
        self._first: Container | None = None
        """The one container, or that of the first link."""
        self._coded = CodedAudio() if facts else None
        self._announced: float | None = None
        """Seconds that the file says it has."""
        self._padding = 0
        self._complete = False
        self._rifx = False

    @property
    def received(self) -> int:
        """Bytes taken from the stream so far."""
        return self._stream.received

    @property
    def warnings(self) -> tuple[AudioWarning, ...]:
        """What the client should know of the audio; complete when all blocks have been read."""
        return self._findings.warnings

    @property
    def facts(self) -> FileFacts | None:
        """What the file is, once all blocks have been read; None unless it was asked for."""
        if self._coded is None or self._first is None:
            return None
        first, coded, lossless = self._first, self._coded, self.format.bits is not None
        return FileFacts(
            container="wav" if self._rifx else _CONTAINERS.get(first.name, first.name),
            codec=first.codec,
            profile=first.profile,
            layout=layout(self._beginning[0]).name,
            track=first.track,
            tracks=first.tracks,
            complete=self._complete,
            declared_seconds=self._announced,
            bits_per_second=coded.bits_per_second,
            delay=0 if lossless else coded.delay or None,
            padding=0 if lossless else (coded.padding + self._padding) or None,
            damaged=self._findings.damaged,
            packets_digest=coded.digest,
        )

    def recognise(self) -> None:
        """Read until the bytes are known to be audio: a decoded frame, or a container with its index at the end.

        Raises AudioError where they are not, or where the audio is outside the caps.
        """
        if not self._stream.peek(1):
            raise AudioError("The audio is empty.")
        skip_tags(self._stream)
        drop_large_metadata(self._stream)
        wav_header.mend(self._stream)
        self._rifx = rifx.become_aiff(self._stream)
        self._head = self._stream.peek(HEAD)
        if not self._head:
            raise AudioError(_ONLY_TAGS)
        if found := certain(self._head):
            raise found
        if is_empty_wav(self._head):
            raise AudioError(_NO_SAMPLES)
        if not self._needs_seeking:
            self._stream.search_end = self._stream.received + search_length(self._stream)
            self._open()

    @cached_property
    def _needs_seeking(self) -> bool:
        return needs_seeking(self._stream)

    @cached_property
    def format(self) -> PcmFormat:
        """The format of all blocks: the widest of the first second. Raises AudioError."""
        chosen, _ = self._beginning
        assert self._first is not None
        bits = bit_depth(self._first.codec, chosen.format.packed.name, self._first.setup, self._head)
        return PcmFormat(chosen.sample_rate, tuple(channel.name for channel in layout(chosen).channels), bits)

    def blocks(self) -> Iterator[Pcm]:
        """All audio in blocks of BLOCK samples, the last one shorter. Raises AudioError, and TooLong where there is
        more than the longest duration, all of which has come before.
        """
        left = self._caps.most_samples(self.format.rate)
        for block in self._all_blocks():
            if block.shape[1] > left:
                if left:
                    yield block[:, :left].copy()
                raise TooLong(self._caps.max_seconds)
            left -= block.shape[1]
            yield block

    def _all_blocks(self) -> Iterator[Pcm]:
        chosen, first = self._beginning
        rate = chosen.sample_rate
        queue = BlockQueue(chosen, self._caps)
        # What follows the declared end is an encoder's padding, unless there is more of it.
        enough = BLOCK + (0 if self._declared is None else round(_MOST_PADDING_SECONDS * rate))
        for frame, lost in chain(first, self._open()):
            at = queue.written / rate
            if lost:
                self._findings.hole(at, at + lost)
                missing = round(lost * rate)
                for start in range(0, missing, BLOCK):
                    queue.skip(min(BLOCK, missing - start))
                    yield from self._whole_blocks(queue, enough, rate)
            if queue.write(frame):
                self._findings.changed(at + lost, described(frame), described(chosen))
            if queue.samples >= enough:
                yield from self._whole_blocks(queue, enough, rate)
        queue.end()
        left = self._without_padding(queue, rate)
        while rest := min(left, BLOCK):
            left -= rest
            yield self._looked_at(queue, rest, rate)
        self._complete = True
        log.debug("decoded %.3f s from %d bytes, the end", queue.read_so_far / rate, self.received)

    def _whole_blocks(self, queue: BlockQueue, enough: int, rate: int) -> Iterator[Pcm]:
        while queue.samples >= enough:
            block = self._looked_at(queue, BLOCK, rate)
            log.debug("decoded %.3f s from %d bytes", queue.read_so_far / rate, self.received)
            yield block

    def _looked_at(self, queue: BlockQueue, samples: int, rate: int) -> Pcm:
        start = queue.read_so_far
        block = queue.read(samples)
        if cancels(block, self.format.heard):
            self._findings.cancelled(start / rate, queue.read_so_far / rate)
        if is_implausible(block, queue.peak):
            self._findings.implausible(start / rate, queue.read_so_far / rate)
        return block

    def _without_padding(self, queue: BlockQueue, rate: int) -> int:
        """How many of the samples that are left belong to the audio."""
        if self._declared is None:
            return queue.samples
        padding = queue.written - round(self._declared * rate)
        self._padding = padding if 0 < padding <= round(_MOST_PADDING_SECONDS * rate) else 0
        return queue.samples - self._padding

    @cached_property
    def _beginning(self) -> tuple[AudioFrame, list[tuple[AudioFrame, Lost]]]:
        """A frame of the widest format of the first second, and all the frames of that."""
        first: list[tuple[AudioFrame, Lost]] = []
        seconds = 0.0
        for frame, lost in self._open():
            first.append((frame, lost))
            seconds += frame.samples / frame.sample_rate
            if seconds >= _CHOICE_SECONDS or len(first) == _CHOICE_FRAMES:
                break
        chosen = max((frame for frame, _ in first), key=lambda frame: (len(frame.layout.channels), frame.sample_rate))
        self._caps.check_format(chosen.sample_rate, len(chosen.layout.channels))
        return chosen, first

    def _open(self) -> Iterator[tuple[AudioFrame, Lost]]:
        """All frames, from where the last reader stopped. Raises AudioError if there is none."""
        if self._frames is None:
            frames = self._links() if self._stream.peek(4) == b"OggS" else self._container()
            first = next(frames, None)
            if first is None:
                raise self._refusal(opened=True)
            self._caps.check_format(first[0].sample_rate, len(first[0].layout.channels))
            self._frames = chain((first,), frames)
        return self._frames

    def _container(self) -> Iterator[tuple[AudioFrame, Lost]]:
        declared = xing.seconds(self._stream.peek(xing.HEAD)) or wav_header.seconds(self._stream)
        container = self._opened(self._source())
        if declared is None:
            declared = container.declared_seconds
        if container.name in _PADDED:
            self._declared = declared
        self._announced = container.announced_seconds if declared is None else declared
        yield from self._watched(container)
        self._findings.ended(container.seconds, declared)

    def _source(self) -> Source:
        if self._needs_seeking:
            return HeldStream(self._stream)
        if goes_back(self._stream):
            return RecentStream(self._stream)
        return self._stream if announces_itself(self._head) else RadioStream(self._stream)

    def _links(self) -> Iterator[tuple[AudioFrame, Lost]]:
        links = OggLinks(self._stream)
        yield from self._watched(self._opened(links))
        while links.advance():
            try:
                container = self._opened(links)
            except AudioError as error:
                self._findings.undecodable(str(error))
            else:
                yield from self._watched(container)
        if not links.complete:
            self._findings.unfinished()

    def _opened(self, source: Source) -> Container:
        try:
            container = Container(source, self._coded)
        except (av.FFmpegError, EOFError, ValueError) as error:
            raise self._refusal(opened=False) from error
        if container.tracks > 1:
            self._findings.several(container.tracks, f"track {container.track} ({container.codec})")
        self._first = self._first or container
        return container

    def _refusal(self, opened: bool) -> AudioError:
        """Why nothing was decoded."""
        if is_free_format(self._head):
            return AudioError(_FREE_FORMAT)
        if found := likely(self._head):
            return found
        if opened and self._stream.ended and announces_itself(self._head):
            return AudioError(_NO_SAMPLES)
        return AudioError(_CUT_OFF if self._needs_seeking and not opened else _NOT_AUDIO)

    def _watched(self, container: Container) -> Iterator[tuple[AudioFrame, Lost]]:
        stream = self._stream
        for found in container.frames():
            stream.search_end = stream.received + LONGEST_GAP
            yield found
