"""One container opened by FFmpeg: its audio track, and the frames of that with what is lost between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from time import thread_time
from typing import Protocol, runtime_checkable

import av
from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.stream import Disposition

from tonearm.audio.coded_audio import CodedAudio
from tonearm.audio.timeline import Timeline
from tonearm.errors import AudioError, EndlessHead

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

_MAX_DEMUX_ERRORS = 100
_MAX_STREAMS = 64
"""In one container: a decoder is opened for each, and takes up to 1 MiB."""
_MAX_OPENING_SECONDS = 3.0
"""Of CPU time. The index of a film takes a tenth of one; FFmpeg searches its list of tags for each new tag."""


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


@runtime_checkable
class SeekableSource(Source, Protocol):
    def seek(self, offset: int, whence: int = 0) -> int: ...
    def tell(self) -> int: ...


class _Impatient:
    """A source that ends when opening it has taken too long: FFmpeg comes back here for each 16 KiB."""

    seek: Callable[[int, int], int]
    tell: Callable[[], int]

    def __init__(self, source: Source) -> None:
        self._source = source
        self._end = thread_time() + _MAX_OPENING_SECONDS
        self._ended = False
        # Whether it has these says whether FFmpeg may seek.
        if isinstance(source, SeekableSource):
            self.seek, self.tell = source.seek, source.tell

    def read(self, size: int) -> bytes:
        if thread_time() > self._end:
            self._ended = True
        return b"" if self._ended else self._source.read(size)

    def opened(self) -> None:
        """From here on it has all the time it takes. Raises EndlessHead if it has ended."""
        self._end = inf
        if self._ended:
            raise EndlessHead


class Container:
    """Raises AudioError for what has no audio track that is decoded."""

    def __init__(self, source: Source, coded: CodedAudio | None = None) -> None:
        impatient = _Impatient(source)
        try:
            self._container = _open(impatient)
        finally:
            impatient.opened()
        # A stream without a codec context crashes when it is decoded (PyAV#2344).
        known = [stream for stream in self._container.streams.audio if stream.codec_context is not None]
        usable = [stream for stream in known if stream.codec_context.name in DECODERS]
        self.tracks = len(self._container.streams.audio)
        if not self.tracks:
            raise AudioError("The file has no audio stream.")
        if not usable:
            raise AudioError("The audio is in a codec that Tonearm does not decode.")
        self._stream = max(usable, key=lambda stream: (Disposition.default in stream.disposition, -stream.index))
        self._timeline = Timeline(self.name, self._stream)
        self._coded = coded
        if coded is not None:
            coded.begin(self._stream)
        if self._stream.codec_context.name == "flac":
            # Without it a damaged frame is decoded to noise.
            self._stream.codec_context.options = {"err_detect": "crccheck+explode"}

    @property
    def track(self) -> int:
        """The number of the one that was chosen, from 1."""
        return [stream.index for stream in self._container.streams.audio].index(self._stream.index) + 1

    @property
    def codec(self) -> str:
        """FFmpeg's name, which is not that of its decoder."""
        return self._stream.codec_context.codec.canonical_name

    @property
    def profile(self) -> str | None:
        """FFmpeg's name for what the codec makes use of; of some codecs it is known only when all has been decoded."""
        return self._stream.profile

    @property
    def setup(self) -> bytes:
        """What a decoder of this codec has to know beside the packets."""
        return self._stream.codec_context.extradata or b""

    @property
    def name(self) -> str:
        """FFmpeg's."""
        return self._container.format.name

    @property
    def declared_seconds(self) -> float | None:
        """How long the container says that its audio is, if it says so."""
        stream = self._stream
        if stream.duration is None or stream.time_base is None:
            return None
        return float(stream.duration * stream.time_base)

    @property
    def announced_seconds(self) -> float | None:
        """The same, and if it says nothing of the track, how long all of it is."""
        whole = self._container.duration
        return self.declared_seconds if whole is None or self.declared_seconds is not None else whole / av.time_base

    @property
    def seconds(self) -> float:
        """How much there was in the frames so far, with what was lost between them."""
        return self._timeline.seconds

    def frames(self) -> Iterator[tuple[AudioFrame, float]]:
        """Each frame, and the seconds of audio that are lost in front of it."""
        timeline = self._timeline
        for _ in range(_MAX_DEMUX_ERRORS):
            try:
                for packet in self._container.demux(self._stream):
                    try:
                        frames = packet.decode()
                    except (av.FFmpegError, ValueError):
                        timeline.lost(packet)
                        continue
                    timeline.decoded(packet)
                    if self._coded is not None:
                        self._coded.add(packet)
                    for frame in frames:
                        if isinstance(frame, AudioFrame) and frame.samples:
                            yield frame, timeline.missing(frame)
            except av.FFmpegError:
                # The demuxer stumbled over damaged bytes: it goes on behind them.
                timeline.stumbled()
            else:
                return


def _open(source: Source) -> InputContainer:
    """Raises av.FFmpegError, EOFError or ValueError for what is no container."""
    return av.open(
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
