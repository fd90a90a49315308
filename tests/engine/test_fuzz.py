"""Three hundred damaged files, the same ones each time; `make fuzz` runs as many others as there is time for."""

from __future__ import annotations

import asyncio

import pytest
from fuzz.corpus import synthesised
from fuzz.media import fuzz
from fuzz.mutate import case


@pytest.mark.release
def test_damaged_files_end_in_finished_or_are_refused() -> None:
    tally = asyncio.run(fuzz(synthesised(), seed=1, numbers=range(300)))
    assert [(find.case, find.made_of, find.what) for find in tally.finds] == []
    assert tally.cases == 300
    assert tally.outcomes["analysed"] > 100
    assert tally.outcomes["refused"] > 50


def test_a_case_is_made_again_by_its_seed_and_number() -> None:
    corpus = {"a": bytes(5000), "b": b"sound" * 1000}
    cases = [case(corpus, 7, number) for number in range(50)]
    assert cases == [case(corpus, 7, number) for number in range(50)]
    assert len({data for _, data in cases}) > 40
