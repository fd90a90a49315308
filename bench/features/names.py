"""Which features sonara has (`features=[…]`, its README), and what Tonearm has for the same question."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    name: str
    sonara: tuple[str, ...]
    """As they are asked for."""
    models: str = ""
    """Empty where Tonearm has nothing like it."""
    remark: str = ""


FEATURES = (
    Feature("tempo, with candidates and how sure it is", ("bpm",), "beats:1"),
    Feature("beats", ("bpm", "beats"), "beats:1"),
    Feature("downbeats and beat grid", ("beatgrid",), "beats:1"),
    Feature("metre", ("time_signature",), "beats:1"),
    Feature("tempo over time", ("tempo_curve",), "beats:1", "where it is not steady"),
    Feature("onsets and their density", ("onsets", "onset_density"), "onset_rate:1"),
    Feature("key, with candidates", ("key", "key_candidates"), "key:2"),
    Feature("chords with times", ("chords",), "chords:2"),
    Feature("dissonance", ("dissonance",)),
    Feature("loudness (EBU R 128), range, true peak", ("loudness",), "loudness_ebur128:2"),
    Feature("dynamics", ("dynamic_range",), "dynamic_complexity:1"),
    Feature("RMS level", ("rms",), "waveform:1", "for each point of the waveform"),
    Feature("silence at the beginning and the end", ("silence",), "silence:1"),
    Feature("sections and a curve of energy", ("structure",), "sections:1,energy:1"),
    Feature("energy", ("energy",), "energy:1"),
    Feature(
        "danceability, valence, acousticness",
        ("danceability", "valence", "acousticness"),
        "vibenet:1",
        "by a network; danceability_dfa:1 by signal processing",
    ),
    Feature("instrumentalness, vocalness", ("instrumentalness", "vocalness"), "vibenet:1"),
    Feature("moods: happy, aggressive, relaxed, sad", ("mood",), "", "four of MTG's networks, which are not free"),
    Feature("aggression", ("aggression",), "", "one of MTG's networks, which is not free"),
    Feature(
        "spectral centroid, roll-off, flatness, MFCC", ("centroid", "rolloff", "flatness", "mfcc"), "spectral_summary:1"
    ),
    Feature("spectral bandwidth, contrast, zero crossings", ("bandwidth", "contrast", "zcr")),
    Feature("mean chroma", ("chroma",)),
    Feature("vector for similarity", ("embedding",), "embedding:1"),
    Feature("fingerprint of a recording", ("fingerprint",), "embedding:1", "`tonearm library duplicates`"),
    Feature("tags of the file", ("tags",), "", "they are written (`tonearm tag`), and not passed on"),
    Feature("genre, by a model of one's own", (), "musicnn_mtt:1", "genres among 50 tags, by a network"),
)
