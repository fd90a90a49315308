"""Bytes become PCM, packet by packet, while they arrive.

FFmpeg (through PyAV) reads from the stream as it needs; a packet that cannot be decoded is skipped and counted, so one
damaged frame costs that frame. What comes out is cut into blocks of one length, whatever the codec's frame size, so the
same samples make the same blocks however the bytes arrived.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any

import av
import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from tonearm.audio.byte_stream import (
    LONGEST_GAP,
    HeldStream,
    Read,
    Stream,
    announces_itself,
    drop_large_blocks,
    needs_seeking,
    search_length,
    skip_tags,
)
from tonearm.audio.not_audio import HEAD, certain, is_empty_wav, likely
from tonearm.audio.pcm import BLOCK, Pcm, PcmFormat
from tonearm.errors import AudioError
from tonearm.protocol.caps import Caps

log = logging.getLogger(__name__)

DEMUXERS = "aac,ac3,aiff,ape,asf,au,caf,eac3,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8,ogg,tta,w64,wav,wv"
"""FFmpeg's containers of sound. Playlists, concatenations and network protocols are not among them."""

DECODERS = frozenset(
    name
    for name in av.codecs_available
    if name.startswith(("aac", "adpcm_ima_qt", "adpcm_ima_wav", "adpcm_ms", "mp1", "mp2", "mp3", "mpc", "pcm_", "wma"))
    or name in {"ac3", "alac", "ape", "dca", "eac3", "flac", "gsm", "gsm_ms", "libopus", "mlp", "opus", "truehd", "tta"}
    or name in {"vorbis", "wavpack"}
)
"""FFmpeg's decoders for what people keep music in. It has hundreds more, for games' and films' old formats and for
pictures, and each of them is a program that would read a stranger's bytes."""

_NOT_AUDIO = (
    "This is not audio in a format that Tonearm reads. "
    "It reads MP3, WAV, FLAC, Ogg, Opus, M4A, AIFF, WMA, WebM and more."
)
_ONLY_TAGS = "There are only tags in it (ID3), and no sound."
_NO_SAMPLES = "There are no samples in it: it ends before any sound."
_CUT_OFF = "This looks like an MP4 or CAF file without its index: it is truncated, or not audio."
_MAX_DEMUX_ERRORS = 100
_MAX_STREAMS = 64
"""In one container: a decoder is opened for each, and takes up to 1 MiB."""
_MAX_CHANGES = 32
"""Formats that one stream may change to: each needs a resampler of up to 6 MiB, and a frame of silence ten bytes."""
_ABSURD = 1e6


class Decoder:
    """One audio stream, from its bytes to its blocks."""

    def __init__(self, read: Read, caps: Caps) -> None:
        self._stream = Stream(read)
        self._caps = caps
        self._frames: Iterator[AudioFrame] | None = None
        self._first: AudioFrame | None = None
        self._head = b""
        self._skipped = 0

    @property
    def received(self) -> int:
        """Bytes taken from the stream so far."""
        return self._stream.received

    def recognise(self) -> None:
        """Read until the bytes are known to be audio: a decoded frame, or a container with its index at the end.

        Raises AudioError where they are not, or where the audio is outside the caps.
        """
        if not self._stream.peek(1):
            raise AudioError("The audio is empty.")
        skip_tags(self._stream)
        drop_large_blocks(self._stream)
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

    @property
    def format(self) -> PcmFormat:
        """The format of the first frame, which all blocks have. Raises AudioError."""
        first = self._first or self._open()
        return PcmFormat(first.sample_rate, _positions(first))

    def blocks(self) -> Iterator[Pcm]:
        """All audio in blocks of BLOCK samples, the last one shorter. Raises AudioError past the longest duration."""
        rate = self.format.rate
        assert self._first is not None
        assert self._frames is not None
        queue = _Queue(self._first, self._caps)
        total = 0
        for frame in chain((self._first,), self._frames):
            queue.write(frame)
            while queue.samples >= BLOCK:
                total += BLOCK
                self._caps.check_length(total / rate)
                log.debug("decoded %.3f s from %d bytes", total / rate, self.received)
                yield queue.read(BLOCK)
        queue.end()
        while rest := min(queue.samples, BLOCK):
            total += rest
            self._caps.check_length(total / rate)
            yield queue.read(rest)
        log.debug("decoded %.3f s from %d bytes, the end", total / rate, self.received)
        if self._skipped:
            log.info("skipped %d damaged packets", self._skipped)

    def _open(self) -> AudioFrame:
        source = HeldStream(self._stream) if self._needs_seeking else self._stream
        try:
            container = av.open(
                source,
                mode="r",
                metadata_errors="ignore",
                buffer_size=1 << 14,
                options={
                    "format_whitelist": DEMUXERS,
                    "protocol_whitelist": "",
                    "codec_whitelist": ",".join(DECODERS),
                    "max_streams": str(_MAX_STREAMS),
                    "probesize": str(1 << 15),
                    "analyzeduration": "0",
                },
            )
        except (av.FFmpegError, EOFError, ValueError) as error:
            raise self._refusal(opened=False) from error
        stream = container.streams.best("audio")
        if not isinstance(stream, AudioStream):
            raise AudioError("The file has no audio stream.")
        # A stream without a codec context crashes when it is decoded (PyAV#2344).
        if stream.codec_context is None or stream.codec_context.name not in DECODERS:
            raise AudioError("The audio is in a codec that Tonearm does not decode.")
        self._frames = self._decode(container, stream)
        self._first = next(self._frames, None)
        if self._first is None:
            raise self._refusal(opened=True)
        self._caps.check_format(self._first.sample_rate, len(self._first.layout.channels))
        return self._first

    def _refusal(self, opened: bool) -> AudioError:
        """Why nothing was decoded."""
        if found := likely(self._head):
            return found
        if opened and self._stream.ended and announces_itself(self._head):
            return AudioError(_NO_SAMPLES)
        return AudioError(_CUT_OFF if self._needs_seeking and not opened else _NOT_AUDIO)

    def _decode(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        for _ in range(_MAX_DEMUX_ERRORS):
            try:
                for packet in container.demux(stream):
                    try:
                        frames = packet.decode()
                    except (av.FFmpegError, ValueError):
                        self._skipped += 1
                        continue
                    for frame in frames:
                        if isinstance(frame, AudioFrame) and frame.samples:
                            self._stream.search_end = self._stream.received + LONGEST_GAP
                            yield frame
            except av.FFmpegError:
                # The demuxer stumbled over damaged bytes: it goes on behind them.
                self._skipped += 1
            else:
                return


class _Queue:
    """Frames go in as the codec cuts them, blocks come out, in the format of the first frame.

    A chained stream may change its rate or its channels on the way: what differs is converted.
    """

    def __init__(self, first: AudioFrame, caps: Caps) -> None:
        self._first = first
        self._caps = caps
        self._setup = _setup(first)
        self._fifo = AudioFifo()
        self._resamplers: dict[tuple[int, str, str], AudioResampler] = {}

    @property
    def samples(self) -> int:
        return self._fifo.samples

    def write(self, frame: AudioFrame) -> None:
        frame.pts = None
        setup = _setup(frame)
        # Never write a frame of another layout: the queue of PyAV 18 reads past its planes.
        if setup == self._setup:
            self._fifo.write(frame)
        else:
            self._caps.check_format(frame.sample_rate, len(frame.layout.channels))
            if setup not in self._resamplers:
                if len(self._resamplers) == _MAX_CHANGES:
                    raise AudioError(f"The audio changes its sample rate or channels more than {_MAX_CHANGES} times.")
                self._resamplers[setup] = AudioResampler(
                    self._first.format, self._first.layout, self._first.sample_rate
                )
            self._write_all(self._resamplers[setup].resample(frame))

    def end(self) -> None:
        for resampler in self._resamplers.values():
            self._write_all(resampler.resample(None))

    def read(self, count: int) -> Pcm:
        frame = self._fifo.read(count)
        assert frame is not None
        block = np.empty((len(frame.layout.channels), count), np.float32)
        for samples, row in zip(_channels(frame), block, strict=True):
            _to_float(samples, row)
        if not (block.min() > -_ABSURD and block.max() < _ABSURD):
            raise AudioError("The audio has invalid samples: NaN, infinity, or a million times full scale.")
        return block

    def _write_all(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            if frame.samples:
                frame.pts = None
                frame.time_base = self._first.time_base
                self._fifo.write(frame)


def _setup(frame: AudioFrame) -> tuple[int, str, str]:
    return frame.sample_rate, frame.layout.name, frame.format.name


_USUAL_POSITIONS = (
    ("FC",),
    ("FL", "FR"),
    ("FL", "FR", "FC"),
    ("FL", "FR", "BL", "BR"),
    ("FL", "FR", "FC", "BL", "BR"),
    ("FL", "FR", "FC", "LFE", "BL", "BR"),
    ("FL", "FR", "FC", "LFE", "BC", "SL", "SR"),
    ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
)


def _positions(frame: AudioFrame) -> tuple[str, ...]:
    """The position of each channel; where the file does not say, the usual one for that many channels."""
    named = tuple(channel.name for channel in frame.layout.channels)
    if "NONE" in named and len(named) <= len(_USUAL_POSITIONS):
        return _USUAL_POSITIONS[len(named) - 1]
    return named


_DTYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype(np.uint8),
    "s16": np.dtype(np.int16),
    "s32": np.dtype(np.int32),
    "s64": np.dtype(np.int64),
    "flt": np.dtype(np.float32),
    "dbl": np.dtype(np.float64),
}


def _channels(frame: AudioFrame) -> list[NDArray[Any]]:
    """A view of each channel's samples, shape (n,), in the codec's sample type."""
    dtype = _DTYPES[frame.format.packed.name]
    planes = [memoryview(plane) for plane in frame.planes]
    if frame.format.is_planar:
        return [np.frombuffer(plane, dtype, frame.samples) for plane in planes]
    count = len(frame.layout.channels)
    packed = np.frombuffer(planes[0], dtype, frame.samples * count).reshape(-1, count)
    return list(packed.T)


def _to_float(samples: NDArray[Any], out: NDArray[np.float32]) -> None:
    """Scale full scale to ±1, as FFmpeg's own conversion does."""
    if samples.dtype.kind == "f":
        # What is no number, or none of 32 bits, is refused with the block.
        with np.errstate(over="ignore", invalid="ignore"):
            out[:] = samples
    elif samples.dtype.kind == "u":
        np.subtract(samples, np.float32(128), out=out)
        out /= 128
    else:
        scale = np.float32(-1 / np.iinfo(samples.dtype).min)
        np.multiply(samples, scale, out=out, casting="same_kind")
