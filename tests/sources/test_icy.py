from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.radio import block, interleaved
from tonearm.sources.icy import IcyMetadata

SOUND = random.Random(1).randbytes(50_000)
TITLES = {0: "Ä - It's; 'here'", 3: "", 7: "x" * 3000}


def without(data: bytes, interval: int | None, cuts: list[int] | None = None) -> bytes:
    """What is left of the data, given in pieces that end at the cuts."""
    metadata = IcyMetadata(interval)
    ends = [0, *sorted(cuts or []), len(data)]
    audio = b"".join(metadata.audio(data[start:end]) for start, end in pairwise(ends))
    return audio + metadata.end()


@given(
    known=st.booleans(),
    interval=st.integers(256, 20_000),
    cuts=st.lists(st.integers(0, 60_000), max_size=40),
    length=st.integers(0, len(SOUND)),
)
def test_the_audio_is_as_it_was(known: bool, interval: int, cuts: list[int], length: int) -> None:
    sound = SOUND[:length]
    stream = interleaved(sound, interval, TITLES)
    assert without(stream, interval if known else None, [min(cut, len(stream)) for cut in cuts]) == sound


@pytest.mark.parametrize("interval", [None, 256, 16_000])
@pytest.mark.parametrize(
    "sound",
    [
        b"",
        b"StreamTitle='",
        SOUND.replace(b"\0", b"\1"),
        SOUND[:500] + b"\7StreamTitle='" + SOUND[500:],
        SOUND[:500] + b"\0StreamTitle='a';" + SOUND[500:],
    ],
    ids=["nothing", "only its beginning", "sound", "a title that does not fill its length", "a title of no length"],
)
def test_what_has_no_metadata_stays_as_it_is(interval: int | None, sound: bytes) -> None:
    assert without(sound, interval) == sound


def test_text_in_other_words_is_metadata_where_a_header_says_so() -> None:
    text = block("adw_ad='true';durationMilliseconds='15000';")
    assert without(SOUND[:1000] + text + SOUND[1000:1500], 1000) == SOUND[:1500]


def test_a_stream_that_ends_in_a_title() -> None:
    title = block("StreamTitle='cut off';")
    for kept in range(14, len(title)):
        assert without(SOUND[:1000] + title[:kept], None) == SOUND[:1000]


def test_a_recording_with_a_gap_goes_on_at_the_next_title() -> None:
    """Blocks without text cannot be told from sound until then."""
    stream = interleaved(SOUND, 1000, {0: "one", 20: "two", 21: "two"})
    gap = slice(5_500, 5_900)
    found = without(stream[: gap.start] + stream[gap.stop :], None)
    # Fifteen blocks behind the gap, of one byte each, were taken for sound.
    assert len(found) == len(SOUND) - (gap.stop - gap.start) + 15
    assert found.startswith(SOUND[:5400])
    assert found.endswith(SOUND[21_000:])


def test_an_interval_that_is_too_short_to_be_one_is_none() -> None:
    assert without(SOUND, 1) == SOUND
