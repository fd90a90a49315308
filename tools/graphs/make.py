"""Write the graphs of all networks: `python -m tools.graphs.make [FOLDER]`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import onnx

import tonearm.networks.free
from tonearm.networks.free.projects import PROJECTS
from tools.graphs import beatnet, keras, musicnn
from tools.graphs.upstream import published

GRAPHS = Path(tonearm.networks.free.__file__).parent / "graphs"

MAKERS: dict[str, Callable[[Path], onnx.ModelProto]] = {
    "tempocnn": keras.graph,
    "deeptemp_k24": keras.graph,
    "keycnn": keras.graph,
    "beatnet": beatnet.graph,
    "musicnn": musicnn.graph,
}
"""By project: makes the graph of a published file. The networks of other projects are published as ONNX."""


def main() -> None:
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    GRAPHS.mkdir(exist_ok=True)
    for name, maker in MAKERS.items():
        folder = published(PROJECTS[name], given)
        for network in PROJECTS[name].networks:
            graph = maker(folder / network.file)
            (GRAPHS / f"{network.name}.onnx").write_bytes(graph.SerializeToString(deterministic=True))
            print(f"{network.name}: {graph.ByteSize()} bytes")


if __name__ == "__main__":
    main()
