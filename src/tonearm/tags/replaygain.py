"""ReplayGain 2.0: the gain that brings a track, or an album, to -18 LUFS (ITU-R BS.1770), and its peak.

wiki.hydrogenaud.io, ReplayGain 2.0 specification. The peak is the true peak, because that is what clips in playback.
"""

from __future__ import annotations

from tonearm.tags.values import Values

_REFERENCE_LUFS = -18.0


def replaygain(values: Values) -> dict[str, str]:
    return {
        **_gain("TRACK", values.loudness, values.true_peak),
        **_gain("ALBUM", values.album_loudness, values.album_true_peak),
    }


def _gain(of: str, loudness: float | None, true_peak: float | None) -> dict[str, str]:
    if loudness is None or true_peak is None:
        return {}
    return {
        f"REPLAYGAIN_{of}_GAIN": f"{_REFERENCE_LUFS - loudness:.2f} dB",
        f"REPLAYGAIN_{of}_PEAK": f"{10 ** (true_peak / 20):.6f}",
    }
