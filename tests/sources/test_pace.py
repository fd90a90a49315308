from __future__ import annotations

import io

import av
import numpy as np
import pytest

from tests.support.media import Format, encode
from tonearm.sources.pace import SLOWEST, Pace


def test_a_body_is_too_slow_when_a_whole_window_was() -> None:
    pace = Pace(window_seconds=10, max_seconds=1000)
    assert pace.complaint(SLOWEST, 9.5) is None
    complaint = pace.complaint(SLOWEST, 0.5)
    assert complaint == "Less than 50 bytes per second arrived."


def test_each_window_is_measured_by_itself() -> None:
    pace = Pace(window_seconds=10, max_seconds=1000)
    assert pace.complaint(1_000_000, 10) is None
    assert pace.complaint(SLOWEST * 10, 10) is None
    assert pace.complaint(SLOWEST * 10 - 1, 10) is not None


def test_waiting_is_limited_in_total_however_fast_the_rest_comes() -> None:
    pace = Pace(window_seconds=10, max_seconds=25)
    assert pace.complaint(1_000_000, 17.5) is None
    assert pace.complaint(1_000_000, 17.5) is None
    assert "TONEARM_MAX_SECONDS" in (pace.complaint(1_000_000, 0.1) or "")


LOW_RATES = [
    Format("opus-6k", "ogg", "libopus", "flt", 48_000, "mono", bit_rate=6_000),
    Format(
        "opus-6k-60ms", "ogg", "libopus", "flt", 48_000, "mono", options=(("frame_duration", "60"),), bit_rate=6_000
    ),
    Format("mp3-8k", "mp3", "libmp3lame", "fltp", 16_000, "mono", bit_rate=8_000),
    Format("aac-8k", "adts", "aac", "fltp", 16_000, "mono", bit_rate=8_000),
    Format("flac", "flac", "flac", "s16", 8_000, "mono"),
]


@pytest.mark.release
@pytest.mark.parametrize("form", LOW_RATES, ids=str)
@pytest.mark.parametrize("level", [0, 0.1], ids=["silence", "noise"])
def test_live_audio_at_a_low_rate_is_fast_enough(form: Format, level: float) -> None:
    """Each packet comes when it has been recorded, without what its container adds."""
    sound = np.random.default_rng(1).normal(0, level, (1, 60 * form.rate)).astype(np.float32)
    pace = Pace(window_seconds=10, max_seconds=100)
    seconds = 0.0
    with av.open(io.BytesIO(encode(form, sound)), "r") as container:
        for packet in container.demux(audio=0):
            if packet.duration is not None and packet.time_base is not None and packet.size:
                seconds += float(packet.duration * packet.time_base)
                assert pace.complaint(packet.size, float(packet.duration * packet.time_base)) is None
    assert seconds > 50
