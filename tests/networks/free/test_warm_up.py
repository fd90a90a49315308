"""A worker that is warm compiles nothing any more: what it compiles for one client, no other worker finds on disk."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.networks.free.conftest import Installed

_PROGRAM = """
from io import BytesIO
from tonearm.algorithms import compiled
from tonearm.engine.worker import warm_up
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.job import Job
from tonearm.protocol.spec import Spec
from tonearm.sample import sample_track

def signatures():
    return {(made.py_func.__module__, made.py_func.__name__): len(made.signatures) for made in compiled._made}

known = catalog()
tasks = known.resolve(Spec(card.name, card.version, {}) for card in known.cards if not card.unavailable)
warm_up(tasks)
warm = signatures()
assert warm
for seconds in (3, 15, 60):
    events = list(analyze(BytesIO(sample_track(seconds)).read, Job(tasks=tasks, partial_seconds=1.0)))
    assert events[-1].status == "finished"
late = {name for name, count in signatures().items() if count != warm.get(name)}
assert not late, late
"""


@pytest.mark.release
def test_no_compilation_is_left_for_a_client(installed: Installed) -> None:
    folder = installed("tempocnn", "beatnet", "vibenet")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "TONEARM_MODELS_DIR": str(folder)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
