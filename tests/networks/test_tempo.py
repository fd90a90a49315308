"""TempoCNN's way of being fed and of answering, with a network in its place: its own weights are not to be had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.support.filter import run
from tests.support.media import tones
from tests.support.sounds import wav
from tonearm.networks.features import FRONT_ENDS, tempo_patches


def stand_in(folder: Path) -> None:
    """A network that answers with the index of the band in which a patch is loudest, as a tempo from 30 bpm up."""
    stem = "deeptemp-k16-3"
    (folder / stem).mkdir(parents=True)
    spread = np.zeros((40, 256), np.float32)
    spread[np.arange(40), np.arange(40)] = 10
    nodes = [
        helper.make_node("ReduceMean", ["input", "axes"], ["bands"], keepdims=0),
        helper.make_node("MatMul", ["bands", "spread"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["output"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tempo",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 40, 256, 1])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", 256])],
        [numpy_helper.from_array(np.array([2, 3]), "axes"), numpy_helper.from_array(spread, "spread")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, folder / stem / f"{stem}.onnx")
    metadata = {
        "name": "stand-in for TempoCNN",
        "classes": [str(bpm) for bpm in range(30, 286)],
        "schema": {
            "inputs": [{"name": "input", "shape": [-1, 40, -1, 1]}],
            "outputs": [{"name": "output", "shape": [256], "op": "Softmax", "output_purpose": "predictions"}],
        },
        "inference": {"sample_rate": 11025, "algorithm": "TempoCNN"},
    }
    (folder / stem / f"{stem}.json").write_text(json.dumps(metadata))


def test_patches_are_normalised_as_essentias() -> None:
    import essentia.standard as es

    patches = np.random.default_rng(0).uniform(0, 3, (3, 256, 40)).astype(np.float32)
    patches[1] = 2
    normalised = es.TensorNormalize(scaler="standard")(patches[:, None])
    expected = es.TensorTranspose(permutation=[0, 3, 2, 1])(normalised)
    np.testing.assert_allclose(tempo_patches(patches.transpose(0, 2, 1)), expected, atol=1e-5)


def test_the_tempo_of_most_patches_is_that_of_the_track(tmp_path: Path, models_dir: Callable[[Path], None]) -> None:
    stand_in(tmp_path)
    models_dir(tmp_path)
    high, low = (np.sin(2 * np.pi * hertz * np.arange(44_100 * 60) / 44_100)[None] * 0.5 for hertz in (3000, 200))
    sound = np.concatenate((high[:, : 44_100 * 20], low), axis=1)
    (result,) = run(wav(sound), "tempocnn").results.values()
    front = FRONT_ENDS["TempoCNN"]
    patches = (-(-80 * 11_025 // front.mel.hop) + 1 - front.size) // front.hop + 1
    assert len(result["local_bpm"]) == len(result["local_probability"]) == patches == 12
    assert result["bpm"] == max(result["local_bpm"], key=result["local_bpm"].count) == result["local_bpm"][-1]
    assert result["local_bpm"][0] > result["local_bpm"][-1] >= 30


def test_less_than_a_patch_is_an_error_that_says_how_much_is_needed(
    tmp_path: Path, models_dir: Callable[[Path], None]
) -> None:
    stand_in(tmp_path)
    models_dir(tmp_path)
    (error,) = run(wav(tones(44_100, 2, 5.0)), "deeptemp_k16").errors
    assert error["error"] == "The audio is too short: this network needs at least 11.8 s."
