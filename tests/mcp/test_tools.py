"""What an assistant reads of a key and a tempo that are certain, uncertain and none at all."""

from __future__ import annotations

import pytest

from tests.support.assistant import results
from tests.support.certainty import REASONS, STATES, beats_result, key_result
from tonearm.mcp.tools import answer
from tonearm.results.analysis import Analysis


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("state", STATES)
def test_how_sure_it_is_and_codes_only_where_they_are_of_use(state: str, full: bool) -> None:
    key, beats = key_result(state), beats_result(state)
    found = results(answer(Analysis(results={"key": key, "beats": beats}, errors=[]), full))
    assert found["key"]["certainty"] == found["beats"]["certainty"] == state
    assert found["key"]["reason"] == found["beats"]["reason"] == REASONS[state]
    assert found["key"]["probability"] == key["probability"]
    assert found["beats"]["confidence"] == beats["confidence"]
    assert found["beats"]["alternatives"] == beats["alternatives"]
    assert len(found["key"]["alternatives"]) == len(key["alternatives"])
    if state == "certain":
        assert found["key"] == key
    else:
        for place in (found["key"], *found["key"]["alternatives"]):
            assert not {"camelot", "open_key"} & set(place)
            assert {"key", "scale", "probability"} <= set(place)
