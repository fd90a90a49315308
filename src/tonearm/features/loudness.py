"""K-weighted power in steps of 100 ms: what every loudness of ITU-R BS.1770-4 and EBU R 128 is made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, tan

import numpy as np

from tonearm.algorithms.compiled import compiled
from tonearm.audio.pcm import PcmFormat
from tonearm.features.decoded_pcm import DecodedPcm
from tonearm.features.feature import Block, Extractor, Feature

SIDES = frozenset({"SL", "SR"})
BACKS = frozenset({"BL", "BR"})


@dataclass(frozen=True)
class KWeightedPower(Feature):
    """float64, shape (steps,): channel-weighted mean square of the K-weighted signal over each whole 100 ms.

    Linear power, full scale being 1.
    """

    @property
    def source(self) -> Feature:
        return DecodedPcm()

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _KWeighting(pcm_format)


def channel_weights(channels: tuple[str, ...]) -> list[float]:
    """The weight of each channel's power: 1.41 for surrounds at 60° to 120°, 0 for the LFE (BS.1770-4, Table 4).

    A 5.1 file's surrounds are often labelled as back channels; if a file has both sides and backs, the backs are
    behind 120°.
    """
    surrounds = SIDES if SIDES & set(channels) else BACKS
    return [0.0 if name.startswith("LFE") else 1.41 if name in surrounds else 1.0 for name in channels]


class _KWeighting(Extractor):
    def __init__(self, pcm_format: PcmFormat) -> None:
        self._weights = channel_weights(pcm_format.channels)
        self._step = (pcm_format.rate + 5) // 10
        self._filter = k_weighting(pcm_format.rate)
        self._heard = [channel for channel, weight in enumerate(self._weights) if weight]
        # Two delays of each biquad and the sum of squares of the step under way, for an even number of channels: the
        # last one of an odd number is filtered twice.
        self._state = np.zeros((len(self._heard) + len(self._heard) % 2, 5))
        self._offset = 0

    def feed(self, block: Block) -> Block:
        steps = (self._offset + block.shape[1]) // self._step
        power = np.zeros(steps)
        for one in range(0, len(self._heard), 2):
            pair = self._heard[one : one + 2]
            samples = block[pair[0]], block[pair[-1]]
            state = self._state[one : one + 2]
            squares = _weigh(*samples, self._filter, state, self._offset, self._step, steps)
            for channel, sums in zip(pair, squares, strict=False):
                power += sums * (self._weights[channel] / self._step)
        self._offset = (self._offset + block.shape[1]) % self._step
        return power

    def finish(self) -> Block:
        return np.empty(0)


def k_weighting(rate: int) -> Block:
    """Both biquads of the K-weighting at any rate, float64, shape (2, 5), dimensionless.

    Rows are the shelf and the high pass, columns b0, b1, b2, a1, a2. `rate` is in Hz.

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
def _weigh(one: Block, other: Block, biquads: Block, state: Block, offset: int, step: int, steps: int) -> Block:
    """Filter two channels through both biquads and sum their squares per step, shape (2, steps).

    A recursive filter waits for its own last output: two channels in one loop fill each other's waiting time.
    """
    squares = np.empty((2, steps))
    p1, p2, p3, p4, p5 = state[0]
    q1, q2, q3, q4, q5 = state[1]
    done = 0
    left = step - offset
    for i in range(one.size):
        p1, p2, p3, p4, p5 = _advance(one[i], p1, p2, p3, p4, p5, biquads)
        q1, q2, q3, q4, q5 = _advance(other[i], q1, q2, q3, q4, q5, biquads)
        left -= 1
        if left == 0:
            squares[0, done], squares[1, done] = p5, q5
            p5 = q5 = 0.0
            done += 1
            left = step
            # Digital silence would let the delays decay into denormal numbers, which are a hundred times slower.
            if abs(p1) + abs(p2) + abs(p3) + abs(p4) + abs(q1) + abs(q2) + abs(q3) + abs(q4) < 1e-30:
                p1 = p2 = p3 = p4 = q1 = q2 = q3 = q4 = 0.0
    state[0, 0], state[0, 1], state[0, 2], state[0, 3], state[0, 4] = p1, p2, p3, p4, p5
    state[1, 0], state[1, 1], state[1, 2], state[1, 3], state[1, 4] = q1, q2, q3, q4, q5
    return squares


@compiled
def _advance(
    sample: float, s1: float, s2: float, t1: float, t2: float, total: float, biquads: Block
) -> tuple[float, float, float, float, float]:
    """One sample through both biquads (transposed direct form II): their delays, and the sum of squares."""
    x = np.float64(sample)
    y = biquads[0, 0] * x + s1
    z = biquads[1, 0] * y + t1
    return (
        biquads[0, 1] * x - biquads[0, 3] * y + s2,
        biquads[0, 2] * x - biquads[0, 4] * y,
        biquads[1, 1] * y - biquads[1, 3] * z + t2,
        biquads[1, 2] * y - biquads[1, 4] * z,
        total + z * z,
    )
