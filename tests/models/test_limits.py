"""Models that cannot take audio of any length say so, and let go of what they held."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tonearm.errors import ModelError
from tonearm.model import Model, PcmFormat
from tonearm.model.whole_signal import WholeSignal, check_length
from tonearm.models.pitch_melody import PitchMelody
from tonearm.pipeline.registry import models

FORM = PcmFormat(44_100, ("FC",))
WHOLE: list[type[WholeSignal[Any]]] = [model for model in models().values() if issubclass(model, WholeSignal)]
MINUTE = np.zeros(44_100 * 60, np.float32)


def name_of(model: type[Model[Any]]) -> str:
    return model.name


@pytest.mark.parametrize("model", WHOLE, ids=name_of)
def test_a_track_past_the_limit_is_refused_at_once(model: type[WholeSignal[Any]]) -> None:
    made = model(FORM, model.parameters())
    for _ in range(model.longest):
        made.feed(model.features[0], MINUTE)
    with pytest.raises(ModelError, match=f"at most {model.longest} minutes"):
        made.feed(model.features[0], MINUTE[:1])
    assert not any(isinstance(value, list) and value for value in vars(made).values())


def test_the_melody_is_refused_past_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PitchMelody, "longest", 0)
    made = PitchMelody(FORM, PitchMelody.parameters())
    with pytest.raises(ModelError, match="at most 0 minutes"):
        made.feed(PitchMelody.features[0], MINUTE[:1000])


@pytest.mark.parametrize("model", [*WHOLE, PitchMelody], ids=name_of)
def test_the_limit_is_told(model: Any) -> None:
    assert f"at most {model.longest} minutes" in model.description


def test_the_limit_itself_is_allowed() -> None:
    check_length("A title", 60 * 44_100, 1)
    with pytest.raises(ModelError, match="A title"):
        check_length("A title", 60 * 44_100 + 1, 1)
