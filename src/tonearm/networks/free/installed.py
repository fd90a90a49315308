"""Networks with a free licence that are in the models folder, and their sessions."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from tonearm.config import Settings
from tonearm.networks.free.projects import PROJECTS, Network, Project, of
from tonearm.networks.pack import PackError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


def folder(project: Project, models: Path | None = None) -> Path:
    """Where the files of a project lie, in this models folder or in the one of the settings."""
    if models is None:
        models = _models_dir(os.environ.get("TONEARM_MODELS_DIR"), user_data_path())
    return models / project.name


@cache
def _models_dir(given: str | None, home: Path) -> Path:
    """That of the settings, which depends on these: to read them all takes 2 ms, and an analysis asks eight times."""
    return Settings().models_dir


def unfinished(process: int) -> str:
    """How the names of the folders begin in which this process prepares what it puts into the models folder."""
    return f".new-{process}-"


def installed(models: Path) -> list[Project]:
    """The projects in a models folder, whole or not."""
    return [project for project in PROJECTS.values() if folder(project, models).is_dir()]


def missing(project: Project, models: Path | None = None) -> str | None:
    """Why the networks of a project cannot run here, as the end of a sentence about them; None if they can.

    Looks in this models folder, or in the one of the settings.
    """
    there = folder(project, models)
    if all((there / network.file).is_file() for network in project.networks):
        return None
    return f"is not installed here: run `tonearm models pull {project.name}`."


def session(name: str) -> InferenceSession:
    """The one session of a network in this process. Raises PackError if it is not installed or does not load."""
    project, network = of(name)
    weights = folder(project) / network.file
    if not weights.is_file():
        raise PackError(f"The network {name} is not installed here: run `tonearm models pull {project.name}`.")
    return _session(network, weights)


@cache
def _session(network: Network, weights: Path) -> InferenceSession:
    return load_network(network, weights)


def load_network(network: Network, weights: Path) -> InferenceSession:
    """A session of its own. Raises PackError if the file cannot be loaded."""
    # Deferred: onnxruntime is loaded only if a network is asked for.
    from tonearm.networks.session import load

    graph = files("tonearm.networks.free") / "graphs" / f"{network.name}.onnx"
    try:
        # What is published as ONNX needs no graph of ours.
        return load(graph.read_bytes(), weights.parent) if graph.is_file() else load(weights)
    except Exception as error:  # onnxruntime raises classes of its own for every kind of broken file
        raise PackError(f"{weights.name} cannot be loaded: {str(error).splitlines()[0]}") from error
