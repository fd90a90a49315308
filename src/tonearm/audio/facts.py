"""What a file is, beside its sound: what the decoder knows of it once it has read it.

Kept apart from the decoder, so that models and plugins never import FFmpeg.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Names are FFmpeg's. Of a chained Ogg stream they are those of its first link."""

    container: str
    codec: str
    profile: str | None
    layout: str
    """Of the channels: "mono", "stereo", "5.1"."""
    track: int
    """Number of the audio track that was decoded, from 1."""
    tracks: int
    """How many audio tracks there are."""
    complete: bool
    """Whether it was read to its end, and not only as far as the longest duration."""
    declared_seconds: float | None
    """How long the file says that its audio is; None if it does not say."""
    bits_per_second: float | None
    """Of the coded audio, without container and tags; None if the length of its packets is not known."""
    delay: int | None
    """Samples per channel that an encoder put in front of the audio, and that were left out; None if the file does not
    say."""
    padding: int | None
    """The same behind the audio."""
    damaged: tuple[tuple[float, float], ...]
    """Stretches that could not be decoded: start and end, in seconds of the decoded audio."""
    packets_digest: str | None
    """MD5 of the packets of lossy audio, as 32 hexadecimal digits; None for lossless audio."""
