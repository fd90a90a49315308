"""Where decoded frames stand in time, so that what is lost between them leaves a hole and nothing moves."""

from __future__ import annotations

from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.packet import Packet

_JITTER_SECONDS = 0.015
"""Time stamps are rounded, and those of Vorbis are off by a quarter of a long block."""
_SILENT_LOSS_SECONDS = {"flac": 0.005, "ogg": 0.05, "matroska,webm": 0.05}
"""Containers whose time stamps say what is missing although no packet was seen to be damaged."""
_LONGEST_HOLE_SECONDS = 600.0
_ELEMENTARY = frozenset({"mp3", "aac", "ac3", "eac3"})
"""Their frames carry no time: FFmpeg counts packets, and takes what it cannot read as part of the next one."""
_TAGS = (b"ID3", b"TAG", b"APE")
"""What stands between files that were joined, and is no audio that was lost."""


class Timeline:
    """Of one container."""

    def __init__(self, container: str, stream: AudioStream) -> None:
        self._silent = _SILENT_LOSS_SECONDS.get(container)
        self._elementary = container in _ELEMENTARY
        # Of a fraction: there are thousands of frames, and arithmetic with fractions is slow.
        self._tick = float(stream.time_base or 0)
        self._expected = None if stream.start_time is None else stream.start_time * self._tick
        self._lost = False
        self.seconds = 0.0
        """So far, with the holes."""
        self._unseen = 0.0
        self._packets = 0
        self._bytes = 0

    def lost(self, packet: Packet[AudioStream]) -> None:
        """A packet could not be decoded."""
        if bytes(packet)[:3] in _TAGS:
            return
        self._lost = True
        if self._elementary and self._packets and packet.duration:
            others = max(0, round(packet.size * self._packets / self._bytes) - 1)
            self._unseen += others * packet.duration * self._tick

    def stumbled(self) -> None:
        """The container is damaged here."""
        self._lost = True

    def decoded(self, packet: Packet[AudioStream]) -> None:
        self._packets += 1
        self._bytes += packet.size

    def missing(self, frame: AudioFrame) -> float:
        """Seconds that are lost in front of this frame."""
        length = frame.samples / frame.sample_rate
        pts = frame.pts
        hole = 0.0
        if pts is not None:
            begins = pts * self._tick
            if self._expected is not None:
                hole = self._hole(begins - self._expected)
            self._expected = begins + length
        elif self._expected is not None:
            self._expected += length
        self._lost = False
        self._unseen = 0.0
        self.seconds += hole + length
        return hole

    def _hole(self, gap: float) -> float:
        gap += self._unseen
        least = _JITTER_SECONDS if self._lost else self._silent
        return gap if least is not None and least < gap < _LONGEST_HOLE_SECONDS else 0.0
