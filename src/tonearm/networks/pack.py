"""A model pack: the metadata that MTG publishes with a network, read for what is needed to run it.

The metadata is not reliable: shapes are often wrong, the version in it may differ from the file's,
and only the purpose of an output tells which one answers. Some heads on EffNet claim to stand on VGGish. So a pack
takes names, classes and the algorithm from it, its version and what it stands on from the file's name, its shapes from
the weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tonearm.errors import TonearmError
from tonearm.networks.published import published_base

LICENCE = "CC BY-NC-SA 4.0"
"""Of the networks that MTG publishes; metadata does not say."""


class PackError(TonearmError):
    """A folder of a network that cannot be used; the message says why."""


class _Tensor(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    output_purpose: str = ""
    op: str = ""


class _Schema(BaseModel):
    inputs: list[_Tensor] = Field(min_length=1)
    outputs: list[_Tensor] = Field(min_length=1)


class _EmbeddingModel(BaseModel):
    model_name: str


class _Inference(BaseModel):
    algorithm: str
    embedding_model: _EmbeddingModel | None = None


class _Metadata(BaseModel):
    """Of MTG's metadata, what is used here."""

    model_config = ConfigDict(extra="ignore")

    name: str
    description: str = ""
    citation: str = ""
    link: str = ""
    classes: list[str] = []
    schema_: _Schema = Field(alias="schema")
    inference: _Inference


@dataclass(frozen=True)
class Pack:
    """One network: hashable, so that a feature can be made of it."""

    stem: str
    """The name of its files, `danceability-discogs-effnet-1`."""
    folder: Path
    title: str
    description: str
    citation: str
    classes: tuple[str, ...]
    algorithm: str
    """Essentia's name of the way it is fed, `TensorflowPredictMusiCNN`."""
    embedding: str | None
    """The stem of the network whose embeddings it takes; None if it takes mel bands."""
    input: str
    predictions: str | None
    """The output that answers; None of a network that only embeds."""
    embeddings: str | None
    regression: bool
    """Whether its answers are values in a range of their own, not probabilities."""

    @property
    def metadata(self) -> Path:
        return self.folder / f"{self.stem}.json"

    @property
    def weights(self) -> Path:
        return self.folder / f"{self.stem}.onnx"


def read(metadata: Path) -> Pack:
    """The pack that a metadata file describes. Raises PackError if it is not such a file."""
    try:
        told = _Metadata.model_validate(json.loads(metadata.read_bytes()))
    except (OSError, ValueError, ValidationError) as error:
        raise PackError(f"{metadata.name} is not the metadata of a network: {_first_line(error)}") from error
    outputs = {tensor.output_purpose: tensor for tensor in reversed(told.schema_.outputs) if tensor.output_purpose}
    predictions, embeddings = outputs.get("predictions"), outputs.get("embeddings")
    if predictions is None and embeddings is None:
        raise PackError(f"{metadata.name} declares no output for predictions or embeddings.")
    embedding = told.inference.embedding_model.model_name if told.inference.embedding_model else None
    return Pack(
        stem=metadata.stem,
        folder=metadata.parent,
        title=told.name,
        description=told.description,
        citation=told.citation,
        classes=tuple(told.classes),
        algorithm=told.inference.algorithm,
        embedding=published_base(metadata.stem) or embedding,
        input=told.schema_.inputs[0].name,
        predictions=predictions.name if predictions else None,
        embeddings=embeddings.name if embeddings else None,
        regression=predictions is not None and predictions.op in {"Identity", "fully connected", "Linear"},
    )


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        wrong = error.errors()[0]
        return f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg']}"
    return str(error).splitlines()[0]
