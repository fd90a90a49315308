"""How long a beat lasts, over time.

M. E. P. Davies, M. D. Plumbley: Context-dependent beat tracking of musical audio. IEEE Transactions on Audio, Speech,
and Language Processing 15(3), 2007; the path through the periods: A. M. Stark, M. E. P. Davies, M. D. Plumbley:
Real-time beat-synchronous analysis of musical audio. DAFx 2009. In single precision, step by step as Essentia does it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tonearm.algorithms.autocorrelation import add_products
from tonearm.algorithms.compiled import compiled_strictly
from tonearm.algorithms.rhythm.noise import uniform
from tonearm.algorithms.sample_rate import ANALYSIS_RATE

Floats = NDArray[np.float32]

RATE = np.float32(ANALYSIS_RATE / 512)
"""Values of the onset detection function per second: all that follows is given in them."""
FRAME = 512
HOP = 128
COMBS = 4
_SHORTEST, _LONGEST = 24, HOP
"""Periods looked for, 215 to 40 bpm. Longer ones do not fit four times into a frame."""
_SMOOTHING = 8
_NOISE = 0.0001
_RAND_MAX = 2**31 - 1
_USUAL = 43
"""The likeliest period, 120 bpm."""
_WANDERING = 8
_REACHABLE = slice(27, 108)


def beat_periods(onsets: Floats) -> NDArray[np.int64]:
    """The period of the beat in each frame of FRAME onset values: int64, shape (frames,), in onset values.

    One frame every HOP values, at least one; none at all where nothing repeats in any of them.

    `onsets` is float32, shape (n,), n > 0, none negative, with RATE values per second.
    """
    thresholded = _adaptive_threshold(onsets)
    count = 1 + max(0, -(-(len(onsets) - FRAME) // HOP))
    padded = np.zeros((count - 1) * HOP + FRAME)
    padded[: len(onsets)] = thresholded
    prior = preference()
    observations = np.empty((count, HOP), np.float32)
    for frame in range(count):
        observations[frame] = _observe(_correlation(padded[frame * HOP : frame * HOP + FRAME]), prior)
    if not observations.any():
        return np.empty(0, np.int64)
    noise = uniform(observations.size).reshape(observations.shape)
    observations += _NOISE * float(observations.max()) * noise.astype(np.float64) / _RAND_MAX
    return 1 + _likeliest_path(prior, _transitions(), observations)


def preference() -> Floats:
    """A Rayleigh distribution of periods."""
    periods = np.arange(1, HOP + 1)
    variance = np.float32(_USUAL**2)
    weights = periods.astype(np.float32) / variance * np.exp(-0.5 * periods * periods / float(variance))
    return _sum_to_one(weights.astype(np.float32))


def gaussian(deviation: float, step: float, scale: float) -> Floats:
    """A normal distribution's density within four deviations of its mean, times `scale`.

    float32, shape (n,), n odd, in the reciprocal of the unit of `deviation` and `step`, which is the spacing.
    """
    half = int(np.ceil(np.float32(4) * np.float32(deviation) / np.float32(step)))
    offsets = (np.arange(-half, half + 1) * np.float32(step)).astype(np.float32).astype(np.float64)
    wide = float(np.float32(deviation))
    height = float(np.float32(1 / (wide * np.sqrt(2 * np.pi))))
    density = height * np.exp(offsets**2 / float(np.float32(-2 * wide**2))) * scale
    return np.where(density < 1e-12, 0, density).astype(np.float32)


@cache
def _transitions() -> Floats:
    """How likely the period i turns into j from one frame to the next, shape (HOP, HOP)."""
    near = gaussian(_WANDERING, 1, 1)
    half = len(near) // 2
    matrix = np.zeros((HOP, HOP), np.float32)
    for i in range(_REACHABLE.start, _REACHABLE.stop):
        for j in range(max(i - half, _REACHABLE.start), min(i + half + 1, _REACHABLE.stop)):
            matrix[i, j] = near[j - i + half]
    return matrix


def _correlation(frame: NDArray[np.float64]) -> Floats:
    """The mean product of values for each lag."""
    sums = np.zeros(FRAME)
    add_products(frame, FRAME, sums)
    means: Floats = (sums / np.arange(FRAME, 0, -1)).astype(np.float32)
    return means


@compiled_strictly
def _sum_to_one(values: Floats) -> Floats:
    total = np.float32(0)
    for value in values:
        total += value
    return values / total if total != 0 else values


@compiled_strictly
def _adaptive_threshold(values: Floats) -> Floats:
    """What stands out of the moving average of 17 values; the edges are continued."""
    length = 2 * _SMOOTHING + 1
    weight = np.float32(1 / length)
    last = len(values) - 1
    found = np.empty(len(values), np.float32)
    for i in range(len(values)):
        mean = np.float32(0)
        for j in range(i - _SMOOTHING, i + _SMOOTHING + 1):
            mean += weight * values[min(max(j, 0), last)]
        found[i] = max(values[i] - mean, np.float32(0))
    return found


@compiled_strictly
def _observe(correlation: Floats, prior: Floats) -> Floats:
    """A bank of combs over an autocorrelation: shape (FRAME,) to (HOP,), which sums to one."""
    bank = np.zeros(HOP, np.float32)
    for comb in range(1, COMBS + 1):
        width = np.float32(2 * comb - 1)
        for region in range(1 - comb, comb):
            for period in range(COMBS - 1, (FRAME - COMBS + 1) // COMBS):
                bank[period] += prior[period] * correlation[(period + 1) * comb - 1 + region] / width
    bank = _adaptive_threshold(bank)
    bank[:_SHORTEST] = 0
    return _sum_to_one(bank)


@compiled_strictly
def _likeliest_path(prior: Floats, transitions: Floats, observations: Floats) -> NDArray[np.int64]:
    """The Viterbi path: an index of `prior` for each frame."""
    frames, states = observations.shape
    likelihood = _sum_to_one(prior * observations[0])
    best = np.zeros((frames, states), np.int16)
    following = np.empty(states, np.float32)
    for t in range(1, frames):
        for j in range(states):
            highest, source = np.float32(-1), 0
            for i in range(states):
                value = likelihood[i] * transitions[j, i]
                if value > highest:
                    highest, source = value, i
            following[j] = highest * observations[t, j]
            best[t, j] = source
        likelihood = _sum_to_one(following)
    path = np.empty(frames, np.int64)
    path[-1] = np.argmax(likelihood)
    for t in range(frames - 1, 0, -1):
        path[t - 1] = best[t, path[t]]
    return path
