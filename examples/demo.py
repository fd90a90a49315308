"""Start a server, post a synthesised track to it at the pace of a 4 Mbit/s line, and print events as they arrive."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPResponse
from pathlib import Path

from tonearm.sample import BPM, sample_track

MODELS = "key:1,bpm_degara,loudness-ebur128,loudness_ebur128:2"
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
    """One HTTP exchange that sends and receives at the same time, which most clients cannot."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        request = (
            f"POST /v1/analysis/stream?models={MODELS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(track)}\r\n"
        )
        connection.sendall(f"{request}\r\n".encode())
        start = time.monotonic()
        sender = threading.Thread(target=send_slowly, args=(connection, track, start))
        sender.start()
        response = HTTPResponse(connection, method="POST")
        response.begin()
        print(f"{response.status} {response.reason}, {response.headers['Content-Type']}")
        while line := response.readline():
            if line.startswith(b"data: "):
                show(time.monotonic() - start, json.loads(line[6:]))
                if b'"finished"' in line:
                    break
        sender.join()


def send_slowly(connection: socket.socket, track: bytes, start: float) -> None:
    for sent in range(0, len(track), CHUNK):
        time.sleep(max(0.0, start + sent / BYTES_PER_SECOND - time.monotonic()))
        connection.sendall(track[sent : sent + CHUNK])
    print(f"{time.monotonic() - start:6.2f} s  (the last byte is sent)", flush=True)


def show(seconds: float, event: dict[str, object]) -> None:
    text = json.dumps(event)
    print(f"{seconds:6.2f} s  {text if len(text) < 400 else text[:400] + ' …'}", flush=True)


if __name__ == "__main__":
    main()
