"""Limits on an analysis: on the decoder's output, and on what models do with it.

What is decoded counts, not the upload: a 4 KB file whose header says 1 Hz would become fifty million samples at
44.1 kHz, and FLAC compresses digital silence by a factor of two thousand.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tonearm.errors import AudioError


class Caps(BaseModel):
    """Sample rates in Hz, inclusive; duration in seconds of decoded audio; the time of a model in CPU seconds."""

    model_config = ConfigDict(frozen=True)

    min_rate: int = 8_000
    max_rate: int = 384_000
    max_channels: int = 8
    max_seconds: float = 4 * 3600.0
    model_seconds: float = 60.0
    """What each model may take when the audio has ended."""

    def check_format(self, rate: int, channels: int) -> None:
        """Raise AudioError if the format of the audio exceeds the limits."""
        if not self.min_rate <= rate <= self.max_rate:
            raise AudioError(
                f"The audio's sample rate is {rate} Hz; the limits are {self.min_rate} to {self.max_rate} Hz "
                "(TONEARM_MAX_RATE)."
            )
        if not 1 <= channels <= self.max_channels:
            raise AudioError(
                f"The audio has {channels} channels; the limits are 1 to {self.max_channels} (TONEARM_MAX_CHANNELS)."
            )

    def most_samples(self, rate: int) -> int:
        """How many samples per channel the longest audio has."""
        return int(self.max_seconds * rate)
