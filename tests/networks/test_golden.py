"""Real networks against the outputs of essentia-tensorflow in ../shared/reference/neural_golden.json."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.support import shared
from tests.support.filter import run
from tonearm.audio.decode import Decoder
from tonearm.networks.session import Session
from tonearm.networks.store import Store
from tonearm.protocol.caps import Caps

pytestmark = [shared.needed, pytest.mark.release, pytest.mark.timeout(900)]
FILES = ["song/song-5min.mp3", "key/wtc1_01.ogg"]


def golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared.ROOT / "reference" / "neural_golden.json").read_text())
    return found


def beginning(name: str, seconds: int = 60) -> bytes:
    """The part of a recording that the golden values are of, as a WAV of floats."""
    with (shared.ROOT / "audio" / name).open("rb") as source:
        decoder = Decoder(source.read, Caps())
        decoder.recognise()
        rate = decoder.format.rate
        samples = np.concatenate(list(decoder.blocks()), axis=1)[:, : rate * seconds]
    file = io.BytesIO()
    soundfile.write(file, samples.T, rate, format="WAV", subtype="FLOAT")
    return file.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_networks_answer_as_in_essentia_tensorflow(
    name: str,
    installed: Path,
    models_dir: Callable[[Path], None],
    record_property: Callable[[str, object], None],
) -> None:
    models_dir(installed)
    expected = {
        "msd_musicnn:1": golden()["files"][name]["tags_mean"],
        "moods_mirex:1": golden()["files"][name]["moods_mirex_mean"],
        **{f"{task}:1": means for task, means in golden()["legacy_musicnn_msd_2"]["files"][name].items()},
    }
    assert len(expected) == 7
    results = run(beginning(name), ",".join([*expected, "embedding_msd_musicnn"])).results
    worst = 0.0
    for model, means in expected.items():
        found = results[model]["activations"]
        assert list(found) == list(means)
        worst = max(worst, *(abs(found[label] - means[label]) for label in means))
    record_property(f"networks on {name}, largest difference from essentia-tensorflow", f"{worst:.1e}")
    assert worst <= 1e-3
    embedding = results["embedding_msd_musicnn:1"]
    assert embedding["patches"] == golden()["files"][name]["patches"]
    assert len(embedding["embedding"]) == 200
    np.testing.assert_allclose(embedding["embedding"][:8], golden()["files"][name]["embedding_mean_first8"], atol=1e-2)


def test_heads_answer_as_in_essentia_tensorflow_to_the_same_embeddings(installed: Path) -> None:
    embeddings = np.random.default_rng(0).standard_normal((4, 1280)).astype(np.float32)
    outputs = golden()["heads_on_fixed_embeddings"]["outputs"]
    assert len(outputs) == 8
    packs = Store(installed).packs
    for task, expected in outputs.items():
        found = Session(packs[f"{task}-discogs-effnet-1"]).run(embeddings)
        np.testing.assert_allclose(found[:, : len(expected[0])], expected, atol=1e-4)


def test_every_network_was_checked_against_its_original_when_it_was_converted(installed: Path) -> None:
    store = Store(installed)
    assert len(store.packs) == 15
    assert not store.broken
    for pack in store.packs.values():
        provenance = store.provenance(pack.folder)
        assert provenance is not None
        assert provenance.difference is not None
        assert provenance.difference < 1e-4
        store.verify(pack)
