"""How often networks with a free licence are right about the labelled recordings in ../shared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.networks.free.conftest import Installed
from tests.support import shared
from tests.support.filter import run
from tonearm.algorithms.rhythm.tempo_classes import SLOWEST
from tonearm.audio.decode import Decoder
from tonearm.features import DecodedPcm, Feature
from tonearm.networks.free import vibes
from tonearm.networks.free.key import KeyClasses
from tonearm.networks.free.tempo import TempoClasses, TempoNetworkName
from tonearm.networks.free.vibes import FIELDS, Vibes
from tonearm.protocol.caps import Caps

pytestmark = [shared.needed, pytest.mark.release]
UseFolder = Callable[[Path], None]
Record = Callable[[str, object], None]

NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


def mean_of(feature: Feature, path: str, gain: float = 1) -> NDArray[Any]:
    """The mean over windows of a feature of a recording, played at that gain."""
    with Path(path).open("rb") as source:
        decoder = Decoder(source.read, Caps())
        decoder.recognise()
        features = [feature]
        while not isinstance(before := features[0].source, DecodedPcm):
            assert before is not None
            features.insert(0, before)
        chain = [each.extractor(decoder.format) for each in features]
        found = []
        for block in decoder.blocks():
            values = block * np.float32(gain)
            for extractor in chain:
                values = extractor.feed(values)
            found.append(values)
        for place, ending in enumerate(chain):
            values = ending.finish()
            for extractor in chain[place + 1 :]:
                values = extractor.feed(values)
            found.append(values)
    return np.asarray(np.concatenate(found).mean(axis=0))


@pytest.mark.parametrize(("network", "share"), [("deeptemp_k8", 0.8), ("shallowtemp_k2", 0.7)])
def test_tempo(
    network: TempoNetworkName, share: float, installed: Installed, models_dir: UseFolder, record_property: Record
) -> None:
    """Within 4 %, and within 4 % of it or its double, half, triple or third."""
    models_dir(installed("tempocnn"))
    right = []
    for row in shared.table("tempo"):
        classes = mean_of(TempoClasses(network), row["path"])
        ratio = (classes.argmax() + SLOWEST) / float(row["bpm"])
        right.append(
            [any(abs(ratio / each - 1) <= 0.04 for each in allowed) for allowed in ((1,), (1, 2, 0.5, 3, 1 / 3))]
        )
    once, octave = np.mean(right, axis=0)
    record_property(f"{network}, tempo of {len(right)} recordings", f"{once:.2f}, but for octaves {octave:.2f}")
    assert once >= share
    assert octave >= 0.9


def test_key(installed: Installed, models_dir: UseFolder, record_property: Record) -> None:
    """Weighted as in MIREX: a fifth off counts 0.5, the relative key 0.3, the parallel key 0.2."""
    models_dir(installed("keycnn"))
    weights = []
    for row in shared.table("key"):
        tonic, scale = row["key"].split()
        expected = NOTES.index(FLATS.get(tonic, tonic)) + 12 * (scale == "minor")
        found = int(mean_of(KeyClasses("winterreise_v_fold0"), row["path"]).argmax())
        weights.append(_weight(expected, found))
    record_property(f"winterreise_v_fold0, key of {len(weights)} recordings, weighted", f"{np.mean(weights):.2f}")
    assert np.mean(weights) >= 0.75


def _weight(expected: int, found: int) -> float:
    apart = (found - expected) % 12
    same_scale = found // 12 == expected // 12
    relative = 9 if expected < 12 else 3
    if same_scale:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(apart, 0.0)
    return {0: 0.2, relative: 0.3}.get(apart, 0.0)


def test_voice(installed: Installed, models_dir: UseFolder, record_property: Record) -> None:
    """Speech is heard as speech and music is not, and what is sung is less instrumental than what is not."""
    models_dir(installed("vibenet"))
    rows = [
        (row["label"], run(Path(row["path"]).read_bytes(), "vibenet").results["vibenet:1"])
        for row in shared.table("voice")
    ]

    def of(field: str, *labels: str) -> list[float]:
        return [result[field] for label, result in rows if label in labels]

    speech, music = of("speechiness", "speech"), of("speechiness", "instrumental", "vocal_music")
    sung, played = of("instrumentalness", "vocal_music"), of("instrumentalness", "instrumental")
    record_property("vibenet, speechiness of speech and of music", f"{min(speech):.2f} up, {max(music):.2f} at most")
    record_property(
        "vibenet, median instrumentalness sung and played", f"{np.median(sung):.2f}, {np.median(played):.2f}"
    )
    assert np.median(speech) > 0.4 > max(music)
    assert max(sung) < min(played)


def test_vibes_at_two_levels(
    installed: Installed, models_dir: UseFolder, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Beside VibeNet's own package, which does not scale its windows: at 12 dB less it answers otherwise."""
    models_dir(installed("vibenet"))
    rows = [row for row in shared.table("voice") if row["label"] in {"speech", "vocal_music", "instrumental"}]

    def both() -> NDArray[Any]:
        """Shape (2, recordings, fields)."""
        return np.array([[mean_of(Vibes(), row["path"], gain) for row in rows] for gain in (1, 0.25)])

    ours = both()
    monkeypatch.setattr(vibes, "levelled", lambda power: power)
    package = both()
    np.testing.assert_allclose(ours[1], ours[0], atol=0.01)
    labels = np.array([row["label"] for row in rows])
    for field, high, low in (("instrumentalness", "instrumental", "vocal_music"), ("speechiness", "speech", "other")):
        kind = labels == high
        others = ~kind if low == "other" else labels == low
        values = [each[level, :, FIELDS.index(field)] for each in (ours, package) for level in (0, 1)]
        right, _, package_right, package_quiet = (float((each[kind][:, None] > each[others]).mean()) for each in values)
        told = f"{right:.3f}, of the package {package_right:.3f}, and {package_quiet:.3f} at 12 dB less"
        record_property(f"vibenet, AUC of {field}, {kind.sum()} against {others.sum()}", told)
        assert right >= max(0.9, package_quiet)
    for place, field in enumerate(FIELDS):
        apart = np.abs(package[1] - package[0])[:, place]
        record_property(
            f"vibenet, {field} at 12 dB less, of the package",
            f"{apart.mean():.2f} off, at most {apart.max():.2f}; ours {np.abs(ours[1] - ours[0])[:, place].max():.3f}",
        )


def test_speech(installed: Installed, models_dir: UseFolder, record_property: Record) -> None:
    """Of speech most is found, of instruments and animals next to nothing, and of songs something of anything."""
    models_dir(installed("silero"))
    shares: dict[str, list[float]] = {}
    for row in shared.table("voice"):
        found = run(Path(row["path"]).read_bytes(), "speech").results["speech:1"]
        shares.setdefault(row["label"], []).append(found["share"])
    for label, found in shares.items():
        record_property(f"speech, share of {len(found)} of {label}", f"{min(found):.2f} to {max(found):.2f}")
    assert min(shares["speech"]) > 0.8
    assert max(shares["instrumental"] + shares["non_music"]) < 0.05
