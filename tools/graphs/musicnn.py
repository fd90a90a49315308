"""Graphs of musicnn's models, checkpoints of TensorFlow (.data, whose .index says where each tensor is)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx

from tools.graphs.external import Graph

FRAMES, BANDS = 187, 96
_LANES = 16
"""Channels that onnxruntime computes at once: with a multiple of it, convolution and pooling need no reordering."""
_TIMBRAL = (38, 67)
"""Bands under a filter that is 7 frames long."""
_TEMPORAL = (128, 64, 32)
"""Frames under a filter of one band."""


def graph(data: Path) -> onnx.ModelProto:
    """Made of a .data file and the .index beside it.

    Input `mel`: (n, 187, 96), log10(1 + 10000 power). Outputs `tags`, (n, 50), and `embedding`, (n, 200).

    The embedding is what the second last layer gives before its ReLU, as in MTG's conversion of the same weights. Max
    pooling comes before batch normalisation, as in `tonearm.networks.frozen`, which saves a fifth of the time.
    """
    made = Graph(data.name)
    places = _tensors(data.with_suffix(".index"))

    def weight(layer: str, name: str) -> str:
        place = places[f"{layer}/{name}"]
        return made.weights(place.shape, place.offset)

    def normalised(tensor: str, number: int) -> str:
        layer = _numbered("batch_normalization", number)
        four = [weight(layer, name) for name in ("gamma", "beta", "moving_mean", "moving_variance")]
        return made.node("BatchNormalization", [tensor, *four], epsilon=1e-3)

    def pooled(tensor: str, number: int, height: int, width: int, pads: list[int]) -> str:
        """Convolution, ReLU, normalisation, and the maximum over all bands: (n, channels, frames).

        With s the sign of a channel's factor, the maximum of what normalisation gives for relu(c) is what it gives for
        relu(s · max(s · c)).
        """
        layer = _numbered("conv2d", number)
        channels = places[f"{layer}/bias"].shape[0]
        signs = made.node("Sign", [weight(_numbered("batch_normalization", number + 1), "gamma")])
        padding = -channels % _LANES
        # In the file a kernel is (height, width, 1, channels).
        kernel = made.node("Mul", [weight(layer, "kernel"), signs])
        kernel = made.node("Pad", [kernel, made.constant([0] * 7 + [padding])])
        bias = made.node("Pad", [made.node("Mul", [weight(layer, "bias"), signs]), made.constant([0, padding])])
        kernel = made.node("Transpose", [kernel], perm=[3, 2, 0, 1])
        found = made.node("Conv", [tensor, kernel, bias], kernel_shape=[height, width], pads=pads)
        found = made.node("MaxPool", [found], kernel_shape=[1, BANDS - width + 1])
        found = made.node("Slice", [found, made.constant([0]), made.constant([channels]), made.constant([1])])
        found = made.node("Mul", [found, made.node("Unsqueeze", [signs, made.constant([1, 2])])])
        return made.node("Squeeze", [normalised(made.node("Relu", [found]), number + 1), made.constant([3])])

    def dense(tensor: str, number: int) -> str:
        """Convolution over 7 frames of all channels, ReLU and normalisation: (n, channels, frames)."""
        layer = _numbered("conv2d", number)
        # In the file a kernel is (frames, channels, 1, new channels).
        kernel = made.node("Squeeze", [weight(layer, "kernel"), made.constant([2])])
        kernel = made.node("Transpose", [kernel], perm=[2, 1, 0])
        found = made.node("Conv", [tensor, kernel, weight(layer, "bias")], pads=[3, 3])
        return normalised(made.node("Relu", [found]), number + 1)

    tensor = normalised(made.node("Unsqueeze", ["mel", made.constant([1])]), 0)
    front = [pooled(tensor, number, 7, width, [3, 0, 3, 0]) for number, width in enumerate(_TIMBRAL)]
    for number, height in enumerate(_TEMPORAL, len(_TIMBRAL)):
        front.append(pooled(tensor, number, height, 1, [(height - 1) // 2, 0, height // 2, 0]))
    front_end = made.node("Concat", front, axis=1)
    first = dense(front_end, 5)
    second = made.node("Add", [dense(first, 6), first])
    third = made.node("Add", [dense(second, 7), second])
    everything = made.node("Concat", [front_end, first, second, third], axis=1)
    pools = [made.node(kind, [everything]) for kind in ("GlobalMaxPool", "GlobalAveragePool")]
    # For each channel its maximum and its mean, side by side.
    flat = normalised(made.node("Flatten", [made.node("Concat", pools, axis=2)]), 9)
    made.node("Gemm", [flat, weight("dense", "kernel"), weight("dense", "bias")], "embedding")
    last = normalised(made.node("Relu", ["embedding"]), 10)
    made.node("Sigmoid", [made.node("Gemm", [last, weight("dense_1", "kernel"), weight("dense_1", "bias")])], "tags")
    return made.model(
        {"mel": ("n", FRAMES, BANDS)}, {"tags": ("n", 50), "embedding": ("n", 200)}, "Tonearm: tools/graphs/musicnn.py"
    )


def _numbered(layer: str, number: int) -> str:
    return f"{layer}_{number}" if number else layer


@dataclass(frozen=True)
class _Place:
    """Of a tensor in the data file: the byte at which it begins, and its shape in the order of C."""

    offset: int
    shape: tuple[int, ...]


_MAGIC = (0xDB4775248B80FB57).to_bytes(8, "little")
_FOOTER = 48
_FLOAT32 = 1
_KIND, _SHAPE, _OFFSET = 1, 2, 4
"""Fields of the entry of a tensor."""
_AXES, _SIZE = 2, 1
"""Fields of its shape, and of an axis."""


def _tensors(index: Path) -> dict[str, _Place]:
    """Where each float32 tensor is in the data file. An index is a LevelDB table of protocol buffers."""
    raw = index.read_bytes()
    if raw[-8:] != _MAGIC:
        raise ValueError(f"{index.name} is no index of a TensorFlow checkpoint")
    at = len(raw) - _FOOTER
    numbers = []
    # Offset and size of the metaindex, which is of no use here, and of the index of blocks.
    for _ in range(4):
        number, at = _varint(raw, at)
        numbers.append(number)
    found = {}
    for _, handle in _entries(raw, *numbers[2:]):
        offset, at = _varint(handle, 0)
        size, _ = _varint(handle, at)
        for key, entry in _entries(raw, offset, size):
            plain, messages = _fields(entry)
            # The first key is empty, and its value is the header.
            if key and plain.get(_KIND) == _FLOAT32:
                _, shape = _fields(*messages.get(_SHAPE, [b""]))
                sizes = [_fields(axis)[0].get(_SIZE, 0) for axis in shape.get(_AXES, [])]
                found[key.decode()] = _Place(plain.get(_OFFSET, 0), tuple(sizes))
    return found


def _entries(raw: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values of a block, each key written as how much of the one before it stays, and the rest."""
    if raw[offset + size]:
        raise ValueError("a compressed block")
    block = raw[offset : offset + size]
    restarts = int.from_bytes(block[-4:], "little")
    end = len(block) - 4 - 4 * restarts
    at, key = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        unshared, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + length]
        at += length


def _fields(message: bytes) -> tuple[dict[int, int], dict[int, list[bytes]]]:
    """The fields of a protocol buffer by number: those that are numbers, and those that are messages of their own."""
    numbers: dict[int, int] = {}
    messages: dict[int, list[bytes]] = defaultdict(list)
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        match tag & 7:
            case 0:
                numbers[tag >> 3], at = _varint(message, at)
            case 2:
                length, at = _varint(message, at)
                messages[tag >> 3].append(message[at : at + length])
                at += length
            case 5:
                # A checksum.
                at += 4
            case kind:
                raise ValueError(f"a field of kind {kind}")
    return numbers, messages


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits in each byte, and where the next thing begins."""
    value = shift = 0
    while True:
        value |= (raw[at] & 127) << shift
        shift += 7
        at += 1
        if raw[at - 1] < 128:
            return value, at
