"""What the numbers of a result look like in JSON."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tonearm.model import Result, quantity


class Part(BaseModel):
    start: float = quantity("s", "its beginning")


class Whole(Result):
    curve: tuple[list[float]] = quantity("LUFS", "a curve")
    gaps: list[float | None] = quantity("dB", "a curve with gaps")
    shares: dict[str, float] = quantity("1", "shares")
    step: float = quantity("s", "time between two values", decimals=9)
    parts: list[Part] = quantity("s", "parts")
    peak: float | None = quantity("dBTP", "a peak")
    count: int = quantity("1", "a count")
    name: str = quantity("key", "a name")
    unusual: float = quantity("furlong", "a unit of somebody's own")


class Share(Result):
    share: float = quantity("1", "a share")


def share(value: float) -> float:
    found: float = json.loads(Share(share=value).model_dump_json())["share"]
    return found


def test_each_number_has_the_digits_of_its_unit() -> None:
    result = Whole(
        curve=([-23.415571212768555, -0.001, 7.0],),
        gaps=[-60.123456, None, 1 / 3],
        shares={"a": 0.9966548681259155, "b": 2.185503717555548e-06, "c": 0.0},
        step=128 / 44_100,
        parts=[Part(start=0.7082086205482483), Part(start=1.43999999)],
        peak=None,
        count=123_456,
        name="Bb",
        unusual=1.23456789,
    )
    assert result.model_dump_json() == (
        '{"curve":[[-23.42,0.0,7.0]],"gaps":[-60.12,null,0.33],"shares":{"a":0.9967,"b":2.186e-6,"c":0.0},'
        '"step":0.002902494,"parts":[{"start":0.7082},{"start":1.44}],"peak":null,"count":123456,"name":"Bb",'
        '"unusual":1.23456789}'
    )
    # What computes with it has all of them.
    assert result.curve[0][0] == -23.415571212768555


@given(st.floats(1e-18, 1e15), st.sampled_from([-1, 1]))
def test_a_share_of_any_size_has_four_digits_that_count(size: float, sign: int) -> None:
    """As Python writes a number with four; half-way between two of them, either."""
    value = sign * size
    assert share(value) in {float(f"{value * nudge:.4g}") for nudge in (1 - 1e-15, 1, 1 + 1e-15)}


def test_the_smallest_numbers_stay_numbers() -> None:
    assert share(5e-324) == 0.0
    assert share(1.23456e-38) == 1.235e-38
