"""Models folders for tests: real networks, converted by the real command, and stand-ins made here."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import tonearm.networks


def convert(source: Path, cache: Path) -> Path:
    """`tonearm models convert` of a folder, unless that was done before with the same files and the same converter."""
    code = Path(tonearm.networks.__file__).parent
    everything = [*source.rglob("*.pb"), *source.rglob("*.json"), code / "frozen.py", code / "conversion.txt"]
    contents = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sorted(everything))
    folder = cache / hashlib.sha256(contents).hexdigest()[:16]
    with folder.with_suffix(".lock").open("w") as lock:
        # The tests run in several processes, and one conversion is enough.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            scratch = folder.with_suffix(".new")
            shutil.rmtree(scratch, ignore_errors=True)
            done = command("convert", str(source), folder=scratch)
            assert done.returncode == 0, done.stderr
            scratch.rename(folder)
    return folder


def command(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tonearm", "models", *arguments],
        env={**os.environ, "TONEARM_MODELS_DIR": str(folder), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def backbone(folder: Path, batch: int | None) -> None:
    """A network in EffNet's place, whose own weights are not to be had: of its shapes, and of no other merit."""
    styles = [f"{genre}---{style} {number}" for number in range(200) for genre, style in GENRES]
    _network(
        folder,
        "discogs-effnet-bs64-1",
        (batch or "batch", 128, 96),
        {"predictions": styles, "embeddings": 1280},
        algorithm="TensorflowPredictEffnetDiscogs",
    )


def head(folder: Path, stem: str, classes: Sequence[str], base: str = "discogs-effnet-bs64-1") -> None:
    """A network in the place of one that takes the embeddings of another."""
    width = 200 if base == "msd-musicnn-1" else 1280
    _network(folder, stem, ("batch", width), {"predictions": classes}, algorithm="TensorflowPredict2D", base=base)


def stand_ins(folder: Path) -> Path:
    """A models folder with two networks and heads on both. No list of classes is in the order of the alphabet."""
    backbone(folder, batch=None)
    _network(
        folder,
        "msd-musicnn-1",
        ("batch", 187, 96),
        {"predictions": [f"tag {50 - number}" for number in range(50)], "embeddings": 200},
        algorithm="TensorflowPredictMusiCNN",
    )
    styles = [f"{genre}---{style} {number}" for number in range(200) for genre, style in GENRES]
    head(folder, "genre_discogs400-discogs-effnet-1", styles)
    for stem, classes in HEADS.items():
        head(folder, stem, classes, "msd-musicnn-1" if "musicnn" in stem else "discogs-effnet-bs64-1")
    return folder


GENRES = (("Rock", "Punk"), ("Electronic", "House"))
HEADS = {
    "danceability-discogs-effnet-1": ("not_danceable", "danceable"),
    "mood_aggressive-discogs-effnet-1": ("not_aggressive", "aggressive"),
    "mood_relaxed-discogs-effnet-1": ("relaxed", "non_relaxed"),
    "mood_sad-discogs-effnet-1": ("sad", "non_sad"),
    "engagement_3c-discogs-effnet-1": ("low", "moderate", "high"),
    "gender-discogs-effnet-1": ("male", "female"),
    "voice_instrumental-discogs-effnet-1": ("voice", "instrumental"),
    "moods_mirex-msd-musicnn-1": ("rowdy", "cheerful", "wistful", "silly", "volatile"),
    "danceability-musicnn-msd-2": ("not_danceable", "danceable"),
    "mood_sad-musicnn-msd-2": ("sad", "non_sad"),
}


def _network(
    folder: Path,
    stem: str,
    shape: tuple[int | str, ...],
    outputs: Mapping[str, Sequence[str] | int],
    algorithm: str,
    base: str | None = None,
) -> None:
    """Weights and metadata of a network that multiplies the mean of its patch, or its embedding, by random numbers.

    `outputs` are by their purpose: the classes, or how many values.
    """
    generator = np.random.default_rng(5)
    target = folder / stem
    target.mkdir(parents=True)
    nodes, values = [], {}
    if len(shape) == 3:
        nodes.append(helper.make_node("ReduceMean", ["given", "time"], ["mean"], keepdims=0))
        values["time"] = np.array([1])
    told, described = [], []
    for purpose, classes in outputs.items():
        width = classes if isinstance(classes, int) else len(classes)
        weights = 0.1 * generator.standard_normal((int(shape[-1]), width))
        values[f"{purpose}_weights"] = weights.astype(np.float32)
        nodes.append(
            helper.make_node(
                "MatMul", ["mean" if "time" in values else "given", f"{purpose}_weights"], [f"{purpose}_sum"]
            )
        )
        nodes.append(
            helper.make_node("Identity" if isinstance(classes, int) else "Sigmoid", [f"{purpose}_sum"], [purpose])
        )
        told.append(helper.make_tensor_value_info(purpose, TensorProto.FLOAT, [shape[0], width]))
        described.append({"name": purpose, "shape": [64, width], "op": "Sigmoid", "output_purpose": purpose})
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info("given", TensorProto.FLOAT, shape)],
        told,
        [numpy_helper.from_array(array, name) for name, array in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.save(model, target / f"{stem}.onnx")
    metadata: dict[str, Any] = {
        "name": f"stand-in for {stem}",
        "version": "1",
        "classes": next((list(classes) for classes in outputs.values() if not isinstance(classes, int)), []),
        "schema": {"inputs": [{"name": "given", "shape": [64, *shape[1:]]}], "outputs": described},
        "inference": {"sample_rate": 16000, "algorithm": algorithm},
    }
    if base is not None:
        metadata["inference"]["embedding_model"] = {"model_name": base}
    (target / f"{stem}.json").write_text(json.dumps(metadata))


def tempo_stand_in(folder: Path) -> None:
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
