"""K-weighted power in steps of 100 ms: what every loudness of ITU-R BS.1770-4 and EBU R 128 is made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tan

import numpy as np

from tonearm.audio.decode import PcmFormat
from tonearm.features.compiled import compiled
from tonearm.features.feature import Block, Extractor, Feature
from tonearm.features.pcm import DecodedPcm

SIDES = frozenset({"SL", "SR"})
BACKS = frozenset({"BL", "BR"})


@dataclass(frozen=True)
class KWeightedPower(Feature):
    """float64, shape (steps,): channel-weighted mean square of the K-weighted signal over each whole 100 ms."""

    @property
    def source(self) -> Feature:
        return DecodedPcm()

    def extractor(self, form: PcmFormat) -> Extractor:
        return _KWeighting(form)


def channel_weights(channels: tuple[str, ...]) -> list[float]:
    """The weight of each channel's power: 1.41 for surrounds at 60° to 120°, 0 for the LFE (BS.1770-4, Table 4).

    A 5.1 file's surrounds are often labelled as back channels; where sides and backs are both there, the backs stand
    behind 120°.
    """
    surrounds = SIDES if SIDES & set(channels) else BACKS
    return [0.0 if name.startswith("LFE") else 1.41 if name in surrounds else 1.0 for name in channels]


class _KWeighting(Extractor):
    def __init__(self, form: PcmFormat) -> None:
        self._weights = channel_weights(form.channels)
        self._step = (form.rate + 5) // 10
        self._filter = k_weighting(form.rate)
        # Per channel: two delays of each biquad, and the sum of squares of the step under way.
        self._state = np.zeros((len(form.channels), 5))
        self._offset = 0

    def feed(self, block: Block) -> Block:
        steps = (self._offset + block.shape[1]) // self._step
        power = np.zeros(steps)
        for samples, weight, state in zip(block, self._weights, self._state, strict=True):
            if weight:
                squares = _weigh(samples, self._filter, state, self._offset, self._step, steps)
                power += squares * (weight / self._step)
        self._offset = (self._offset + block.shape[1]) % self._step
        return power

    def finish(self) -> Block:
        return np.empty(0)


def k_weighting(rate: int) -> Block:
    """Both biquads of the K-weighting at any rate, shape (2, 5): b0, b1, b2, a1, a2 of the shelf and the high pass.

    The analogue filters behind the standard's coefficients for 48 kHz, as identified by B. De Man: Evaluation of
    Implementations of the EBU R128 Loudness Measurement, AES 145, 2018.
    """
    k = tan(pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [
        (high + band * k / q + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    ]
    k = tan(pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    high_pass = [1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0]
    return np.array([shelf, high_pass])


@compiled
def _weigh(samples: Block, biquads: Block, state: Block, offset: int, step: int, steps: int) -> Block:
    """Filter one channel through both biquads (transposed direct form II) and sum its squares per step."""
    p0, p1, p2, pa1, pa2 = biquads[0]
    r0, r1, r2, ra1, ra2 = biquads[1]
    s1, s2, t1, t2, total = state
    squares = np.empty(steps)
    done = 0
    left = step - offset
    for i in range(samples.size):
        x = np.float64(samples[i])
        y = p0 * x + s1
        s1 = p1 * x - pa1 * y + s2
        s2 = p2 * x - pa2 * y
        z = r0 * y + t1
        t1 = r1 * y - ra1 * z + t2
        t2 = r2 * y - ra2 * z
        total += z * z
        left -= 1
        if left == 0:
            squares[done] = total
            done += 1
            left = step
            total = 0.0
            # Digital silence would let the delays decay into denormal numbers, which are a hundred times slower.
            if abs(s1) + abs(s2) + abs(t1) + abs(t2) < 1e-30:
                s1 = s2 = t1 = t2 = 0.0
    state[0], state[1], state[2], state[3], state[4] = s1, s2, t1, t2, total
    return squares
