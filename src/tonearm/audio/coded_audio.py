"""What the packets of a file amount to: size, length, digest, and what encoders added at both ends."""

from __future__ import annotations

from hashlib import md5
from typing import Final

from av.audio.stream import AudioStream
from av.packet import Packet

from tonearm.audio.bit_depth import is_lossless

_SKIPPED: Final = "skip_samples"


class CodedAudio:
    """Of those packets that could be decoded. It costs a twentieth of decoding an MP3, most of that for the digest."""

    def __init__(self) -> None:
        self._lossy = False
        self._tick = 0.0
        self._bytes = 0
        self._seconds = 0.0
        self._md5 = md5(usedforsecurity=False)
        self._first: Packet[AudioStream] | None = None
        self._last: Packet[AudioStream] | None = None

    def begin(self, stream: AudioStream) -> None:
        """The packets of this track follow."""
        self._lossy = not is_lossless(stream.codec_context.name)
        # Of a fraction: there are thousands of packets, and arithmetic with fractions is slow.
        self._tick = float(stream.time_base or 0)

    def add(self, packet: Packet[AudioStream]) -> None:
        if not packet.size:
            return
        self._first = self._first or packet
        self._last = packet
        self._bytes += packet.size
        self._seconds += (packet.duration or 0) * self._tick
        # The samples of lossless audio say more: they are the same in another container, or of another codec.
        if self._lossy:
            self._md5.update(packet)

    @property
    def bits_per_second(self) -> float | None:
        return 8 * self._bytes / self._seconds if self._seconds else None

    @property
    def delay(self) -> int:
        """Samples per channel at the beginning that FFmpeg is told to leave out."""
        return _skipped(self._first)[0]

    @property
    def padding(self) -> int:
        """The same at the end."""
        return _skipped(self._last)[1]

    @property
    def digest(self) -> str | None:
        return self._md5.hexdigest() if self._lossy else None


def _skipped(packet: Packet[AudioStream] | None) -> tuple[int, int]:
    """AV_PKT_DATA_SKIP_SAMPLES: two numbers of 32 bits, for the beginning of the packet and for its end."""
    if packet is None or not packet.has_sidedata(_SKIPPED):
        return 0, 0
    told = bytes(packet.get_sidedata(_SKIPPED))
    return int.from_bytes(told[:4], "little"), int.from_bytes(told[4:8], "little")
