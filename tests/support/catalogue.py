"""A catalogue of tiny tracks, each another sound, and what `tonearm batch` has written of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from moto.server import ThreadedMotoServer
from pyarrow import parquet
from pyarrow.fs import FileSystem

from tests.support.sounds import wav

_RATE = 8000
Rows = list[tuple[Any, ...]]


def tiny(number: int) -> bytes:
    """A quarter of a second at a pitch of its own."""
    time = np.arange(_RATE // 4) / _RATE
    return wav(0.3 * np.sin(2 * np.pi * (200 + number) * time)[np.newaxis], _RATE)


def catalogue(folder: Path, count: int) -> Path:
    """That many tracks, a hundred in each folder."""
    for number in range(count):
        path = folder / f"{number // 100:02}" / f"{number:05}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(tiny(number))
    return folder


def rows(output: Path, table: str) -> Rows:
    """Of all parts of `sources`, `tracks` or the results of `model/version`, in an order that does not depend on when
    each was written."""
    place = output / table if "/" not in table else output / "results" / "model={}/version={}".format(*table.split("/"))
    with duckdb.connect() as connection:
        return sorted(connection.execute(f"SELECT * FROM '{place}/*.parquet'").fetchall(), key=repr)


def count(output: Path) -> int:
    """Sources that are done."""
    return sum(parquet.read_metadata(part).num_rows for part in (output / "sources").glob("*.parquet"))


@contextmanager
def bucket(name: str, objects: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """s3://name is a bucket of these objects, of a real server that speaks S3, for every process that is started."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        endpoint = "127.0.0.1:{1}".format(*server.get_host_and_port())
        environment = {
            "AWS_ENDPOINT_URL": f"http://{endpoint}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "us-east-1",
        }
        options = f"scheme=http&endpoint_override={endpoint}&region=us-east-1&allow_bucket_creation=true"
        files, _ = FileSystem.from_uri(f"s3://key:secret@{name}?{options}")
        files.create_dir(name)
        for key, content in objects.items():
            with files.open_output_stream(f"{name}/{key}") as stream:
                stream.write(content)
        with monkeypatch.context() as patched:
            for variable, value in environment.items():
                patched.setenv(variable, value)
            yield
    finally:
        server.stop()
