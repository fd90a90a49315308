"""Models that cannot take audio of any length say so."""

from __future__ import annotations

import numpy as np
import pytest

from tonearm.errors import ModelError
from tonearm.model import PcmFormat
from tonearm.model.whole_signal import check_length
from tonearm.models.pitch_melody import PitchMelody


def test_the_melody_is_refused_past_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PitchMelody, "longest", 0)
    made = PitchMelody(PcmFormat(44_100, ("FC",)), PitchMelody.parameters())
    with pytest.raises(ModelError, match="at most 0 minutes"):
        made.feed(PitchMelody.features[0], np.zeros(1000, np.float32))


def test_the_limit_is_told() -> None:
    assert f"at most {PitchMelody.longest} minutes" in PitchMelody.description


def test_the_limit_itself_is_allowed() -> None:
    check_length("A title", 60 * 44_100, 1)
    with pytest.raises(ModelError, match="A title"):
        check_length("A title", 60 * 44_100 + 1, 1)
