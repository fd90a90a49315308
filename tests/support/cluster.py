"""A real Ray cluster on this machine, with an authentication token. Its processes are those of a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

_TOKEN = "of-the-tests-and-long-enough-for-one"
_PROGRAM = """
import json, sys, tempfile
from ray.cluster_utils import Cluster

def added(cpus, tries=5):
    try:
        node = cluster.add_node(num_cpus=cpus, object_store_memory=80 << 20, include_dashboard=False)
    except Exception:
        # Ray gives a node half a minute, however busy the machine is.
        if not tries:
            raise
        return added(cpus, tries - 1)
    nodes[node.node_id] = node
    return node.node_id

nodes = {}
cluster = Cluster()
out = sys.stdout
sys.stdout = sys.stderr
for cpus in json.loads(sys.argv[1]):
    added(cpus)
print(cluster.address, file=out, flush=True)
for line in sys.stdin:
    command, argument = json.loads(line)
    if command == "add":
        print(added(argument), file=out, flush=True)
    else:
        cluster.remove_node(nodes[argument], allow_graceful=False)
        print("killed", file=out, flush=True)
cluster.shutdown()
"""


class RayCluster:
    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.address = address
        self._process = process

    @classmethod
    @contextmanager
    def started(cls, *cpus: int, **environment: str) -> Iterator[RayCluster]:
        """A node for each number of CPUs, the first of which is the head. None needs a CPU for itself."""
        if find_spec("ray") is None:
            pytest.skip("needs the extra ray")
        with tempfile.TemporaryFile("w+") as log:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, json.dumps(cpus)],
                env={**os.environ, **CREDENTIALS, "RAY_USAGE_STATS_ENABLED": "0", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                assert process.stdout is not None
                address = process.stdout.readline().strip()
                if not address:
                    log.seek(0)
                    raise AssertionError(log.read())
                yield cls(process, address)
            finally:
                process.communicate()

    @property
    def pid(self) -> int:
        """Of the process that all others of the cluster come of."""
        return self._process.pid

    def add(self, cpus: int) -> str:
        """Another node; its ID."""
        return self._do("add", cpus)

    def kill(self, node: str) -> None:
        """End all of its processes at once, as when a machine loses its power."""
        self._do("kill", node)

    def _do(self, command: str, argument: str | int) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([command, argument]) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


CREDENTIALS = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": _TOKEN}
