from __future__ import annotations

import pytest

from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import ModelCard
from tonearm.protocol.suggestions import suggestions

CARDS = catalog().cards
TEMPO = ("beats", "bpm_degara", "bpm_multifeature")
BPM = ("bpm_degara", "bpm_multifeature", "bpm_percival")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *(("bpm", BPM), ("tempo", TEMPO), ("song_tempo", TEMPO), ("rhythm", TEMPO)),
        *(("beat", TEMPO), ("beats", TEMPO), ("beat_positions", BPM[:2])),
        *((word, ("loudness_ebur128",)) for word in ("lufs", "lra", "r128", "ebur128", "loudness_range")),
        *((word, ("loudness_ebur128:2",)) for word in ("true_peak", "truepeak", "peak")),
        *((word, ("loudness_ebur128", "loudness_replaygain", "dynamic_complexity")) for word in ("loudness", "volume")),
        *((word, ("key",)) for word in ("camelot", "scale", "key_signature", "kee", "keys")),
        *(
            (word, ("audio",))
            for word in ("file", "format", "codec", "bitrate", "sample_rate", "checksum", "container")
        ),
        *((word, ("audio", "silence", "waveform")) for word in ("duration", "length")),
        ("genre", ("genre_discogs400", "genre_mtgjamendo")),
        ("arousal", ("arousal_valence",)),
        ("replay_gain", ("loudness_replaygain",)),
        ("bpm_degata", ("bpm_degara",)),
        ("timber", ("timbre",)),
        ("xyzzy", ()),
        ("_", ()),
    ],
)
def test_a_name_finds_what_is_meant(typed: str, meant: tuple[str, ...]) -> None:
    assert suggestions(typed, CARDS) == meant


def test_what_can_run_here_comes_first() -> None:
    def card(name: str) -> ModelCard:
        return next(card for card in CARDS if card.name == name)

    gone = card("bpm_degara").model_copy(update={"unavailable": "is not installed here."})
    assert suggestions("tempo", [gone, card("bpm_percival")]) == ("bpm_percival", "bpm_degara")


def test_no_cards() -> None:
    assert suggestions("key", ()) == ()
