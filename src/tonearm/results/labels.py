"""Results as labels: stretches and moments of a track, and what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tonearm.results.analysis import Analysis


class Label(NamedTuple):
    """In seconds; a moment ends where it starts."""

    start: float
    end: float
    words: str


def labels(analysis: Analysis) -> list[Label]:
    """Beats, chords, keys, sections, onsets, speech and silence of all results, in the order of time."""
    return sorted(label for result in analysis.results.values() for label in _of(result))


def _of(result: Mapping[str, Any]) -> Iterator[Label]:
    # Without networks there are beats and no bars.
    if result.get("bar_numbers"):
        for time, bar, beat in zip(result["beats"], result["bar_numbers"], result["beat_numbers"], strict=True):
            yield Label(time, time, f"{bar}.{beat}")
    else:
        yield from _numbered(result.get("beats", ()))
    yield from _numbered(result.get("beat_positions", ()))
    yield from _numbered(result.get("onsets", ()))
    for chord in result.get("chords", ()):
        if chord["chord"] != "N":
            yield Label(chord["start"], chord["end"], chord["chord"])
    for section in result.get("sections", ()):
        # Both the keys over time and the form are called so.
        words = section["label"] if "label" in section else f"{section['key']} {section['scale']}"
        yield Label(section["start"], section["end"], " ".join(filter(None, (words, section.get("role")))))
    for segment in result.get("segments", ()):
        yield Label(segment["start"], segment["end"], "speech")
    if "gaps" in result:
        yield from _silences(result)


def _numbered(times: Iterable[float]) -> Iterator[Label]:
    for number, time in enumerate(times, 1):
        yield Label(time, time, str(number))


def _silences(result: Mapping[str, Any]) -> Iterator[Label]:
    duration = result["duration"]
    leading, trailing = result["leading"], result["trailing"]
    stretches = [(0.0, leading), *((gap["start"], gap["end"]) for gap in result["gaps"])]
    if leading < duration:
        stretches.append((duration - trailing, duration))
    for start, end in stretches:
        if end > start:
            yield Label(start, end, "silence")
