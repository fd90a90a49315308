"""Tracks that belong together, and their loudness as one programme."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tonearm.cli.backend import Outcome
from tonearm.cli.options import AlbumBy
from tonearm.cli.source import Kind, Source
from tonearm.results.analysis import Analysis


@dataclass(frozen=True)
class JointLoudness:
    """Of all tracks of an album; None for silence."""

    integrated: float | None
    """In LUFS."""
    true_peak: float | None
    """In dBTP."""


def joint_loudness(analyses: Iterable[Analysis]) -> JointLoudness:
    """Loudness with the gating blocks of all tracks together (ITU-R BS.1770-4), as libebur128's
    `ebur128_loudness_global_multiple` has it, and the highest true peak.
    """
    # Deferred: numpy takes a tenth of a second.
    import numpy as np

    from tonearm.algorithms.ebur128 import integrated_loudness, power

    results = [analysis["loudness_ebur128"] for analysis in analyses]
    blocks = [power(np.array([lufs for lufs in each["momentary_lufs"] if lufs is not None])) for each in results]
    peaks = [each["true_peak_dbtp"] for each in results if each["true_peak_dbtp"] is not None]
    return JointLoudness(integrated_loudness(np.concatenate(blocks)) if blocks else None, max(peaks, default=None))


class Albums:
    """Keeps outcomes until their album is whole. Sources outside of an album are one each."""

    def __init__(self, sources: Sequence[Source], by: AlbumBy | None) -> None:
        self._names = {source.name: album_of(source, by) if by else None for source in sources}
        self._missing: defaultdict[str, int] = defaultdict(int)
        for name in self._names.values():
            if name is not None:
                self._missing[name] += 1
        self._kept: defaultdict[str, list[Outcome]] = defaultdict(list)

    def take(self, outcome: Outcome) -> Iterator[tuple[Outcome, JointLoudness | None]]:
        """What is whole now: each of its outcomes, and the loudness of the album, if all of its tracks have one."""
        name = self._names[outcome.source.name]
        if name is None:
            yield outcome, None
            return
        self._kept[name].append(outcome)
        self._missing[name] -= 1
        if self._missing[name]:
            return
        tracks = self._kept.pop(name)
        whole = all(not each.analysis.broken_off and "loudness_ebur128" in each.analysis.results for each in tracks)
        loudness = joint_loudness(each.analysis for each in tracks) if whole else None
        yield from ((each, loudness) for each in tracks)


def album_of(source: Source, by: AlbumBy) -> str | None:
    """What its album is known by; None where it is in none."""
    if source.kind is not Kind.FILE:
        return None
    folder = os.path.dirname(os.path.abspath(source.name))
    if by is AlbumBy.FOLDER:
        return folder
    from tonearm.tags import TagError
    from tonearm.tags.naming import naming

    try:
        found = naming(source.name)
    except (TagError, OSError):
        return None
    if found.album is None:
        return None
    # Albums of one name are many, and the tracks of one may have different artists.
    return "\0".join((found.album, found.album_artist or folder))
