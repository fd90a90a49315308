"""The models that somebody may have meant by a name that is none: what they measure has many names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tonearm.protocol.catalog import ModelCard

_MOST = 3
_ALMOST, _SOMEWHAT = 0.7, 0.5
_GROUP, _NOWHERE = 3, 4
"""The last two ranks of a word: in the group of a card, and not in it."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SYNONYMS = {
    "bitrate": "bit",
    "camelot": "key",
    "checksum": "digest",
    "genres": "genre",
    "harmony": "chords",
    "hash": "digest",
    "length": "duration",
    "lra": "range",
    "notes": "onset",
    "rms": "loudness",
    "style": "genre",
    "truepeak": "peak",
    "vocals": "voice",
    "volume": "loudness",
}
"""Words for what a model measures that its own card does not use, and one that it does."""


def suggestions(name: str, cards: Sequence[ModelCard]) -> tuple[str, ...]:
    """At most three names, with the version where it is not the default one, the likeliest first.

    That is models whose card has all words of the name, or else names that are spelled almost like it, or else models
    whose card has one of the words, or else names that are spelled somewhat like it.
    """
    words = [_singular(_SYNONYMS.get(word, word)) for word in _words(name)]
    ranked = [(card, _ranks(card, words)) for card in cards if card.variant_of is None]
    return (
        _best([(max(ranks), card) for card, ranks in ranked if ranks])
        or _spelled_like(name, cards, _ALMOST)
        or _best([(min(ranks), card) for card, ranks in ranked if ranks])
        or _spelled_like(name, cards, _SOMEWHAT)
    )


def _best(ranked: Sequence[tuple[int, ModelCard]]) -> tuple[str, ...]:
    """Those that can run here come first, and of a model's versions the best, or else the default."""
    # What has no more in common than the group is meant only if the group is.
    most = _GROUP if min((rank for rank, _ in ranked), default=_GROUP) == _GROUP else _GROUP - 1
    found = sorted(
        ((rank, card) for rank, card in ranked if rank <= most),
        key=lambda each: (each[1].unavailable is not None, each[0], not each[1].default),
    )
    versions: dict[str, str] = {}
    for _, card in found:
        versions.setdefault(card.name, card.name if card.default else f"{card.name}:{card.version}")
    return tuple(versions.values())[:_MOST]


def _spelled_like(name: str, cards: Iterable[ModelCard], cutoff: float) -> tuple[str, ...]:
    known = {each.lower().replace("-", "_") for card in cards for each in (card.name, *card.aliases)}
    return tuple(get_close_matches(name, sorted(known), _MOST, cutoff))


def _ranks(card: ModelCard, words: Iterable[str]) -> list[int]:
    """For each word, where in the card it stands: 0 for its names, then title, fields and units, and group."""
    places = [
        _words(" ".join((card.name, *card.aliases))),
        _words(card.title),
        _words(" ".join((*card.units, *card.units.values(), *card.result_schema.get("properties", {})))),
        _words(card.group),
    ]
    stems = [{_singular(word) for word in place} for place in places]
    return [next((rank for rank, place in enumerate(stems) if word in place), _NOWHERE) for word in words]


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _singular(word: str) -> str:
    return word.removesuffix("s")
