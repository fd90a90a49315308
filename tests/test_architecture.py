"""The parts of the package: none in a circle with another. tests/docs holds their picture against the imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import tonearm

ROOT = Path(tonearm.__file__).parent


def imports() -> Iterator[tuple[str, str]]:
    """Each import of one part by another, those for type checkers among them."""
    parts = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    for file in ROOT.rglob("*.py"):
        part = file.relative_to(ROOT).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tonearm":
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                first, _, rest = name.partition(".")
                other = rest.partition(".")[0]
                if first == "tonearm" and other in parts - {part}:
                    yield part, other


def test_no_part_is_in_a_circle() -> None:
    below: dict[str, set[str]] = defaultdict(set)
    for part, other in imports():
        below[part].add(other)
    order = list(TopologicalSorter(below).static_order())
    assert order.index("protocol") < order.index("pipeline") < order.index("engine") < order.index("server")


@pytest.mark.parametrize("module", ["tonearm.models.key", "tonearm.model", "tonearm.features"])
def test_models_and_plugins_import_no_decoder(module: str) -> None:
    code = f"import sys, {module}; print({{'av', 'fastapi', 'essentia'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        ("from tonearm.config import Settings; Settings()", {"limits", "numpy"}),
        (
            "from tonearm.cli import app, local_backend, run",
            {"limits", "numpy", "fastapi", "uvicorn", "matplotlib", "pyarrow", "ray"},
        ),
        (
            "from tests.support.filter import run; from tonearm.sample import sample_track as made; "
            "assert run(made(1), 'loudness_ebur128').results",
            {"scipy.fft", "onnxruntime", "fastapi", "uvicorn"},
        ),
    ],
)
def test_what_is_not_needed_is_not_imported(code: str, spared: set[str]) -> None:
    """It would cost every start of the command line, and every worker, a tenth of a second or more."""
    code = f"{code}; import sys; print({spared} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
