"""The graphs in the tree are those that `tools.graphs` makes of the published files, and have no weights in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import numpy_helper
from tools.graphs.make import GRAPHS, MAKERS

from tonearm.networks.free.projects import PROJECTS, Project, of

NAMES = sorted(file.stem for file in GRAPHS.glob("*.onnx"))
MADE = [network.name for project in MAKERS for network in PROJECTS[project].networks]


def test_no_graph_is_left_over() -> None:
    assert sorted(MADE) == NAMES


@pytest.mark.parametrize("name", MADE)
def test_a_graph_is_what_is_made_of_the_published_file(name: str, files: Callable[[Project], Path]) -> None:
    project, network = of(name)
    made = MAKERS[project.name](files(project) / network.file)
    assert made == onnx.load(GRAPHS / f"{name}.onnx", load_external_data=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_graph_has_no_weights_of_others(name: str) -> None:
    file = GRAPHS / f"{name}.onnx"
    assert file.stat().st_size < 20_000
    graph = onnx.load(file, load_external_data=False).graph
    for tensor in graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            places = {entry.key: entry.value for entry in tensor.external_data}
            assert places["location"] == of(name)[1].file
        else:
            # Axes and paddings.
            array = numpy_helper.to_array(tensor)
            assert array.dtype.kind == "i"
            assert array.size <= 8
