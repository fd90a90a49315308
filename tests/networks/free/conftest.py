from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest
from tools.graphs.upstream import published

from tests.support import shared
from tonearm.networks.free.install import install
from tonearm.networks.free.projects import PROJECTS, Project
from tonearm.networks.pack import PackError
from tonearm.networks.store import Store

Installed = Callable[..., Path]


@pytest.fixture(scope="session")
def files(pytestconfig: pytest.Config) -> Callable[[Project], Path]:
    """The folder with a project's files, got once and kept between runs: from the index, or from ../shared."""
    cache = Path(pytestconfig.cache.mkdir("published"))
    given = shared.ROOT / "models" / "free"

    def get(project: Project) -> Path:
        # The tests run in several processes, and one download is enough.
        with (cache / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                return published(project, given if given.is_dir() else None, cache)
            except PackError:
                pytest.skip(f"needs {project.source}")

    return get


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, files: Callable[[Project], Path]) -> Installed:
    """Call it with names of projects: a models folder with those, and nothing else."""
    made = tmp_path_factory.mktemp("free")

    def use(*names: str) -> Path:
        folder = made / "+".join(names)
        for project in map(PROJECTS.__getitem__, names):
            if not (folder / project.name).is_dir():
                install(project, Store(folder), files(project), lambda done, total: None)
        return folder

    return use
