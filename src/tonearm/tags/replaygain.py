"""ReplayGain 2.0: the gain that brings a track to -18 LUFS (ITU-R BS.1770), and its peak.

wiki.hydrogenaud.io, ReplayGain 2.0 specification. The peak is the true peak, because that is what clips in playback.
"""

from __future__ import annotations

from tonearm.tags.values import Values

_REFERENCE_LUFS = -18.0


def replaygain(values: Values) -> dict[str, str]:
    if values.loudness is None or values.true_peak is None:
        return {}
    return {
        "REPLAYGAIN_TRACK_GAIN": f"{_REFERENCE_LUFS - values.loudness:.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{10 ** (values.true_peak / 20):.6f}",
    }
