"""Graphs of the Keras models (.h5) of tempo-cnn and key-cnn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import onnx

from tools.graphs.external import Graph

_ACTIVATIONS = {"relu": "Relu", "softmax": "Softmax"}


def graph(file: Path) -> onnx.ModelProto:
    """Input `windows`: (n, bands, frames), standardised. Output `classes`: (n, classes), probabilities."""
    with h5py.File(file) as opened:
        return _graph(file.name, json.loads(opened.attrs["model_config"])["config"]["layers"], opened["model_weights"])


def _graph(name: str, layers: list[dict[str, Any]], weights: h5py.Group) -> onnx.ModelProto:
    """Each layer takes what the one before it gives."""
    made = Graph(name)
    first, *rest = layers
    bands = first["config"]["batch_input_shape"][1]
    tensor = made.node("Unsqueeze", ["windows", made.constant([1])])
    for layer in rest:
        tensor = _layer(made, layer["class_name"], layer["config"], tensor, weights)
    classes = made.node("Identity", [tensor], "classes")
    return made.model(
        {"windows": ("n", bands, "frames")}, {classes: ("n", "classes")}, "Tonearm: tools/graphs/keras.py"
    )


def _layer(made: Graph, kind: str, config: dict[str, Any], tensor: str, weights: h5py.Group) -> str:
    """Keras has the channels last, ONNX first."""

    def weight(name: str) -> str:
        group = weights[config["name"]]
        (path,) = [path for path in map(str, map(_text, group.attrs["weight_names"])) if f"/{name}:" in path]
        values = group[path]
        return made.weights(values.shape, values.id.get_offset())

    match kind:
        case "Conv2D":
            if config["padding"] != "same" or config["strides"] != [1, 1] or config["dilation_rate"] != [1, 1]:
                raise ValueError(f"{config} is a convolution that no graph was made for")
            before = [(size - 1) // 2 for size in config["kernel_size"]]
            after = [size // 2 for size in config["kernel_size"]]
            kernel = made.node("Transpose", [weight("kernel")], perm=[3, 2, 0, 1])
            found = made.node("Conv", [tensor, kernel, weight("bias")], pads=before + after)
            return made.node(_ACTIVATIONS[config["activation"]], [found])
        case "BatchNormalization":
            four = [weight(name) for name in ("gamma", "beta", "moving_mean", "moving_variance")]
            return made.node("BatchNormalization", [tensor, *four], epsilon=config["epsilon"])
        case "MaxPooling2D" | "AveragePooling2D":
            pool = "MaxPool" if kind.startswith("Max") else "AveragePool"
            return made.node(pool, [tensor], kernel_shape=config["pool_size"], strides=config["strides"])
        case "GlobalAveragePooling2D":
            return made.node("Flatten", [made.node("GlobalAveragePool", [tensor])])
        case "Activation":
            return made.node(_ACTIVATIONS[config["activation"]], [tensor])
        case "Dropout":
            return tensor
    raise ValueError(f"{kind} is a layer that no graph was made for")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
