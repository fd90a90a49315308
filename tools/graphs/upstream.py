"""The published files, got once."""

from __future__ import annotations

from pathlib import Path

from tonearm.networks.free.obtain import obtain
from tonearm.networks.free.projects import Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import sha256

CACHE = Path(__file__).parents[2] / ".cache" / "networks"


def published(project: Project, given: Path | None = None, cache: Path = CACHE) -> Path:
    """The folder with a project's files. Raises PackError if they are not to be had: `given` may have them."""
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
