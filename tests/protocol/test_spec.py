from __future__ import annotations

import pytest

from tonearm.errors import MalformedSpec
from tonearm.protocol.spec import Spec, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key", [Spec("key", None, {})]),
        ("key:1", [Spec("key", 1, {})]),
        ("key,", [Spec("key", None, {})]),
        ("a(x=1) , ", [Spec("a", None, {"x": 1})]),
        (" key:1 ,\tbpm_degara ", [Spec("key", 1, {}), Spec("bpm_degara", None, {})]),
        ("loudness-ebur128", [Spec("loudness-ebur128", None, {})]),
        ("key,key", [Spec("key", None, {}), Spec("key", None, {})]),
        ("a:2(x=true)", [Spec("a", 2, {"x": True})]),
        ("a( x = 1 , y=0.5,z=fast),b", [Spec("a", None, {"x": 1, "y": 0.5, "z": "fast"}), Spec("b", None, {})]),
        ("a()", [Spec("a", None, {})]),
        ("a(x=1_0,y=1_0.5,z=snake_case)", [Spec("a", None, {"x": "1_0", "y": "1_0.5", "z": "snake_case"})]),
        ("a(x=nan,y=-inf,z=1e999)", [Spec("a", None, {"x": "nan", "y": "-inf", "z": "1e999"})]),
    ],
)
def test_reads(text: str, expected: list[Spec]) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "  ",
            ",",
            "key,,",
            "key,,bpm_degara",
            ",key",
            "key:",
            ":1",
            "key:one",
            "key:-1",
            "key 1",
            "ke/y",
            "key:1:2",
            "ключ",
            "key\x00",
        ],
        *["k" * 200, "a(", "a(x)", "a(x=)", "a(x=1", "a)x=1(", "a(x=1,x=2)", "a((x=1))"],
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(MalformedSpec):
        parse(text)
