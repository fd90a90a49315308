"""What a file is in words, from a result of the model `audio`: "MP3, 320 kbit/s, 44.1 kHz, stereo, 3:21"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CODECS = {
    "ac3": "AC-3",
    "ape": "Monkey's Audio",
    "dca": "DTS",
    "eac3": "E-AC-3",
    "musepack7": "Musepack",
    "musepack8": "Musepack",
    "opus": "Opus",
    "truehd": "TrueHD",
    "vorbis": "Vorbis",
    "wavpack": "WavPack",
    "wmalossless": "WMA Lossless",
    "wmapro": "WMA Pro",
    "wmav1": "WMA",
    "wmav2": "WMA",
}
_OF_PCM = {"aiff": "AIFF", "au": "AU", "caf": "CAF", "w64": "Wave64", "wav": "WAV"}
"""Containers that are better known than what is in them."""


def line(result: Mapping[str, Any]) -> str:
    """All of it that people ask for first."""
    return f"{kind(result)}, {kilohertz(result)} kHz, {result['layout']}, {clock(result['duration'])}"


def kind(result: Mapping[str, Any]) -> str:
    """The format, and its bit depth, or else its bit rate: "FLAC, 24 bit"."""
    if result["bit_depth"] is not None:
        return f"{_name(result)}, {result['bit_depth']} bit"
    rate = result["bit_rate"]
    return _name(result) if rate is None else f"{_name(result)}, {rate / 1000:.0f} kbit/s"


def kilohertz(result: Mapping[str, Any]) -> str:
    """The sample rate in kHz: "44.1"."""
    return f"{result['sample_rate'] / 1000:g}"


def clock(seconds: float) -> str:
    """3:21, or 1:03:21."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _name(result: Mapping[str, Any]) -> str:
    codec, profile = result["codec"], result["profile"] or ""
    if codec.startswith("pcm_"):
        return _OF_PCM.get(result["container"], "PCM")
    return profile if profile.startswith("HE-AAC") else _CODECS.get(codec, codec.upper())
