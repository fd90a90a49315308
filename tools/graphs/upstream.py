"""The published files, got once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tonearm.networks.free.obtain import obtain
from tonearm.networks.free.projects import Network, Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import sha256

CACHE = Path(__file__).parents[2] / ".cache" / "networks"

_BESIDE = {
    "musicnn": (
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
    ),
    "silero": (
        Network(
            "segments of silero",
            "silero_vad/utils_vad.py",
            "15d0f6b3ef9590e22ca2f146e1436f6901da356cb552d3183df4100862b333cb",
            "utils_vad.py",
        ),
        Network(
            "frames of silero",
            "silero_vad/sequence_vad.py",
            "b3007ccde6a19e5a5674be7a9c703985eda0a956a3eb2b7b024511f33c924350",
            "sequence_vad.py",
        ),
    ),
}
"""Files in wheels that say where MusiCNN's tensors are, and how Silero VAD is fed and understood: for who makes a graph
or tests."""


def published(project: Project, given: Path | None = None, cache: Path = CACHE) -> Path:
    """The folder with a project's files. Raises PackError if they are not to be had: `given` may have them."""
    project = replace(project, networks=project.networks + _BESIDE.get(project.name, ()))
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
