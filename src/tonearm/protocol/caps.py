"""Bounds on what may come out of the decoder.

They apply to the decoded audio and not to the upload: a 4 KB file whose header says 1 Hz would become fifty million
samples at 44.1 kHz, and digital silence as FLAC grows two-thousandfold.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from tonearm.errors import AudioError


class Caps(BaseModel):
    """Rates in Hz, both ends included; duration in seconds of decoded audio."""

    model_config = ConfigDict(frozen=True)

    min_rate: int = 8_000
    max_rate: int = 384_000
    max_channels: int = 8
    max_seconds: float = 4 * 3600.0

    def check_format(self, rate: int, channels: int) -> None:
        """Raises AudioError where the format of the audio is outside the caps."""
        if not self.min_rate <= rate <= self.max_rate:
            raise AudioError(
                f"The audio's sample rate is {rate} Hz; the limits are {self.min_rate} to {self.max_rate} Hz "
                "(TONEARM_MAX_RATE)."
            )
        if not 1 <= channels <= self.max_channels:
            raise AudioError(
                f"The audio has {channels} channels; the limits are 1 to {self.max_channels} (TONEARM_MAX_CHANNELS)."
            )

    def check_length(self, seconds: float) -> None:
        """Raises AudioError where more audio was decoded than the caps allow."""
        if seconds > self.max_seconds:
            raise AudioError(f"The audio is longer than {self.max_seconds:g} seconds, the limit (TONEARM_MAX_SECONDS).")
