"""Sections that were found beside those that are there, as mir_eval scores them."""

from __future__ import annotations

from collections.abc import Sequence

import mir_eval.segment
import numpy as np
from numpy.typing import NDArray

from bench.structure.form import Section

NEAR, NEARER = 3.0, 0.5
"""Seconds that a border may be away."""
DROP_NEAR = 0.5


def borders_f(true: Sequence[Section], found: Sequence[Section], near: float) -> float:
    """Of borders between sections: the beginning and the end of the track count as none."""
    if len(found) < 2 or len(true) < 2:
        return float(len(found) == len(true))
    _, _, f = mir_eval.segment.detection(_intervals(true), _intervals(found), window=near, trim=True)
    return float(f)


def labels_f(true: Sequence[Section], found: Sequence[Section]) -> float:
    """Of pairs of moments with the same label."""
    last = true[-1].end
    ends = [*(section.end for section in found[:-1]), last]
    told = [
        Section(section.start, end, section.label)
        for section, end in zip(found, ends, strict=True)
        if section.start < end
    ]
    _, _, f = mir_eval.segment.pairwise(
        _intervals(true), [each.label for each in true], _intervals(told), [each.label for each in told]
    )
    return float(f)


def drops_f(true: Sequence[float], found: Sequence[float]) -> float:
    """Of drops within half a second; both lists are short, and no two drops are so near each other."""
    hits = sum(any(abs(time - other) <= DROP_NEAR for other in found) for time in true)
    return 2 * hits / (len(true) + len(found)) if true or found else 1.0


def _intervals(sections: Sequence[Section]) -> NDArray[np.float64]:
    return np.array([(section.start, section.end) for section in sections])
