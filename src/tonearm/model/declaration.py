"""What a model is: a declaration, and the computation of one result from one feature.

The lifecycle follows the Vamp plugin SDK: declared needs, a cheap constructor, `feed` any number of times, `finish`
once. A model that can work incrementally does; one that wraps a whole-signal algorithm collects its feature and
computes in `finish`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from importlib.util import find_spec
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.fields import FieldInfo

from tonearm.audio.facts import FileFacts
from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Feature
from tonearm.model.rounding import rounded


class Result(BaseModel):
    """What a model answers. NaN and infinity are refused: JSON has neither."""

    model_config = ConfigDict(allow_inf_nan=False, frozen=True)


def quantity(
    unit: str, description: str, low: float | None = None, high: float | None = None, decimals: int | None = None
) -> Any:
    """A field of a Result that is measured in `unit`; its JSON schema says so.

    `low` and `high` are the bounds of every number in it, or None for no bound. In JSON its floats are rounded to
    `decimals` after the point, by default as usual for the unit (tonearm.model.rounding).
    """
    declared: dict[str, Any] = {"unit": unit}
    if (low, high) != (None, None):
        declared["range"] = [low, high]
    field: FieldInfo = Field(description=description, json_schema_extra=declared)
    field.metadata.append(PlainSerializer(partial(rounded, unit=unit, decimals=decimals), when_used="json"))
    return field


class Parameters(BaseModel):
    """What a request may set, as `name:version(key=value)`. This one is empty; a model with parameters extends it.

    Fields are booleans, numbers or literals, each with a default and a description.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


P = TypeVar("P", bound=Parameters)


class Model(ABC, Generic[P]):
    """Subclass it in a file of `tonearm.models`, or in a package with an entry point in the group `tonearm.models`."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    aliases: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str]
    group: ClassVar[str]
    """What it is about, under which people find it: "tempo and rhythm", "key and harmony", "loudness", "sound",
    "genre and tags", "mood", "embeddings" or "file"; a plugin may have one of its own."""
    description: ClassVar[str]
    citation: ClassVar[str]
    licence: ClassVar[str]
    result: ClassVar[type[Result]]
    partial: ClassVar[type[Result] | None] = None
    """What it tells while the audio arrives, by `so_far`; None if it tells nothing before its end."""
    requires: ClassVar[tuple[str, ...]] = ()
    """Importable packages that it cannot run without."""
    variant_of: ClassVar[str | None] = None
    """The name that means the best of several models for one task, if this is one of them under its full name."""
    network: ClassVar[str | None] = None
    """The name under which its network is published; None for signal processing."""
    parameters: ClassVar[type[Parameters]] = Parameters
    features: tuple[Feature, ...]
    """What it is fed with; a model may choose it when it begins."""
    warm_up_seconds: ClassVar[int] = 4
    """How long audio must be to run all of its compiled code. A worker analyses so much before its first request: what
    has not run by then is compiled while a client waits, in each worker again."""
    file_facts: ClassVar[bool] = False
    """Whether it needs to know what the file is: its `file`."""
    file: FileFacts
    """What the file is; only there in `finish`, and only if it needs to be known."""
    telling: bool = False
    """Whether `so_far` will be called: what only it needs may be left out otherwise."""

    def __init__(self, pcm_format: PcmFormat, given: P) -> None:
        self.pcm_format = pcm_format
        self.given = given

    @abstractmethod
    def feed(self, feature: Feature, block: Block) -> None:
        """Take the next values of one of its features. The array is shared with other models: do not write to it."""

    def so_far(self) -> Result | None:
        """A `partial`: what is known so far, and of curves what is new since the last call. None if nothing is.

        Called between two blocks, about once a second. It works on what is new, or on the latest seconds, never on
        everything from the start, and changes nothing of what `finish` returns. If it raises, it is called no more.
        """
        return None

    @abstractmethod
    def finish(self) -> Result:
        """The audio has ended; called once. Whatever it raises becomes this model's `error` event."""

    @classmethod
    def unavailable(cls) -> str | None:
        """Why it cannot run here now, as the end of a sentence about it; None if it can."""
        missing = [package for package in cls.requires if find_spec(package) is None]
        return f"cannot run here: the package {', '.join(missing)} is not installed." if missing else None
