"""From what a model takes for likely to how often it is right."""

from __future__ import annotations

from math import exp

_EDGE = 1e-6


def calibrated(probability: float, offset: float, slope: float) -> float:
    """The probability whose log odds are `offset` + `slope` times those of the one that is given, 0 to 1.

    J. Platt: Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods. 1999.
    """
    inside = min(max(probability, _EDGE), 1 - _EDGE)
    odds: float = exp(offset) * (inside / (1 - inside)) ** slope
    return odds / (1 + odds)
