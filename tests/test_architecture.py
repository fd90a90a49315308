"""The layers of docs/architecture.md: a part imports only what stands below it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import tonearm

ROOT = Path(tonearm.__file__).parent
LAYERS = (
    {"__main__"},
    {"cli"},
    {"server", "mcp"},
    {"engine", "web", "local", "__init__"},
    {"pipeline", "client"},
    {"models", "networks"},
    {"model"},
    {"features", "sources", "tags"},
    {"audio", "config", "results"},
    {"protocol"},
    {"algorithms", "sandbox", "sample", "logs", "errors", "api_keys", "_version"},
)
"""From the top. Parts of one layer do not know each other."""


def parts() -> set[str]:
    return {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}


def imports() -> Iterator[tuple[str, str, Path]]:
    """Each import of one part by another, those for type checkers among them."""
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
                if first == "tonearm" and other in parts() and other != part:
                    yield part, other, file


def test_every_part_has_a_layer() -> None:
    assert set().union(*LAYERS) == parts()


def test_imports_point_downwards() -> None:
    height = {part: -index for index, layer in enumerate(LAYERS) for part in layer}
    up = {
        f"{file.relative_to(ROOT)} imports {other}"
        for part, other, file in imports()
        # The package's own names are loaded on demand.
        if part != "__init__" and height[other] >= height[part]
    }
    assert not up


@pytest.mark.parametrize("module", ["tonearm.models.key", "tonearm.model", "tonearm.features"])
def test_models_and_plugins_import_no_decoder(module: str) -> None:
    code = f"import sys, {module}; print({{'av', 'fastapi', 'essentia'}} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
