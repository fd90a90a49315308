from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import tonearm
from tests.support.redis import Redis


@pytest.mark.release
def test_a_healthy_machine() -> None:
    done = tonearm("doctor")
    told = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b""), told
    assert "FFmpeg" in told
    assert "the sample is WAV, 16 bit, 44.1 kHz, stereo, 1:00, as expected" in told
    assert "the sample is in A minor at 120.0 bpm, as expected" in told
    assert "the key is found by signal processing, the tempo by signal processing" in told
    assert "x realtime per core" in told
    assert " broken " not in told


@pytest.mark.release
def test_what_is_broken_is_said_and_the_rest_is_looked_at_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "somebody's[network]").mkdir()
    done = tonearm(
        "doctor",
        TONEARM_MODELS_DIR=str(tmp_path),
        TONEARM_RATE_LIMIT_STORAGE="redis://:a-password@127.0.0.1:1/0",
        TONEARM_WORKER="3",
        TONEARM_API_KEY="ta_secret",
    )
    told = done.stdout.decode()
    assert done.returncode == 1
    assert "broken somebody's[network] has 0 metadata files" in told
    assert "broken it does not answer" in told
    assert "Did you mean TONEARM_WORKERS?" in told
    assert "as expected" in told
    assert "a-password" not in told
    assert "ta_secret" not in told


def test_a_setting_that_makes_no_sense() -> None:
    done = tonearm("doctor", TONEARM_PORT="many", TONEARM_QUEUE="-1")
    told = done.stdout.decode()
    assert done.returncode == 1
    assert "broken TONEARM_PORT: " in told
    assert "broken TONEARM_QUEUE: " in told


@pytest.mark.release
def test_a_redis_that_answers() -> None:
    with Redis.on_a_free_port() as redis:
        redis.start()
        done = tonearm("doctor", TONEARM_RATE_LIMIT_STORAGE=redis.url)
    assert done.returncode == 0
    assert "ok     it answers" in done.stdout.decode()
