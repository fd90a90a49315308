"""Chords frame by frame, of progressions that are played here."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.progressions import played
from tonearm.algorithms.harmony.vocabulary import CHORDS
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Mono
from tonearm.features.chord_frames import ChordFrames
from tonearm.features.constant_q import KEYCNN_CQT

RATE = 44_100
PROGRESSION = ["C", "Am", "Dm", "G7"]
SECONDS = 2.0


def magnitudes(times: int) -> Block:
    pcm = PcmFormat(RATE, ("FC",))
    mono, transform = Mono(KEYCNN_CQT.rate).extractor(pcm), KEYCNN_CQT.extractor(pcm)
    samples = played(PROGRESSION * times, SECONDS)[None].astype(np.float32)
    blocks = [transform.feed(mono.feed(samples)), transform.feed(mono.finish()), transform.finish()]
    return np.concatenate(blocks)


def decoded(frames: Block, size: int) -> list[Block]:
    extractor = ChordFrames().extractor(PcmFormat(RATE, ("FC",)))
    blocks = [extractor.feed(frames[at : at + size]) for at in range(0, len(frames), size)]
    return [*blocks, extractor.finish()]


def test_each_frame_has_its_chord() -> None:
    frames = magnitudes(4)
    found = np.concatenate(decoded(frames, len(frames)))
    assert found.shape == (len(frames), 2)
    assert found.dtype == np.float32
    times = np.arange(len(frames)) * KEYCNN_CQT.hop / KEYCNN_CQT.rate
    expected = [CHORDS.index(PROGRESSION[int(time / SECONDS) % 4]) for time in times]
    assert np.mean(found[:, 0] == expected) > 0.85
    assert found[found[:, 0] == expected, 1].mean() > 0.8


@pytest.mark.parametrize("size", [1, 37, 1000])
def test_what_is_found_does_not_depend_on_the_blocks(size: int) -> None:
    frames = magnitudes(16)
    blocks = decoded(frames, size)
    assert np.array_equal(np.concatenate(blocks), np.concatenate(decoded(frames, len(frames))))
    # Of 128 s, the first 90 are told before the end.
    assert len(blocks[-1]) < len(frames) / 2
