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
    megabytes: int
    """Of the download."""
    changed: str = "nothing: our graph computes with the untouched file"


VIBENET = Project(
    name="vibenet",
    title="VibeNet: seven descriptors of mood and sound",
    licence="GPL-3.0-or-later",
    authors="Jaeheon Shim",
    citation="J. Shim: VibeNet: music emotion prediction, 0.1.0, 2025. https://github.com/jaeheonshim/vibenet",
    source=Wheel("vibenet-0.1.0-py3-none-any.whl", "3474fd65a9723f0f58f511e77d1641ea937f11b8d75e906bcda2da9cad3094f5"),
    megabytes=16,
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

_SCHREIBER = "Hendrik Schreiber, Meinard Müller"
_DIRECTIONAL = (
    "H. Schreiber, M. Müller: Musical tempo and key estimation using convolutional neural networks with directional "
    "filters. SMC 2019. https://doi.org/10.5281/zenodo.3249250"
)

TEMPOCNN = Project(
    name="tempocnn",
    title="Tempo-CNN: tempo of 12 s of music",
    licence="AGPL-3.0-only",
    authors=_SCHREIBER,
    citation=_DIRECTIONAL,
    source=Wheel("tempocnn-0.0.8-py3-none-any.whl", "73ef63eecf1c783789c222882aeb286302083f2ef8dc2aeb37588156afc059b5"),
    megabytes=41,
    networks=(
        Network(
            "deeptemp_k8",
            "tempocnn/models/deeptemp_k8.h5",
            "65bd692fbb3699643d8567012887eb31f7d27be5f71f5bca60ad073dfed5ef8d",
            "deeptemp_k8.h5",
        ),
        Network(
            "shallowtemp_k2",
            "tempocnn/models/shallowtemp_k2.h5",
            "3fd7901abd7f6541541452f9a0fa04ba77e96904c8cf4bd961b99bd17d182b2f",
            "shallowtemp_k2.h5",
        ),
    ),
)

DEEPTEMP_K24 = Project(
    name="deeptemp_k24",
    title="Tempo-CNN's largest network for the tempo, which its wheel leaves out",
    licence="AGPL-3.0-only",
    authors=_SCHREIBER,
    citation=_DIRECTIONAL,
    source=Address("https://raw.githubusercontent.com/hendriks73/tempo-cnn/482c64ad2e01b61d39bc161b796e3c2a1afaf67e"),
    megabytes=3,
    networks=(
        Network(
            "deeptemp_k24",
            "tempocnn/models/deeptemp_k24.h5",
            "af6d8d400e5d8e3e9360a741d329b96930858a2953570c1c3283a9912ee1f8b0",
            "deeptemp_k24.h5",
        ),
    ),
)

KEYCNN = Project(
    name="keycnn",
    title="Key-CNN: key of 11 s of music",
    licence="AGPL-3.0-only",
    authors="Hendrik Schreiber, Christof Weiß, Meinard Müller",
    citation="H. Schreiber, C. Weiß, M. Müller: Local key estimation in classical music recordings: a cross-version "
    "study on Schubert's Winterreise. ICASSP 2020. https://github.com/hendriks73/key-cnn",
    source=Address("https://raw.githubusercontent.com/hendriks73/key-cnn/9715d6f443c0f01d9842e567a3f20c9b228c3c7f"),
    megabytes=8,
    networks=(
        Network(
            "winterreise_v_fold0",
            "keycnn/models/ds_winterreise_v_fold0_HU33_OL06_QU98_SC06_TR99.h5",
            "1e80908809911b136204091a7a86feac80d4b766b6b52be7a24ba5a17b2d3e07",
            "ds_winterreise_v_fold0_HU33_OL06_QU98_SC06_TR99.h5",
        ),
        Network(
            "winterreise_v_fold1",
            "keycnn/models/ds_winterreise_v_fold1_SC06_TR99_AL98_FI55_FI66.h5",
            "f8b2dbf831e6adda7b307ea7f648e1c029f09064eff953dd29617459bdfc6215",
            "ds_winterreise_v_fold1_SC06_TR99_AL98_FI55_FI66.h5",
        ),
    ),
)

BEATNET = Project(
    name="beatnet",
    title="BeatNet: beats and downbeats",
    licence="CC BY 4.0",
    authors="Mojtaba Heydari, Frank Cwitkowitz, Zhiyao Duan",
    citation="M. Heydari, F. Cwitkowitz, Z. Duan: BeatNet: CRNN and particle filtering for online joint beat downbeat "
    "and meter tracking. ISMIR 2021. https://github.com/mjhydri/BeatNet",
    source=Wheel("BeatNet-1.1.3-py3-none-any.whl", "1ecfa17bdcbe899975a88bdb6efebd6970d846a4f3b6cfd5c6f320647c641c7e"),
    megabytes=9,
    networks=(
        Network(
            "beatnet_1",
            "BeatNet/models/model_1_weights.pt",
            "619091bc317ca3e83b45591d46f6de3d5a41588bcb39fe9fe7be30cffa6aca84",
            "model_1_weights.pt",
        ),
        Network(
            "beatnet_2",
            "BeatNet/models/model_2_weights.pt",
            "5878a18c079fa0b0139879b14ed2b5b7595faef8c3d16210aed141fd00fa2d58",
            "model_2_weights.pt",
        ),
        Network(
            "beatnet_3",
            "BeatNet/models/model_3_weights.pt",
            "0c52a074ea38e8cb4a760ecfa3747c9cf91a1e3cd19f238eed80b0de763989ca",
            "model_3_weights.pt",
        ),
    ),
)

MUSICNN = Project(
    name="musicnn",
    title="MusiCNN: tags, and embeddings, of 3 s of music",
    licence="ISC",
    authors="Jordi Pons; © Music Technology Group, Universitat Pompeu Fabra 2019",
    citation="J. Pons, X. Serra: musicnn: pre-trained convolutional neural networks for music audio tagging. ISMIR "
    "2019, late-breaking. https://github.com/jordipons/musicnn",
    source=Wheel("musicnn-0.1.0-py3-none-any.whl", "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa"),
    megabytes=29,
    networks=(
        Network(
            "musicnn_msd",
            "musicnn/MSD_musicnn/.data-00000-of-00001",
            "8579734ee6388f799ed0def4bbd0d1fdcbeaf213ef2a9dc860917bd76a303de6",
            "MSD_musicnn.data-00000-of-00001",
        ),
        Network(
            "musicnn_mtt",
            "musicnn/MTT_musicnn/.data-00000-of-00001",
            "041f3935e981a65cea739842d30c188d3a7d2adf4410955c8668eb3de4a5acab",
            "MTT_musicnn.data-00000-of-00001",
        ),
    ),
)

SILERO = Project(
    name="silero",
    title="Silero VAD: where people speak",
    licence="MIT",
    authors="Silero Team, © 2020-present",
    citation="Silero Team: Silero VAD: pre-trained enterprise-grade voice activity detector (VAD), number detector and "
    "language classifier, 6.2.3. https://github.com/snakers4/silero-vad",
    source=Wheel(
        "silero_vad-6.2.3-py3-none-any.whl", "7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"
    ),
    megabytes=11,
    networks=(
        Network(
            "silero",
            "silero_vad/data/silero_vad_16k_sequence.onnx",
            "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85",
            "silero_vad_16k_sequence.onnx",
        ),
    ),
    changed="nothing: it is ONNX as published",
)

PROJECTS = {project.name: project for project in (VIBENET, TEMPOCNN, DEEPTEMP_K24, KEYCNN, BEATNET, MUSICNN, SILERO)}


def of(network: str) -> tuple[Project, Network]:
    """The project of a network, by its exact name, and the network. Raises KeyError if there is none."""
    for project in PROJECTS.values():
        for each in project.networks:
            if each.name == network:
                return project, each
    raise KeyError(network)


def find(name: str) -> Project | None:
    """The project of this name, or the one that has a network of this name."""
    asked = name.lower().replace("-", "_")
    for project in PROJECTS.values():
        if asked in {project.name, *(network.name for network in project.networks)}:
            return project
    return None
