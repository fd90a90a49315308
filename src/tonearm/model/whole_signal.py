"""The limit of models that cannot take audio of any length."""

from __future__ import annotations

from tonearm.errors import ModelError
from tonearm.features import ANALYSIS_RATE, Block


def check_length(title: str, samples: int, longest: int, *held: list[Block]) -> None:
    """Raises ModelError, and empties the lists in `held`, if there are more `samples` than `longest` minutes have."""
    if samples > longest * 60 * ANALYSIS_RATE:
        for values in held:
            values.clear()
        raise ModelError(f"{title}: this is computed for at most {longest} minutes of audio, and here are more.")
