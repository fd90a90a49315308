from __future__ import annotations

import numpy as np
from pydantic import BaseModel, Field

from tonearm.algorithms.ebur128 import (
    ABSOLUTE_GATE,
    MOMENTARY,
    NO_POWER,
    SHORT_TERM,
    Power,
    integrated_loudness,
    loudness,
    loudness_range,
    sliding_power,
)
from tonearm.algorithms.loudness_so_far import LoudnessSoFar
from tonearm.features import Block, Feature, KWeightedPower, TruePeaks
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

_CITATION = (
    "ITU-R BS.1770-4: Algorithms to measure audio programme loudness and true-peak audio level, 2015. "
    "EBU Tech 3341: Loudness metering, 2016. EBU Tech 3342: Loudness range, 2016."
)


class LoudnessResult(Result):
    momentaryLoudness: tuple[list[float]] = quantity("LUFS", "loudness of each 400 ms, every 100 ms")  # noqa: N815
    shortTermLoudness: tuple[list[float]] = quantity("LUFS", "loudness of each 3 s, every 100 ms")  # noqa: N815
    integratedLoudness: tuple[float] = quantity("LUFS", "gated loudness of the track; -70 for silence", low=-70)  # noqa: N815
    loudnessRange: tuple[float] = quantity("LU", "loudness range; 0 for silence", low=0)  # noqa: N815


class LoudnessPartial(Result):
    momentaryLoudness: tuple[list[float]] = quantity("LUFS", "what is new: loudness of each 400 ms, every 100 ms")  # noqa: N815
    shortTermLoudness: tuple[list[float]] = quantity("LUFS", "what is new: loudness of each 3 s, every 100 ms")  # noqa: N815
    integratedLoudness: tuple[float] = quantity("LUFS", "gated loudness so far; -70 for silence", low=-70)  # noqa: N815


class LoudnessEbur128(Model[Parameters]):
    name = "loudness_ebur128"
    title = "Loudness (EBU R 128)"
    group = "loudness"
    description = (
        "Momentary and short-term loudness every 100 ms, integrated loudness and loudness range, in the result "
        "shape of Essentia's LoudnessEBUR128. Measured as ITU-R BS.1770-4 and EBU Tech 3342 say, in mono (one "
        "channel), stereo and surround. A track shorter than 400 ms, or 3 s, is padded with silence to one value."
    )
    citation = _CITATION
    licence = "AGPL-3.0-or-later"
    result = LoudnessResult
    partial = LoudnessPartial
    features = (KWeightedPower(),)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._steps: list[Power] = []
        self._so_far = LoudnessSoFar()

    def feed(self, feature: Feature, block: Block) -> None:
        self._steps.append(block)

    def so_far(self) -> LoudnessPartial:
        momentary, short_term = self._so_far.take(self._steps)
        integrated = self._so_far.integrated()
        return LoudnessPartial(
            momentaryLoudness=(loudness(momentary).tolist(),),
            shortTermLoudness=(loudness(short_term).tolist(),),
            integratedLoudness=(ABSOLUTE_GATE if integrated is None else integrated,),
        )

    def finish(self) -> LoudnessResult:
        steps = np.concatenate(self._steps) if self._steps else np.zeros(1)
        momentary = sliding_power(np.pad(steps, (0, max(0, MOMENTARY - len(steps)))), MOMENTARY)
        short_term = sliding_power(np.pad(steps, (0, max(0, SHORT_TERM - len(steps)))), SHORT_TERM)
        integrated = integrated_loudness(momentary)
        return LoudnessResult(
            momentaryLoudness=(loudness(momentary).tolist(),),
            shortTermLoudness=(loudness(short_term).tolist(),),
            integratedLoudness=(ABSOLUTE_GATE if integrated is None else integrated,),
            loudnessRange=(loudness_range(short_term) or 0.0,),
        )


class LoudnessParameters(Parameters):
    curves: bool = Field(False, description="also give the momentary and short-term curves")


class ChannelPeaks(BaseModel):
    channel: str = Field(description="position of the channel by FFmpeg's names: FC, FL, FR, LFE, BL, SR ...")
    sample_peak_dbfs: float | None = quantity("dBFS", "highest absolute sample")
    true_peak_dbtp: float | None = quantity("dBTP", "highest absolute value of the oversampled signal")


class LoudnessResult2(Result):
    integrated_lufs: float | None = quantity("LUFS", "gated loudness of the track", low=-70)
    range_lu: float | None = quantity("LU", "loudness range", low=0)
    momentary_max_lufs: float | None = quantity("LUFS", "highest loudness of any 400 ms")
    short_term_max_lufs: float | None = quantity("LUFS", "highest loudness of any 3 s")
    sample_peak_dbfs: float | None = quantity("dBFS", "highest absolute sample of all channels")
    true_peak_dbtp: float | None = quantity("dBTP", "highest true peak of all channels")
    channels: list[ChannelPeaks] = Field(description="peaks of each channel")
    reasons: dict[str, str] = Field(description="why a value is null, by the value's name")
    momentary_lufs: list[float | None] | None = quantity(
        "LUFS", "loudness of each 400 ms, every 100 ms, null for digital silence; only with curves=true"
    )
    short_term_lufs: list[float | None] | None = quantity(
        "LUFS", "loudness of each 3 s, every 100 ms, null for digital silence; only with curves=true"
    )


class LoudnessPartial2(Result):
    integrated_lufs: float | None = quantity("LUFS", "gated loudness so far", low=-70)
    momentary_lufs: list[float | None] = quantity(
        "LUFS", "what is new: loudness of each 400 ms, every 100 ms, null for digital silence"
    )
    short_term_lufs: list[float | None] = quantity(
        "LUFS", "what is new: loudness of each 3 s, every 100 ms, null for digital silence"
    )


class LoudnessEbur128V2(Model[LoudnessParameters]):
    name = "loudness_ebur128"
    version = 2
    title = "Loudness and true peak (EBU R 128)"
    group = "loudness"
    description = (
        "Integrated loudness, loudness range, highest momentary and short-term loudness, sample peak and true peak, as "
        "plain numbers. What a track is too short or too quiet to have is null, with the reason."
    )
    citation = _CITATION
    licence = "AGPL-3.0-or-later"
    result = LoudnessResult2
    partial = LoudnessPartial2
    parameters = LoudnessParameters
    features = (KWeightedPower(), TruePeaks())

    def __init__(self, pcm_format: PcmFormat, given: LoudnessParameters) -> None:
        super().__init__(pcm_format, given)
        self._steps: list[Power] = [np.empty(0)]
        self._so_far = LoudnessSoFar()
        self._peaks: Block = np.zeros((2, len(pcm_format.channels)))

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == TruePeaks():
            self._peaks = np.maximum(self._peaks, block.max(axis=0))
        else:
            self._steps.append(block)

    def so_far(self) -> LoudnessPartial2:
        momentary, short_term = self._so_far.take(self._steps)
        return LoudnessPartial2(
            integrated_lufs=self._so_far.integrated(),
            momentary_lufs=_curve(momentary),
            short_term_lufs=_curve(short_term),
        )

    def finish(self) -> LoudnessResult2:
        steps = np.concatenate(self._steps)
        momentary, short_term = sliding_power(steps, MOMENTARY), sliding_power(steps, SHORT_TERM)
        sample_peaks, true_peaks = self._peaks
        result = LoudnessResult2(
            integrated_lufs=integrated_loudness(momentary),
            range_lu=loudness_range(short_term),
            momentary_max_lufs=_highest(momentary),
            short_term_max_lufs=_highest(short_term),
            sample_peak_dbfs=_decibels(sample_peaks.max()),
            true_peak_dbtp=_decibels(true_peaks.max()),
            channels=[
                ChannelPeaks(channel=name, sample_peak_dbfs=_decibels(sample), true_peak_dbtp=_decibels(true))
                for name, sample, true in zip(self.pcm_format.channels, sample_peaks, true_peaks, strict=True)
            ],
            reasons={},
            momentary_lufs=_curve(momentary) if self.given.curves else None,
            short_term_lufs=_curve(short_term) if self.given.curves else None,
        )
        return result.model_copy(update={"reasons": _reasons(result, len(steps))})


def _reasons(result: LoudnessResult2, steps: int) -> dict[str, str]:
    needed = {
        "integrated_lufs": MOMENTARY,
        "momentary_max_lufs": MOMENTARY,
        "range_lu": SHORT_TERM,
        "short_term_max_lufs": SHORT_TERM,
    }
    reasons = {}
    for name in (*needed, "sample_peak_dbfs", "true_peak_dbtp"):
        if getattr(result, name) is not None:
            continue
        if steps < needed.get(name, 0):
            reasons[name] = f"the audio is shorter than one block of {needed[name] / 10:g} s"
        elif name in {"integrated_lufs", "range_lu"}:
            reasons[name] = "silence: no block is above the absolute gate of -70 LUFS"
        else:
            reasons[name] = "digital silence"
    return reasons


def _highest(power: Power) -> float | None:
    highest = power.max(initial=0)
    return float(loudness(highest)) if highest > NO_POWER else None


def _decibels(peak: float) -> float | None:
    return float(20 * np.log10(peak)) if peak > 0 else None


def _curve(power: Power) -> list[float | None]:
    heard = (power > NO_POWER).tolist()
    return [value if sounds else None for value, sounds in zip(loudness(power).tolist(), heard, strict=True)]
