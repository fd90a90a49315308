"""Which recordings are of one style: by how their names begin, which says where they are from."""

from __future__ import annotations

from pathlib import Path

_STYLES = {
    "solo violin": ("bachviolin_",),
    "keyboard, rendered": ("wtc1_",),
    "song with piano, rendered": ("dichterliebe_", "muellerin_", "winterreise_"),
    "orchestra": ("baroque_", "cmh_Beethoven_Symphony7", "gig_isle_", "gig_peer_", "librosa_Kevin_MacLeod_-_P_I"),
    "piano": (
        *("cmh_Bach_", "cmh_Beethoven_Pathe", "cmh_Brahms_", "cmh_Chopin_", "cmh_Debussy_", "cmh_Mozart"),
        *("cmh_Scarlatti", "gig_Nocturne", "gig_gnossienne", "gig_prelude", "ssa_", "audiomuse_"),
    ),
    "hip hop": ("tgs_", "mj_", "gtzan_hiphop"),
    "drums": (
        *("smartplay_1", "smartplay_8", "smartplay_9"),
        *("lmms_rave_hihat", "lmms_rave_kick", "lmms_break", "lmms_electro"),
    ),
    "game music": ("sunnyskies_", "fnf_"),
    "Vocaloid and J-core": ("thumbsy_",),
    "speech": ("librosa_libri", "sms_speech"),
    "songs with guitar": ("us_",),
    "metal": ("gtzan_metal", "donna_johnny", "donna_chronic"),
}


def style_of(path: Path) -> str | None:
    """None where it is of no style that is known."""
    return next((style for style, names in _STYLES.items() if path.name.startswith(names)), None)
