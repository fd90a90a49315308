"""Who is asked for sections: each is a function from a file to what it finds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bench import ask_sonara
from bench.structure.form import Section
from tonearm import analyze


@dataclass(frozen=True)
class Found:
    sections: list[Section]
    labelled: bool
    drops: list[float] | None = None


def tonearm(path: Path) -> Found:
    (result,) = analyze(path, "sections:1").results.values()
    sections = result["sections"]
    # A variant has the letter of what it varies.
    found = [Section(each["start"], each["end"], each["label"].rstrip("'")) for each in sections]
    return Found(found, True, [each["start"] for each in sections if each["role"] == "drop"])


def sonara(path: Path) -> Found:
    """It gives segments without labels, and no drops."""
    result = ask_sonara.sonara(path, ["structure"])
    return Found([Section(each["start_sec"], each["end_sec"], "") for each in result["segments"]], False)


def eight_bars(path: Path) -> Found:
    """What needs no listening but to the bars: sections of eight, all alike."""
    (result,) = analyze(path, "beats:1").results.values()
    marks = [0.0, *(result["downbeats"][8::8]), result["downbeats"][-1] if result["downbeats"] else 1.0]
    marks = sorted(set(marks))
    return Found([Section(start, end, "A") for start, end in itertools.pairwise(marks)], True)


SYSTEMS: dict[str, Callable[[Path], Found]] = {
    "`sections:1`": tonearm,
    "sonara": sonara,
    "every eight bars": eight_bars,
}


def version_of_sonara() -> str:
    return metadata.version("sonara")
