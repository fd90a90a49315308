"""Networks as models: names, sharing, what is absent, and the contract of every model."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.support.filter import run
from tests.support.http import Server
from tests.support.media import tones
from tests.support.networks import HEADS, backbone
from tests.support.sounds import SOUNDS, wav
from tonearm.audio.pcm import PcmFormat
from tonearm.errors import UnknownModel
from tonearm.networks.features import RawNetworkOutput
from tonearm.networks.published import published
from tonearm.networks.store import Provenance
from tonearm.pipeline.graph import Graph
from tonearm.pipeline.registry import catalog, models
from tonearm.protocol.job import Task
from tonearm.protocol.spec import parse

UseFolder = Callable[[Path], None]

SERVICE = [
    *("genre_discogs400", "genre_discogs_400", "genre_mtgjamendo", "instrument_mtgjamendo", "mood_aggressive"),
    *("mood_happy", "mood_party", "mood_relaxed", "mood_sad", "danceability", "voice_instrumental", "gender"),
    *("tonal_atonal", "acousticness", "electronicness", "timbre", "approachability", "engagement", "arousal_valence"),
]
EIGHT = [
    *("danceability", "engagement_3c", "gender", "genre_discogs400"),
    *("mood_aggressive", "mood_relaxed", "mood_sad", "voice_instrumental"),
]


@pytest.fixture
def complete(networks: Path, tmp_path: Path, models_dir: UseFolder) -> Path:
    """Networks that this test may change."""
    folder = tmp_path / "models"
    shutil.copytree(networks, folder)
    models_dir(folder)
    return folder


@pytest.mark.parametrize("name", [*SERVICE, "mtt", "moodtheme", "top50tags", "fs_loop_ds", "tempocnn", "nsynth_reverb"])
def test_a_known_network_that_is_not_installed_says_how_to_get_it(name: str) -> None:
    with pytest.raises(UnknownModel, match=r"is not installed here: run `tonearm models pull \w+`"):
        catalog().resolve(parse(name))


@pytest.mark.parametrize(
    "name", ["danceability_audioset_vggish", "mtt-discogs_artist_embeddings-effnet-1", "embedding_discogs_effnet"]
)
def test_every_variant_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(UnknownModel, match="is not installed here"):
        catalog().resolve(parse(name))


def test_over_http_a_missing_network_is_400_and_listed_with_its_licence(server: Server) -> None:
    answer = server.analyze(b"", "genre_discogs400")
    assert answer.status == 400
    assert "is not installed here: run `tonearm models pull genre_discogs400`" in answer.detail
    listed = {card["name"]: card for card in server.get("/v1/models")[1]}
    assert listed["genre_discogs400"]["licence"] == "CC BY-NC-SA 4.0"
    assert "tonearm models pull" in listed["genre_discogs400"]["unavailable"]


def test_a_head_without_its_backbone_waits_for_it(complete: Path, models_dir: UseFolder) -> None:
    shutil.rmtree(complete / "discogs-effnet-bs64-1")
    models_dir(complete)
    with pytest.raises(UnknownModel, match="needs another network: run `tonearm models pull discogs-effnet"):
        catalog().resolve(parse("mood_aggressive_discogs_effnet"))


def test_a_task_means_its_best_variant_that_can_run(complete: Path, models_dir: UseFolder) -> None:
    card = next(card for card in catalog().cards if card.name == "danceability")
    assert card.description.startswith("danceability-discogs-effnet-1 ")
    shutil.rmtree(complete / "discogs-effnet-bs64-1")
    models_dir(complete)
    card = next(card for card in catalog().cards if card.name == "danceability")
    assert card.description.startswith("danceability-musicnn-msd-2 ")


@pytest.mark.usefixtures("complete")
def test_labels_are_in_the_order_of_the_metadata() -> None:
    results = run(SOUNDS["music"], ",".join([*EIGHT, "moods_mirex", "discogs_effnet"])).results
    for stem in ("danceability-discogs-effnet-1", "moods_mirex-msd-musicnn-1", "gender-discogs-effnet-1"):
        found = list(results[f"{stem.partition('-')[0]}:1"]["activations"])
        assert found == list(HEADS[stem])
        assert found != sorted(found)
    assert len(results["genre_discogs400:1"]["activations"]) == 400
    assert len(results["discogs_effnet:1"]["activations"]) == 400


@pytest.mark.usefixtures("complete")
def test_eight_heads_share_one_embedding() -> None:
    known = models()
    tasks = catalog().resolve(parse(",".join([*EIGHT, "embedding_discogs_effnet", "discogs_effnet"])))
    graph = Graph(PcmFormat(44_100, ("FL", "FR")), [(task, known[task.name, task.version]) for task in tasks])
    answering = [feature.pack.stem for feature in graph._nodes if isinstance(feature, RawNetworkOutput)]
    heads = [f"{name}-discogs-effnet-1" for name in EIGHT]
    assert sorted(answering) == sorted(["discogs-effnet-bs64-1", *heads])


def test_a_fixed_batch_gives_the_same_answers(complete: Path, tmp_path: Path, models_dir: UseFolder) -> None:
    sound = wav(tones(44_100, 2, 90.0))
    asked = "discogs_effnet,embedding_discogs_effnet,danceability"
    expected = run(sound, asked).results
    shutil.rmtree(complete / "discogs-effnet-bs64-1")
    backbone(complete, batch=64)
    models_dir(complete)
    found = run(sound, asked).results
    assert found["embedding_discogs_effnet:1"]["patches"] == expected["embedding_discogs_effnet:1"]["patches"] == 89
    for name in expected:
        a, b = (np.array(list(_numbers(each[name]))) for each in (expected, found))
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def _numbers(result: dict[str, object]) -> list[float]:
    values = result.get("activations") or result["embedding"]
    return list(values.values()) if isinstance(values, dict) else list(values)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("samples", "patches"), [(47_360, 0), (47_361, 1), (47_360 + 93 * 256, 1), (47_361 + 93 * 256, 2)]
)
def test_patches_begin_and_end_where_essentias_do(
    samples: int, patches: int, networks: Path, models_dir: UseFolder
) -> None:
    """essentia-tensorflow's TensorflowPredictMusiCNN gives no patch for 47360 samples at 16 kHz, and one for 47361."""
    models_dir(networks)
    outcome = run(wav(tones(16_000, 1, samples / 16_000)[:, :samples], 16_000), "embedding_msd_musicnn")
    if patches:
        assert outcome.results["embedding_msd_musicnn:1"]["patches"] == patches
    else:
        assert outcome.errors[0]["error"] == "The audio is too short: this network needs at least 3.0 s."


@pytest.mark.usefixtures("complete")
@pytest.mark.parametrize("sound", SOUNDS)
def test_every_network_keeps_the_contract_of_models(sound: str) -> None:
    keeps_the_contract(sound, known=24)


@pytest.mark.release
@pytest.mark.parametrize("sound", SOUNDS)
def test_every_real_network_keeps_the_contract_of_models(
    sound: str, installed: Path, tmp_path: Path, models_dir: UseFolder
) -> None:
    shutil.copytree(installed, tmp_path / "models")
    backbone(tmp_path / "models", batch=None)
    models_dir(tmp_path / "models")
    keeps_the_contract(sound, known=28)


def keeps_the_contract(sound: str, known: int) -> None:
    cards = [card for card in catalog().cards if card.network and not card.unavailable]
    assert len(cards) == known
    outcome = run(SOUNDS[sound], ",".join(f"{card.name}:{card.version}" for card in cards))
    assert outcome.statuses[0] == "started"
    assert outcome.statuses[-1] == "finished"
    assert len(outcome.events) == len(cards) + 2
    for card in cards:
        result = outcome.results.get(f"{card.name}:{card.version}")
        if result is None:
            assert sound in {"silence", "one sample", "0.1 s", "1 s", "192 kHz", "cut off"}
            continue
        Draft202012Validator(card.result_schema).validate(result)
        json.dumps(result, allow_nan=False)
    for error in outcome.errors:
        assert "too short" in error["error"]


def test_the_licence_of_weights_that_were_published_under_a_free_one_before(
    complete: Path, models_dir: UseFolder
) -> None:
    """Those of msd-musicnn-1, if they are the known ones. What others stand on does not change their own licence."""

    def isc() -> set[str]:
        return {card.name for card in catalog().cards if card.licence == "ISC" and not card.unavailable}

    assert isc() == set()
    models_dir(complete / "empty")
    absent = {card.name: card.licence for card in catalog().cards if card.unavailable}
    assert absent["msd_musicnn"] == absent["embedding_msd_musicnn"] == "ISC"
    assert absent["moods_mirex"] == "CC BY-NC-SA 4.0"
    known = next(each.weights_sha256 for each in published() if each.stem == "msd-musicnn-1")
    provenance = Provenance(sha256={}, source="somewhere", source_sha256=known)
    for stem in ("msd-musicnn-1", "moods_mirex-msd-musicnn-1"):
        (complete / stem / "provenance.json").write_text(provenance.model_dump_json())
    models_dir(complete)
    assert isc() == {"msd_musicnn", "embedding_msd_musicnn"}
    (complete / "msd-musicnn-1" / "provenance.json").write_text("{}")
    models_dir(complete)
    assert isc() == set()


def test_a_broken_network_costs_nobody_else(complete: Path, models_dir: UseFolder) -> None:
    (complete / "gender-discogs-effnet-1" / "gender-discogs-effnet-1.onnx").write_bytes(b"no network")
    (complete / "mood_sad-discogs-effnet-1" / "mood_sad-discogs-effnet-1.json").write_text("{}")
    models_dir(complete)
    outcome = run(SOUNDS["music"], "gender,key,danceability,mood_sad")
    assert set(outcome.results) == {"key:1", "danceability:1", "mood_sad:1"}
    assert [error["model_name"] for error in outcome.errors] == ["gender"]
    assert "cannot be loaded" in outcome.errors[0]["error"]


@pytest.mark.usefixtures("complete")
def test_a_task_is_plain_data() -> None:
    (task,) = catalog().resolve(parse("embedding_msd_musicnn"))
    assert Task.model_validate_json(task.model_dump_json()) == task
