"""The connection of this process to a cluster, which has to ask for a token."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tonearm.engine.cluster.library import ray
from tonearm.errors import WorkerLost

_OPEN = (
    "The Ray cluster at {address} asks for no token, so whoever reaches its ports can run code on it: start each of "
    "its nodes with RAY_AUTH_MODE=token."
)
_NOT_REACHED = (
    "The Ray cluster at {address} cannot be joined: {error} This machine has to be a node of it (ray start "
    "--address={address} --num-cpus=0), with its token (RAY_AUTH_TOKEN, RAY_AUTH_TOKEN_PATH or ~/.ray/auth_token)."
)


async def connect(address: str) -> None:
    """Raises WorkerLost where there is no such cluster, this machine is not part of it, or anybody would be let in."""
    if await _lets_anybody_in(address):
        raise WorkerLost(_OPEN.format(address=address))
    with _own_signals():
        try:
            ray.init(address=address, namespace="tonearm", log_to_driver=False, configure_logging=False)
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            words = str(error).strip().partition("\n")[0].rstrip(".")
            raise WorkerLost(_NOT_REACHED.format(address=address, error=f"{words}.")) from error


def cpus() -> list[float]:
    """Of each node that is alive; for who is connected."""
    return [node["Resources"].get("CPU", 0.0) for node in ray.nodes() if node["Alive"]]


def disconnect() -> None:
    with _own_signals():
        ray.shutdown()


async def _lets_anybody_in(address: str) -> bool:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH_")}
    asking = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "ray.scripts.scripts", "health-check", "--address", address),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**environment, "RAY_AUTH_MODE": "disabled"},
    )
    return await asking.wait() == 0


@contextmanager
def _own_signals() -> Iterator[None]:
    """Ray ends the process at SIGTERM, where the server ends its streams first."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        # Only the main thread may, and Ray has not either in another one.
        with suppress(ValueError):
            for number, handler in before.items():
                signal.signal(number, handler)
