"""Start a server, post a synthesised track to it at the pace of a 4 Mbit/s line, and print events as they arrive.

What is known so far comes every few seconds of audio, the results at its end.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tonearm import Client
from tonearm.sample import BPM, sample_track

MODELS = "key:2,beats,loudness_ebur128:2"
PARTIAL_SECONDS = 5
"""Of audio between two looks at what is known so far."""
BYTES_PER_SECOND = 4_000_000 / 8
CHUNK = 1 << 15


def main() -> None:
    port = free_port()
    tonearm = Path(sys.executable).with_name("tonearm")
    print(f"$ tonearm serve --port {port}", flush=True)
    server = subprocess.Popen(
        [tonearm, "serve", "--port", str(port)], env={**os.environ, "TONEARM_LOG_LEVEL": "warning"}
    )
    try:
        wait_until_ready(server, port)
        track = sample_track(seconds=20)
        print(
            f"\nposting 20 s of music in A minor at {BPM:g} bpm, {len(track) / 1e6:.1f} MB, at 4 Mbit/s\n", flush=True
        )
        post(port, track)
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    sys.exit("the server did not start")


def post(port: int, track: bytes) -> None:
    start = time.monotonic()
    for event in Client(f"http://127.0.0.1:{port}").stream(slowly(track, start), MODELS, partial=PARTIAL_SECONDS):
        show(start, event.model_dump_json(exclude_defaults=True))


def slowly(track: bytes, start: float) -> Iterator[bytes]:
    for sent in range(0, len(track), CHUNK):
        time.sleep(max(0.0, start + sent / BYTES_PER_SECOND - time.monotonic()))
        yield track[sent : sent + CHUNK]
    show(start, "(the last byte is sent)")


def show(start: float, text: str) -> None:
    print(f"{time.monotonic() - start:6.2f} s  {text if len(text) < 400 else text[:400] + ' …'}", flush=True)


if __name__ == "__main__":
    main()
