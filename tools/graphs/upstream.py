"""The published files, got once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tonearm.networks.free.obtain import obtain
from tonearm.networks.free.projects import Network, Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import sha256

CACHE = Path(__file__).parents[2] / ".cache" / "networks"


_INDEXES = (
    Network(
        "index of musicnn_msd",
        "musicnn/MSD_musicnn/.index",
        "87f3e0f3550c8d3bafc840374003e5c8af5eeb5ecf6add61af09a7822d3282c8",
        "MSD_musicnn.index",
    ),
    Network(
        "index of musicnn_mtt",
        "musicnn/MTT_musicnn/.index",
        "da2d7bb670b2b31e9bc441bb1bd75eca31b5b061f963cc1f9630c1aff3238f57",
        "MTT_musicnn.index",
    ),
)
"""Files of MusiCNN that say where its tensors are. Only who makes a graph needs them."""


def published(project: Project, given: Path | None = None, cache: Path = CACHE) -> Path:
    """The folder with a project's files. Raises PackError if they are not to be had: `given` may have them."""
    if project.name == "musicnn":
        project = replace(project, networks=project.networks + _INDEXES)
    folder = cache / project.name
    wanted = {folder / network.file: network.sha256 for network in project.networks}
    if not all(file.is_file() and sha256(file) == digest for file, digest in wanted.items()):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            obtain(project, folder, None, lambda done, total: None)
        except PackError:
            if given is None:
                raise
            obtain(project, folder, given, lambda done, total: None)
    return folder
