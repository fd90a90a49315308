from __future__ import annotations

from tonearm.algorithms.energy_so_far import EnergySoFar
from tonearm.algorithms.perceived_energy import band_sums
from tonearm.algorithms.products import products
from tonearm.features import Block, Feature, KWeightedPower
from tonearm.features.rising_bands import BEATNET_BANDS, centres
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity

FRAMES = BEATNET_BANDS.rate // BEATNET_BANDS.hop
"""In a second."""


class EnergyResult(Result):
    energy: float = quantity(
        "1", "energy of the whole: the mean over the seconds that sound", low=0, high=1, decimals=3
    )
    curve: list[float] = quantity("1", "energy of each whole second", low=0, high=1, decimals=3)


class EnergyPartial(Result):
    energy: float = quantity("1", "energy so far", low=0, high=1, decimals=3)
    curve: list[float] = quantity("1", "what is new: energy of each whole second", low=0, high=1, decimals=3)


class Energy(Model[Parameters]):
    name = "energy"
    title = "Energy"
    group = "mood"
    description = (
        "How energetic the music is perceived, from 0 to 1, for each second and as a whole: its loudness, times a sum "
        "of 0.4, 0.25 of its brightness and 0.35 of its activity. Loudness is K-weighted, 0 at -50 LUFS and 1 at -8 "
        "LUFS; brightness is the centroid of bands that are evenly spaced in pitch, 0 at 250 Hz and 1 at 2 kHz; "
        "activity is how much these bands rise from frame to frame, 0 for a steady tone and 1 for dense drums. Energy "
        "rises with each, and silence has 0. The level counts: played 6 dB softer, music has about a seventh less. "
        "Nobody's ratings are behind the weights. Audio shorter than a second has one value."
    )
    citation = (
        "E. Schubert: Modeling perceived emotion with continuous musical features. Music Perception 21(4), 2004. "
        "ITU-R BS.1770-4: Algorithms to measure audio programme loudness and true-peak audio level, 2015."
    )
    licence = "AGPL-3.0-or-later"
    result = EnergyResult
    partial = EnergyPartial
    features = (KWeightedPower(), BEATNET_BANDS)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._so_far = EnergySoFar(FRAMES)

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == BEATNET_BANDS:
            self._so_far.add_sums(products(block, band_sums(centres(BEATNET_BANDS))))
        else:
            self._so_far.add_power(block)

    def so_far(self) -> EnergyPartial | None:
        new = self._so_far.new()
        return EnergyPartial(energy=self._so_far.energy, curve=new.tolist()) if len(new) else None

    def finish(self) -> EnergyResult:
        self._so_far.finish()
        return EnergyResult(energy=self._so_far.energy, curve=self._so_far.curve.tolist())
