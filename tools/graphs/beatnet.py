"""Graphs of BeatNet's models, state dictionaries of PyTorch (.pt)."""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx

from tools.graphs.external import Graph

BANDS = 272
CELLS = 150
_KERNEL = 10
_GATES = ("input", "forget", "cell", "output")
"""In PyTorch's order."""
_ONNX_GATES = ("input", "output", "forget", "cell")
_LOCAL_HEADER = 30
"""Bytes of a file's header in a ZIP archive, before its name."""


def graph(file: Path) -> onnx.ModelProto:
    """Input `frames`: (n, 272). Output `beats`: (n, 3), probabilities of a beat, a downbeat, and neither.

    The LSTM's state goes in as `h0`, `c0`, `h1` and `c1`, (1, 1, 150) each, and comes out as `h0_after` and so on.
    """
    places = _tensors(file)
    made = Graph(file.name)

    def weight(name: str, gate: str | None = None) -> str:
        """A tensor, or the rows of one gate in it."""
        place = places[name]
        if gate is None:
            return made.weights(place.shape, place.offset)
        rows = place.shape[0] // len(_GATES)
        size = 4 * rows * (place.shape[1] if len(place.shape) > 1 else 1)
        return made.weights((rows, *place.shape[1:]), place.offset + _GATES.index(gate) * size)

    def gates(*names: str) -> str:
        """Whole tensors of gates one after another, each in ONNX's order, with an axis for its directions in front."""
        rows = [weight(name, gate) for name in names for gate in _ONNX_GATES]
        return made.node("Unsqueeze", [made.node("Concat", rows, axis=0), made.constant([0])])

    second = made.constant([1])
    tensor = made.node("Unsqueeze", ["frames", second])
    tensor = made.node("Relu", [made.node("Conv", [tensor, weight("conv1.weight"), weight("conv1.bias")])])
    tensor = made.node("Flatten", [made.node("MaxPool", [tensor], kernel_shape=[2], strides=[2])])
    tensor = made.node("Gemm", [tensor, weight("linear0.weight"), weight("linear0.bias")], transB=1)
    tensor = made.node("Unsqueeze", [tensor, second])
    state = [name for layer in (0, 1) for name in (f"h{layer}", f"c{layer}")]
    for layer in (0, 1):
        before = [f"h{layer}", f"c{layer}"]
        outputs = [f"lstm {layer}", *(f"{name}_after" for name in before)]
        weights = [gates(f"lstm.weight_{kind}_l{layer}") for kind in ("ih", "hh")]
        biases = gates(f"lstm.bias_ih_l{layer}", f"lstm.bias_hh_l{layer}")
        lstm = made.node("LSTM", [tensor, *weights, biases, "", *before], outputs, hidden_size=CELLS)
        tensor = made.node("Squeeze", [lstm, second])
    tensor = made.node("Squeeze", [tensor, second])
    logits = made.node("Gemm", [tensor, weight("linear.weight"), weight("linear.bias")], transB=1)
    made.node("Softmax", [logits], "beats", axis=-1)
    return made.model(
        {"frames": ("n", BANDS), **dict.fromkeys(state, (1, 1, CELLS))},
        {"beats": ("n", 3), **{f"{name}_after": (1, 1, CELLS) for name in state}},
        "Tonearm: tools/graphs/beatnet.py",
    )


@dataclass(frozen=True)
class _Place:
    """Of a tensor in the file: the byte at which it begins, and its shape in the order of C."""

    offset: int
    shape: tuple[int, ...]


def _tensors(file: Path) -> dict[str, _Place]:
    """Where each tensor of a state dictionary is: its archive stores them uncompressed."""
    with zipfile.ZipFile(file) as archive, file.open("rb") as raw:
        (listing,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]

        def begin(storage: str) -> int:
            entry = archive.getinfo(listing.replace("data.pkl", f"data/{storage}"))
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{file.name} is compressed")
            raw.seek(entry.header_offset)
            header = raw.read(_LOCAL_HEADER)
            lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
            return entry.header_offset + _LOCAL_HEADER + lengths

        class Places(pickle.Unpickler):
            """Makes places in place of tensors, and nothing else."""

            def find_class(self, module: str, name: str) -> Any:
                known = {"_rebuild_tensor_v2": _place, "OrderedDict": OrderedDict, "FloatStorage": float}
                return known[name]

            def persistent_load(self, identity: Any) -> int:
                return begin(identity[2])

        with archive.open(listing) as pickled:
            found: dict[str, _Place] = Places(pickled).load()
    return found


def _place(begin: int, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: object) -> _Place:
    expected = 1
    for size, step in zip(reversed(shape), reversed(stride), strict=True):
        if step != expected and size > 1:
            raise ValueError("a tensor that is not in the order of C")
        expected *= size
    return _Place(begin + 4 * offset, tuple(shape))
