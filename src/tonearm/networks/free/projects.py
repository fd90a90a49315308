"""The projects whose networks run here: where their files are, under which terms, and whose work they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wheel:
    """A package on the user's own index. It is never installed: only files are taken out of it."""

    name: str
    """Of its file, `vibenet-0.1.0-py3-none-any.whl`."""
    sha256: str

    @property
    def requirement(self) -> str:
        distribution, version, _ = self.name.split("-", 2)
        return f"{distribution}=={version}"

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Address:
    """A folder of a project at a fixed commit."""

    url: str

    def __str__(self) -> str:
        return self.url


@dataclass(frozen=True)
class Network:
    """One network, whose weights are one file of its project."""

    name: str
    path: str
    """In the wheel, or below the address."""
    sha256: str
    file: str
    """What it is called in the models folder."""


@dataclass(frozen=True)
class Project:
    """What `tonearm models pull NAME` installs."""

    name: str
    title: str
    licence: str
    authors: str
    citation: str
    source: Wheel | Address
    networks: tuple[Network, ...]
    changed: str = "nothing: our graph computes with the untouched file"


VIBENET = Project(
    name="vibenet",
    title="VibeNet: seven descriptors of mood and sound",
    licence="GPL-3.0-or-later",
    authors="Jaeheon Shim",
    citation="J. Shim: VibeNet: music emotion prediction, 0.1.0, 2025. https://github.com/jaeheonshim/vibenet",
    source=Wheel("vibenet-0.1.0-py3-none-any.whl", "3474fd65a9723f0f58f511e77d1641ea937f11b8d75e906bcda2da9cad3094f5"),
    networks=(
        Network(
            "vibenet",
            "vibenet/artifacts/efficientnet_model.onnx",
            "efa88450153863a1461989a00846526ac9230665b19fbf82f33e46fdeef7d275",
            "efficientnet_model.onnx",
        ),
    ),
    changed="nothing: it is ONNX as published",
)

PROJECTS = {project.name: project for project in (VIBENET,)}


def find(name: str) -> Project | None:
    """The project of this name, or the one that has a network of this name."""
    asked = name.lower().replace("-", "_")
    for project in PROJECTS.values():
        if asked in {project.name, *(network.name for network in project.networks)}:
            return project
    return None
