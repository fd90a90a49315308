"""What `tonearm tag` would write into one file, and why it leaves the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from tonearm.cli.album import JointLoudness
from tonearm.cli.backend import Outcome
from tonearm.results.music import KeyNotation
from tonearm.tags import Field, Values, opened

_MOST = 60


@dataclass(frozen=True)
class Change:
    tag: str
    now: str | None
    new: str | None
    """The same as now where nothing is written."""
    note: str = ""


@dataclass(frozen=True)
class Choice:
    """What somebody wants to have in their tags."""

    fields: Collection[Field] = frozenset(Field)
    notation: KeyNotation = KeyNotation.MUSICAL
    uncertain: bool = False
    overwrite: bool = False


def changes(outcome: Outcome, choice: Choice, album: JointLoudness | None = None) -> list[Change]:
    """Every tag that the analysis can fill. Raises TagError and OSError."""
    file = opened(outcome.source.name)
    found = Values.of(outcome.analysis, choice.notation).only(choice.fields)
    if album is not None and Field.GAIN in choice.fields:
        found = replace(found, album_loudness=album.integrated, album_true_peak=album.true_peak)
    certain = file.wanted(found.certain(outcome.analysis))
    probabilities: dict[str, float] = {}
    if found.bpm is not None or found.grid is not None:
        of_tempo = file.wanted(Values(bpm=found.bpm, grid=found.grid))
        probabilities |= dict.fromkeys(of_tempo, outcome.analysis["beats"]["confidence"])
    if found.key is not None:
        probabilities |= dict.fromkeys(file.wanted(Values(key=found.key)), outcome.analysis["key"]["probability"])
    told = []
    for tag, value in file.wanted(found).items():
        now = file.get(tag)
        doubtful = tag not in certain and not choice.uncertain
        kept = now is not None and now != value and not choice.overwrite
        notes = (
            f"{shortened(value)} is uncertain" if tag not in certain else "",
            f"{shortened(value)} is found, and the tag is kept" if kept and not doubtful and tag in certain else "",
            f"{100 * probabilities[tag]:.0f} %" if tag in probabilities else "",
        )
        told.append(Change(tag, now, now if doubtful or kept else value, ", ".join(filter(None, notes))))
    return told


def shortened(value: str) -> str:
    """For people: the grid of a tempo that changes is as long as the track."""
    return value if len(value) <= _MOST else f"{value[:_MOST]} …"


def to_write(changes: Iterable[Change]) -> dict[str, str]:
    """The tags that are to be set."""
    return {change.tag: change.new for change in changes if change.new is not None and change.new != change.now}
