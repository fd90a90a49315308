"""A network at work in onnxruntime."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np

# It reports its use to its makers over the network otherwise, and keeps a thread and a database for that.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort
from numpy.typing import NDArray

from tonearm.networks.pack import Pack, PackError

Floats = NDArray[np.float32]


def load(model: Path | bytes, data: Path | None = None) -> ort.InferenceSession:
    """A session on one thread. `data` is the folder with the external data of a model that is given as bytes.

    onnxruntime raises classes of its own for every kind of broken file.
    """
    options = ort.SessionOptions()
    # One thread: the cores are shared out among workers, and one request's network must not slow another's.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if data is not None:
        options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(data))
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class Session:
    """Runs batches through one network, on one thread.

    Raises PackError if the weights cannot be loaded or do not fit the metadata.
    """

    def __init__(self, pack: Pack) -> None:
        try:
            self._session = load(pack.weights)
        except Exception as error:  # see `load`
            raise PackError(f"{pack.weights.name} cannot be loaded: {str(error).splitlines()[0]}") from error
        given = self._session.get_inputs()[0]
        self._input = given.name
        self.shape: tuple[int | None, ...] = tuple(size if isinstance(size, int) else None for size in given.shape)
        """Shape of its input, the batch first; None for an axis of any length."""
        widths = {output.name: output.shape[-1] for output in self._session.get_outputs()}
        self._outputs = _find_outputs(pack, widths)
        self.widths = tuple(int(widths[name]) for name in self._outputs.values())
        predictions = self._outputs.get("predictions")
        if predictions and pack.classes and widths[predictions] != len(pack.classes):
            raise PackError(f"{pack.stem} gives {widths[predictions]} values, its metadata names {len(pack.classes)}.")

    @property
    def purposes(self) -> tuple[str, ...]:
        """What the columns of an answer are, in turn: `predictions`, `embeddings`, or both."""
        return tuple(self._outputs)

    @property
    def batch(self) -> int | None:
        """How many rows it takes at once; None for any number."""
        return self.shape[0]

    def run(self, rows: Floats) -> Floats:
        """From float32, shape (n, ...), to float32, shape (n, sum of `widths`), in the units of the network's outputs.

        If `batch` is fixed, n must not be larger. onnxruntime raises an exception of its own for any other shape.
        """
        count = len(rows)
        if self.batch is not None and count < self.batch:
            padding = np.zeros((self.batch - count, *rows.shape[1:]), np.float32)
            rows = np.concatenate((rows, padding))
        found = self._session.run(list(self._outputs.values()), {self._input: rows})
        return np.concatenate([np.reshape(each, (len(rows), -1))[:count] for each in found], axis=1, dtype=np.float32)


def optimise(weights: Path) -> None:
    """Fold constants and fuse operations in the file itself, as far as that holds on every machine.

    onnxruntime raises an exception of its own if it cannot load the file.
    """
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    better = weights.with_suffix(".optimised")
    options.optimized_model_filepath = str(better)
    ort.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    better.rename(weights)


@cache
def session(pack: Pack) -> Session:
    """The one session of a network in this process. Raises PackError as Session does."""
    return Session(pack)


def _find_outputs(pack: Pack, widths: dict[str, int]) -> dict[str, str]:
    """The output for each purpose, by the metadata's name, or by its width in an ONNX file of MTG's own."""
    wanted = {"predictions": pack.predictions, "embeddings": pack.embeddings}
    found: dict[str, str] = {}
    for purpose, name in wanted.items():
        if name is not None:
            close = [output for output in widths if _bare(output) == _bare(name)]
            found |= {purpose: close[0]} if close else {}
    if len(found) == sum(name is not None for name in wanted.values()):
        return found
    by_width = [name for name, width in widths.items() if width == len(pack.classes)]
    rest = [name for name in widths if name not in by_width]
    guessed = {}
    if pack.predictions is not None and by_width:
        guessed["predictions"] = by_width[0]
    if pack.embeddings is not None and rest:
        guessed["embeddings"] = rest[-1]
    if not guessed:
        raise PackError(f"{pack.weights.name} has none of the outputs that its metadata declares.")
    return guessed


def _bare(name: str) -> str:
    """`PartitionedCall:0` and `PartitionedCall` are one tensor; `PartitionedCall:1` is another."""
    return name.removesuffix(":0")
