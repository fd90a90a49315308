"""PCM blocks become the representations that models share.

A feature is a value: two models that name an equal one get the same computation. Each feature is built on one other
(its `source`), down to the decoded PCM, so an analysis is a tree: PCM at the root, features as branches, models as
leaves.
"""

from tonearm.algorithms.sample_rate import ANALYSIS_RATE
from tonearm.features.complex_onsets import ONSET_RATE, ComplexOnsets
from tonearm.features.complex_spectra import ComplexSpectra
from tonearm.features.decoded_pcm import DecodedPcm
from tonearm.features.energy_and_mel_flux import EnergyAndMelFlux
from tonearm.features.equal_loudness import EqualLoudness
from tonearm.features.feature import Block, DivisibleExtractor, Extractor, Feature
from tonearm.features.hpcp import Hpcp
from tonearm.features.information_gain import InformationGain
from tonearm.features.loudness import KWeightedPower
from tonearm.features.mono import Mono
from tonearm.features.onset_detection_functions import OnsetDetectionFunctions
from tonearm.features.onset_strength import OnsetStrength
from tonearm.features.pitch_salience import PitchSalience
from tonearm.features.spectra import Spectra
from tonearm.features.subband_onsets import SubbandOnsets
from tonearm.features.tempo_lags import TempoLags
from tonearm.features.timbre import Timbre
from tonearm.features.true_peak import TruePeaks

__all__ = [
    "ANALYSIS_RATE",
    "ONSET_RATE",
    "Block",
    "ComplexOnsets",
    "ComplexSpectra",
    "DecodedPcm",
    "DivisibleExtractor",
    "EnergyAndMelFlux",
    "EqualLoudness",
    "Extractor",
    "Feature",
    "Hpcp",
    "InformationGain",
    "KWeightedPower",
    "Mono",
    "OnsetDetectionFunctions",
    "OnsetStrength",
    "PitchSalience",
    "Spectra",
    "SubbandOnsets",
    "TempoLags",
    "Timbre",
    "TruePeaks",
]
