"""`manifest.json`: which models an output folder has the results of, and what software and settings they came from."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from platform import python_version

from pydantic import BaseModel, ConfigDict, ValidationError

from tonearm._version import __version__
from tonearm.parquet.durable import written_whole
from tonearm.protocol.caps import Caps
from tonearm.protocol.job import Value
from tonearm.results.requested import RequestedModel

_PACKAGES = ("av", "numpy", "scipy", "numba", "soxr", "onnxruntime", "pyarrow")
_NAME = "manifest.json"


class OtherModels(Exception):
    """The folder has results of other models."""


class ModelRun(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    parameters: dict[str, Value]
    network: str | None
    licence: str


class Run(BaseModel):
    """What was the same for some time. It has no date, so that equal runs have equal manifests."""

    model_config = ConfigDict(frozen=True)

    tonearm: str
    python: str
    packages: dict[str, str]
    networks: dict[str, str]
    """SHA-256 of the weights of each installed network, by folder and file: some models use one where it is there."""
    server: str | None
    """Where the analyses ran; its software may be another than this. None for this machine."""
    limits: Caps


class Manifest(BaseModel):
    models: list[ModelRun]
    runs: list[Run]
    """The latest is the last."""


def record(
    folder: Path, models: list[RequestedModel], networks: dict[str, str], server: str | None, caps: Caps
) -> None:
    """Write the manifest, or add to it what has changed. Raises OtherModels, and OSError."""
    asked = sorted(map(_model, models), key=lambda each: (each.name, each.version, str(each.parameters)))
    run = Run(
        tonearm=__version__,
        python=python_version(),
        packages={name: version(name) for name in _PACKAGES},
        networks=networks,
        server=server,
        limits=caps,
    )
    path = folder / _NAME
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        manifest = Manifest(models=asked, runs=[])
    except ValidationError as error:
        raise OtherModels(f"{path} is not a manifest of `tonearm batch`.") from error
    if manifest.models != asked:
        named = ", ".join(f"{each.name}:{each.version}" for each in manifest.models)
        raise OtherModels(f"{folder} has results of other models ({named}): name the same, or another folder.")
    if manifest.runs[-1:] != [run]:
        manifest.runs.append(run)
        with written_whole(path) as temporary:
            temporary.write_text(manifest.model_dump_json(indent=2) + "\n")


def _model(model: RequestedModel) -> ModelRun:
    card = model.card
    return ModelRun(
        name=card.name,
        version=card.version,
        parameters=model.task.parameters,
        network=card.network,
        licence=card.licence,
    )
