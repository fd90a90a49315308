"""Convert frozen TensorFlow graphs to ONNX. A script for an environment of its own, in which TensorFlow is installed.

    python frozen.py JOBS

JOBS is a file of JSON lines: {"graph": "x.pb", "onnx": "x.onnx", "check": "x.npz", "inputs": [...], "outputs": [...]}.
The check is what the original answers to random input, in the order of the outputs. For each job one JSON line is
printed: {"onnx": ...}, with "error" if it failed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf2onnx

OPSET = 17
BATCH = 3


def convert(graph: Path, onnx: Path, check: Path, inputs: list[str], outputs: list[str]) -> None:
    definition = tf.compat.v1.GraphDef.FromString(graph.read_bytes())
    names_in, names_out = [tensor(name) for name in inputs], [tensor(name) for name in outputs]
    model, _ = tf2onnx.convert.from_graph_def(
        definition, input_names=names_in, output_names=names_out, opset=OPSET, output_path=str(onnx)
    )
    generator = np.random.default_rng(0)
    given = {}
    for each in model.graph.input:
        shape = [size.dim_value or BATCH for size in each.type.tensor_type.shape.dim]
        given[each.name] = generator.standard_normal(shape).astype(np.float32)
    with tf.Graph().as_default() as original:
        tf.import_graph_def(definition, name="")
        with tf.compat.v1.Session(graph=original) as running:
            expected = running.run(names_out, given)
    np.savez(check, given=next(iter(given.values())), **{f"expected{n}": values for n, values in enumerate(expected)})


def tensor(name: str) -> str:
    return name if ":" in name else f"{name}:0"


def main() -> None:
    for line in Path(sys.argv[1]).read_text().splitlines():
        job: dict[str, Any] = json.loads(line)
        outcome = {"onnx": job["onnx"]}
        try:
            convert(Path(job["graph"]), Path(job["onnx"]), Path(job["check"]), job["inputs"], job["outputs"])
        except Exception as error:  # noqa: BLE001  # one graph that cannot be converted must not cost the others
            outcome["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
