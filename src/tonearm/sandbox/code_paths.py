"""Where code is loaded from: folders that the installation names."""

from __future__ import annotations

import os
import site
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import tonearm


def code_paths() -> set[Path]:
    """Python's library, the installed packages, and the absolute folders that PYTHONPATH and `.pth` files add.

    Not `sys.path`, which may begin with the current directory: nobody chose what is there. Never the root either.
    """
    packages = set(_packages())
    added = {*_python_path(), *_added(packages)} - {Path("/")}
    return {*_python(), *packages, *added, Path(tonearm.__file__).parent}


def _python() -> Iterator[Path]:
    paths = sysconfig.get_paths()
    yield from (Path(paths[name]) for name in ("stdlib", "platstdlib"))
    shared = sysconfig.get_config_var("LIBDIR")
    if shared:
        yield Path(shared)


def _packages() -> Iterator[Path]:
    paths = sysconfig.get_paths()
    yield from (Path(paths[name]) for name in ("purelib", "platlib"))
    yield from map(Path, site.getsitepackages())
    if site.ENABLE_USER_SITE:
        yield Path(site.getusersitepackages())


def _python_path() -> Iterator[Path]:
    for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if os.path.isabs(entry):
            yield Path(entry)


def _added(packages: set[Path]) -> Iterator[Path]:
    """What `.pth` files name: the sources of packages that are installed for development."""
    for folder in packages:
        for file in folder.glob("*.pth"):
            for line in file.read_text(errors="replace").splitlines():
                if line.strip() and not line.startswith(("#", "import ", "import\t")):
                    yield folder / line.strip()
