"""The one door to Essentia's algorithms.

Its binding holds the GIL, is not safe across threads (MTG/essentia#1518) and carries state from one signal to the next
(MTG/essentia#1324): so algorithms are made here, fresh for each audio stream, and only in worker processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Algorithm = Callable[..., Any]


def algorithm(name: str, **parameters: str | float | bool) -> Algorithm:
    """A fresh Essentia algorithm of standard mode. The import is deferred: it takes a second, and models that do
    without Essentia also run where no wheel of it exists.
    """
    import essentia

    essentia.log.infoActive = False
    essentia.log.warningActive = False
    import essentia.standard

    made: Algorithm = getattr(essentia.standard, name)(**parameters)
    return made
