"""`tonearm analyze --format labels` and `m3u`, beside the JSON of the same analysis."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import lines, tonearm
from tests.support.sounds import noise
from tonearm.results import music
from tonearm.sample import sample_track

MODELS = "beats,chords,key:2,onset_rate,silence"


def test_labels_are_the_results_over_time(tmp_path: Path) -> None:
    track = tmp_path / "track.wav"
    track.write_bytes(sample_track(12))
    (line,) = lines(tonearm("analyze", track, "-m", MODELS, "--format", "json").stdout).values()
    done = tonearm("analyze", track, "-m", MODELS, "-f", "labels")
    assert (done.returncode, done.stderr) == (0, b"")
    rows = [row.split("\t") for row in done.stdout.decode().splitlines()]
    labels = [(float(start), float(end), words) for start, end, words in rows]
    assert labels == sorted(labels)
    found = line["results"]
    beats, chords = found["beats"], [each for each in found["chords"]["chords"] if each["chord"] != "N"]
    silence = found["silence"]
    moments = [words for start, end, words in labels if start == end]
    assert len(moments) == len(beats["beats"]) + len(found["onset_rate"]["onsets"])
    # Without networks there are no bars, which begin with 1.
    assert sum(words.endswith(".1") for words in moments) == len(beats["downbeats"])
    stretches = {(start, end, words) for start, end, words in labels if start < end}
    assert stretches >= {(each["start"], each["end"], each["chord"]) for each in chords}
    for section in found["key"]["sections"]:
        assert (section["start"], section["end"], f"{section['key']} {section['scale']}") in stretches
    silences = sum(end - start for start, end, words in stretches if words == "silence")
    gaps = sum(gap["end"] - gap["start"] for gap in silence["gaps"])
    assert abs(silences - (silence["leading"] + silence["trailing"] + gaps)) < 1e-4


@pytest.mark.release
def test_a_playlist_goes_around_the_circle_and_leaves_out_what_failed(tmp_path: Path) -> None:
    for name in ("one", "#two"):
        (tmp_path / f"{name}.wav").write_bytes(sample_track(12))
    (tmp_path / "noise.wav").write_bytes(noise(seconds=12))
    (tmp_path / "words.mp3").write_bytes(b"no sound at all " * 99)
    found = lines(tonearm("analyze", tmp_path, "-m", "key:2,beats", "-f", "json").stdout)
    done = tonearm("analyze", ".", "-m", "key:2,beats", "-f", "m3u", cwd=tmp_path)
    head, *entries = done.stdout.decode().splitlines()
    assert head == "#EXTM3U"
    assert entries[::2] == ["#EXTINF:12,#two", "#EXTINF:12,one", "#EXTINF:12,noise"]
    # The noise has no certain key, and is behind those that have one.
    assert music.key(found[str(tmp_path / "one.wav")]["results"]["key"]) is not None
    assert [(tmp_path / path).exists() for path in entries[1::2]] == [True] * 3
    assert not any(path.startswith("#") for path in entries[1::2])
    assert done.returncode == 1
    assert "words.mp3" in done.stderr.decode()
