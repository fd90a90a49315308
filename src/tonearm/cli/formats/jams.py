"""JAMS: annotations of one track for programs of music research.

E. J. Humphrey and others: JAMS: A JSON annotated music specification for reproducible MIR research. ISMIR 2014.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from tonearm._version import __version__
from tonearm.cli.backend import Outcome
from tonearm.cli.formats.output import line, write
from tonearm.cli.formats.track import track
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.results import music
from tonearm.results.requested import requested_models, spelled

_VERSION = "0.3.5"
_QUALITIES = {"": "maj", "m": "min", "m7": "min7"}
"""Of chords, where Harte's syntax, which JAMS has, differs from ours."""

Annotation = dict[str, Any]
Observation = tuple[float, float, Any, float | None]
"""Time and duration in seconds, value, and how likely it is, if that is known."""


class Jams:
    """Of one source: a document is about one track. It has what is uncertain too, with its confidence."""

    immediate: ClassVar[bool] = True

    def ready(self, catalog: Catalog, tasks: tuple[Task, ...]) -> None:
        self._models = requested_models(catalog, tasks)

    def write(self, outcome: Outcome) -> None:
        if not outcome.analysis.results:
            return
        about, seconds = track(outcome, uncertain=True), outcome.audio_seconds
        annotations = [
            _annotation(namespace, observations, seconds, spelled(each.task))
            for each in self._models
            if (result := each.result(outcome.analysis)) is not None
            for namespace, observations in _observations(result, seconds)
        ]
        metadata = {
            "title": about.title if about else outcome.source.name,
            "artist": (about.naming.artist if about else None) or "",
            "release": (about.naming.album if about else None) or "",
            "duration": seconds,
            "identifiers": {},
            "jams_version": _VERSION,
        }
        document = {"annotations": annotations, "file_metadata": metadata, "sandbox": {}}
        write(line(document))

    def end(self) -> None:
        """Nothing is kept."""


def _annotation(namespace: str, observations: Iterable[Observation], seconds: float, model: str) -> Annotation:
    fields = ("time", "duration", "value", "confidence")
    return {
        "namespace": namespace,
        "data": [dict(zip(fields, each, strict=True)) for each in observations],
        "annotation_metadata": {
            "corpus": "",
            "version": "",
            "annotation_rules": "",
            "validation": "",
            "data_source": "program",
            "curator": {"name": "", "email": ""},
            "annotator": {},
            "annotation_tools": f"Tonearm {__version__}, {model}",
        },
        "sandbox": {},
        "time": 0,
        "duration": seconds,
    }


def _observations(result: Mapping[str, Any], seconds: float) -> Iterator[tuple[str, list[Observation]]]:
    """Of a model's result, by namespace; nothing of a result that JAMS has no namespace for."""
    if "scale" in result:
        yield "key_mode", _keys(result, seconds)
    if ("tempo" in result or "bpm" in result) and (tempo := music.tempo(result)):
        yield "tempo", [(0.0, seconds, tempo, result["confidence"] if "certainty" in result else None)]
    if times := result.get("beats") or result.get("beat_positions"):
        numbers = result.get("beat_numbers") or [None] * len(times)
        yield "beat", [(time, 0.0, number, None) for time, number in zip(times, numbers, strict=True)]
    if "onsets" in result:
        yield "onset", [(time, 0.0, None, None) for time in result["onsets"]]
    if "chords" in result:
        yield (
            "chord",
            [
                (each["start"], each["end"] - each["start"], _chord(each["chord"]), each.get("probability"))
                for each in result["chords"]
            ],
        )


def _keys(result: Mapping[str, Any], seconds: float) -> list[Observation]:
    if result.get("sections"):
        return [
            (each["start"], each["end"] - each["start"], f"{each['key']}:{each['scale']}", each["probability"])
            for each in result["sections"]
        ]
    found = music.key(result)
    return [(0.0, seconds, f"{found.tonic}:{found.scale}" if found else "N", result.get("probability"))]


def _chord(name: str) -> str:
    found = re.fullmatch("([A-G][b#]?)(.*)", name)
    return name if found is None else f"{found[1]}:{_QUALITIES.get(found[2], found[2])}"
