"""An ONNX graph whose weights are places in another file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
_IR_VERSION = 8
_BYTES = 4
"""Of a float32."""

Shape = Sequence[int | str]


class Graph:
    """Nodes and tensors in the order in which they are added. What only depends on weights is computed at load."""

    def __init__(self, file: str) -> None:
        """`file` is the name of the file with the weights, which lies beside the graph."""
        self._file = file
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}
        self._numbers = count()

    def weights(self, shape: Sequence[int], offset: int) -> str:
        """Float32 at a place of the file, in the order of C."""
        name = f"at {offset}"
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        place = {"location": self._file, "offset": offset, "length": int(np.prod(shape)) * _BYTES}
        for key, value in place.items():
            tensor.external_data.add(key=key, value=str(value))
        self._tensors[name] = tensor
        return name

    def constant(self, value: NDArray[Any] | Sequence[int]) -> str:
        array = np.asarray(value)
        name = f"constant {array.dtype} {array.tolist()}"
        self._tensors[name] = numpy_helper.from_array(array, name)
        return name

    def node(
        self, kind: str, inputs: Sequence[str], outputs: Sequence[str] | str | None = None, **attributes: Any
    ) -> str:
        """Add a node. Returns the name of its first output."""
        if outputs is None:
            outputs = f"{kind} {next(self._numbers)}"
        names = [outputs] if isinstance(outputs, str) else list(outputs)
        self._nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0]

    def model(self, inputs: Mapping[str, Shape], outputs: Mapping[str, Shape], producer: str) -> onnx.ModelProto:
        """The whole, with axes of any length named by words."""
        given, found = (
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in each.items()]
            for each in (inputs, outputs)
        )
        graph = helper.make_graph(self._nodes, "network", given, found, list(self._tensors.values()))
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=_IR_VERSION, producer_name=producer
        )
