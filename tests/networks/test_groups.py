"""Where people find a network: what it is about, and whether it is one of several for the same task."""

from __future__ import annotations

import pytest

from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import ModelCard


@pytest.fixture(scope="module")
def cards() -> dict[str, ModelCard]:
    return {card.name: card for card in catalog().cards}


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("tempo and rhythm", ["tempocnn", "deepsquare_k16", "bpm_degara"]),
        ("key and harmony", ["tonal_atonal", "tonal_atonal_audioset_vggish", "key"]),
        (
            "sound",
            ["acousticness", "electronicness", "gender", "instrument_mtgjamendo", "mood_acoustic_audioset_yamnet"],
        ),
        (
            "genre and tags",
            ["genre_discogs400", "genre_mtgjamendo", "msd_musicnn", "mtt", "top50tags", "discogs_effnet"],
        ),
        (
            "mood",
            ["mood_happy", "moods_mirex", "moodtheme", "danceability", "arousal_valence", "engagement_3c", "deam"],
        ),
        ("embeddings", ["embedding_msd_musicnn", "audioset_vggish", "discogs_artist_embeddings_effnet"]),
    ],
)
def test_networks_stand_with_what_is_of_their_kind(cards: dict[str, ModelCard], group: str, names: list[str]) -> None:
    assert {name: cards[name].group for name in names} == dict.fromkeys(names, group)


def test_a_full_name_tells_the_task_that_it_is_a_variant_of(cards: dict[str, ModelCard]) -> None:
    assert cards["danceability_msd_musicnn"].variant_of == "danceability"
    assert cards["mtg_jamendo_genre_discogs_effnet"].variant_of == "genre_mtgjamendo"
    assert cards["deeptemp_k4"].variant_of == "tempocnn"
    for name in ("danceability", "danceability_dfa", "tempocnn", "msd_musicnn", "embedding_discogs_effnet", "key"):
        assert cards[name].variant_of is None
    for card in cards.values():
        assert card.variant_of is None or cards[card.variant_of].group == card.group
