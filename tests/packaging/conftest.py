from __future__ import annotations

import subprocess

import pytest

from tests.support.uv import UV


@pytest.fixture(scope="session")
def index() -> None:
    """Skips the test where there is no package index."""
    done = subprocess.run([*UV, "pip", "compile", "-"], input="idna", text=True, capture_output=True)
    if done.returncode:
        pytest.skip(f"needs a package index: {done.stderr}")
