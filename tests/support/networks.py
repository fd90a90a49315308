"""Models folders for tests: real networks, converted by the real command, and stand-ins made here."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
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
    stem = "discogs-effnet-bs64-1"
    target = folder / stem
    target.mkdir(parents=True)
    generator = np.random.default_rng(5)
    weights = {
        "embed": generator.standard_normal((96, 1280)).astype(np.float32),
        "style": (0.1 * generator.standard_normal((1280, 400))).astype(np.float32),
        "time": np.array([1]),
    }
    nodes = [
        helper.make_node("ReduceMean", ["melspectrogram", "time"], ["bands"], keepdims=0),
        helper.make_node("MatMul", ["bands", "embed"], ["embeddings"]),
        helper.make_node("MatMul", ["embeddings", "style"], ["logits"]),
        helper.make_node("Sigmoid", ["logits"], ["activations"]),
    ]
    rows: Any = batch or "batch"
    graph = helper.make_graph(
        nodes,
        "backbone",
        [helper.make_tensor_value_info("melspectrogram", TensorProto.FLOAT, [rows, 128, 96])],
        [
            helper.make_tensor_value_info("activations", TensorProto.FLOAT, [rows, 400]),
            helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [rows, 1280]),
        ],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), target / f"{stem}.onnx"
    )
    metadata = {
        "name": "stand-in for EffNet",
        "version": "1",
        "classes": [f"style {number}" for number in range(400)],
        "schema": {
            "inputs": [{"name": "serving_default_melspectrogram", "type": "float", "shape": [64, 128, 96]}],
            "outputs": [
                {"name": "PartitionedCall:0", "shape": [64, 400], "op": "Sigmoid", "output_purpose": "predictions"},
                {"name": "PartitionedCall:1", "shape": [64, 1280], "op": "Flatten", "output_purpose": "embeddings"},
            ],
        },
        "inference": {"sample_rate": 16000, "algorithm": "TensorflowPredictEffnetDiscogs"},
    }
    (target / f"{stem}.json").write_text(json.dumps(metadata))
