"""Keys and triads of chroma, against Essentia's Key and numpy's correlations."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.algorithms.key_profiles import (
    BGATE,
    PITCH_CLASSES,
    TEMPERLEY,
    TONIC_TRIAD,
    KeyProfiles,
    correlations,
    likeliest_keys,
)


@pytest.mark.parametrize(("size", "name", "profiles"), [(12, "bgate", BGATE), (36, "tonictriad", TONIC_TRIAD)])
def test_every_bit_is_essentias(size: int, name: str, profiles: KeyProfiles) -> None:
    import essentia.standard as es

    random = np.random.default_rng(4)
    chroma = random.exponential(1, (500, size)).astype(np.float32)
    # Gated, few tones, one tone, none: there many keys are as likely, and rounding decides.
    chroma[100:200][chroma[100:200] < 1] = 0
    chroma[200:300] = np.eye(size, dtype=np.float32)[random.integers(0, size, 100)]
    chroma[300:400] *= random.integers(0, 12, (100, size)) == 0
    find = es.Key(profileType=name, usePolyphony=False, pcpSize=size)
    keys, strengths = likeliest_keys(chroma, profiles)
    for row, key, strength in zip(chroma, keys, strengths, strict=True):
        expected = find(row)
        assert (PITCH_CLASSES[key % 12], "minor" if key >= 12 else "major") == expected[:2]
        assert strength == np.float32(expected[2])


def test_correlations_are_pearsons() -> None:
    chroma = np.random.default_rng(5).exponential(1, (7, 12))
    found = correlations(chroma, TEMPERLEY)
    for row, values in zip(chroma, found, strict=True):
        for key, value in enumerate(values):
            profile = TEMPERLEY.minor if key >= 12 else TEMPERLEY.major
            assert value == pytest.approx(np.corrcoef(row, np.roll(profile, key % 12))[0, 1])
    assert not correlations(np.ones(12), TEMPERLEY).any()
