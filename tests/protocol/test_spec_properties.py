"""The grammar of `models`, for any text."""

from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tonearm.errors import MalformedSpec
from tonearm.protocol.job import Value
from tonearm.protocol.spec import Spec, parse

_LETTERS = string.ascii_letters + string.digits
WORDS = st.text(_LETTERS + "_-", max_size=30).map(lambda rest: f"m{rest}")
TEXTS = st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True).filter(lambda text: _is_text(text))
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
SPECS = st.builds(Spec, WORDS, st.none() | st.integers(0, 999_999), st.dictionaries(WORDS, VALUES, max_size=4))
ALMOST = st.text("key:1(x=2,.5) \t-+_é\x00%", max_size=60)


def _is_text(text: str) -> bool:
    """Whether it would not be read as a truth value or a number."""
    if text in {"true", "false"}:
        return False
    try:
        float(text)
    except ValueError:
        return True
    return False


def written(spec: Spec) -> str:
    version = "" if spec.version is None else f":{spec.version}"
    pairs = (
        f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in spec.parameters.items()
    )
    return f"{spec.name}{version}" + (f"({','.join(pairs)})" if spec.parameters else "")


@given(st.text() | ALMOST)
@example("a(x=" + "9" * 100 + ")")
@example("a(x=nan)")
@example("a(" * 1000)
def test_any_text_is_read_or_malformed(text: str) -> None:
    with suppress(MalformedSpec):
        assert parse(text)


@pytest.mark.release
@given(st.lists(SPECS, min_size=1, max_size=6), st.sampled_from([",", ", ", " ,\t"]))
def test_what_is_written_is_read(specs: list[Spec], comma: str) -> None:
    assert parse(comma.join(written(spec) for spec in specs)) == specs
