"""Real reverse proxies on a free port of this machine, each with its own folder and no rights it could do harm with."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.waiting import listens, wait_for

_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx:
    """A running one."""

    def __init__(self, configuration: Path, frame: str) -> None:
        self._configuration = configuration
        self._frame = frame

    def write(self, servers: str) -> None:
        self._configuration.write_text(self._frame % servers)

    def reload(self, servers: str) -> None:
        """Returns when no process takes connections any more that has the old configuration."""
        master = int((self._configuration.parent / "pid").read_text())
        old = _nginx_workers(master)
        self.write(servers)
        os.kill(master, signal.SIGHUP)
        wait_for(lambda: not old & _nginx_workers(master))


def _nginx_workers(master: int) -> set[int]:
    """Those that take connections: one that only ends what it has says so in its name."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(maxsplit=2) for line in listed.splitlines()]
    return {int(pid) for pid, parent, name in lines if int(parent) == master and "shutting down" not in name}


@contextmanager
def nginx(servers: str) -> Iterator[Nginx]:
    """nginx with that in its `http` block."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")
    if program is None:
        pytest.skip("needs the system package nginx")
    with tempfile.TemporaryDirectory() as folder:
        places = "".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
        configuration = Path(folder) / "nginx.conf"
        running = Nginx(
            configuration,
            f"daemon off; pid {folder}/pid; user {getpass.getuser()}; worker_processes 1; events {{}}\n"
            f"http {{ access_log off; {places}\n%s }}\n",
        )
        running.write(servers)
        with _running([program, "-p", folder, "-e", f"{folder}/log", "-c", str(configuration)], _port(servers)):
            yield running


@contextmanager
def caddy(configuration: str, port: int) -> Iterator[None]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("needs caddy 2.7 or later")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"v?(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < (2, 7):
        pytest.skip(f"needs caddy 2.7 or later, and this is {version.strip()}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Caddyfile"
        file.write_text(configuration)
        with _running([program, "run", "--adapter", "caddyfile", "--config", str(file)], port):
            yield


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _port(servers: str) -> int:
    found = re.search(r"listen 127\.0\.0\.1:(\d+);", servers)
    assert found is not None
    return int(found[1])


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        while not listens(port):
            if process.poll() is not None and process.stdout is not None:
                pytest.fail(process.stdout.read())
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.communicate()
