"""The mean over patches of what a network gives, as labels with values or as an embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from pydantic import create_model

from tonearm.errors import ModelError
from tonearm.features import Block, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class Activations(Result):
    activations: dict[str, float]


class EmbeddingResult(Result):
    embedding: list[float] = quantity("1", "mean of the network's embeddings over all patches")
    patches: int = quantity("1", "how many patches the mean is taken over", low=1)


def labelled(labels: Sequence[str], meaning: str, low: float | None = None, high: float | None = None) -> type[Result]:
    """A result like Activations, whose schema names its labels."""
    field = quantity("1", f"{meaning}, mean over patches", low, high)
    field.json_schema_extra["propertyNames"] = {"enum": list(labels)}
    return create_model("ActivationsResult", __base__=Result, activations=(dict[str, float], field))


class MeanOutput(Model[Parameters]):
    """Collects a network's output for each patch. `finish` raises ModelError if the audio is shorter than one.

    A subclass that has a `partial` tells the mean so far in it, which is of the shape of its result.
    """

    shortest: ClassVar[float]
    missing: ClassVar[str | None] = None
    """Why it cannot run here, if that is known beforehand."""
    requires = ("onnxruntime",)

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._sum: Any = 0.0
        self._count = 0
        self._told = 0

    def feed(self, feature: Feature, block: Block) -> None:
        self._sum = self._sum + block.sum(axis=0, dtype=np.float64)
        self._count += len(block)

    def so_far(self) -> Result | None:
        if self._count == self._told:
            return None
        self._told = self._count
        return self.finish()

    def mean(self) -> list[float]:
        """The mean over patches of each output. Raises ModelError if the audio is shorter than one patch."""
        if not self._count:
            raise ModelError(f"The audio is too short: this network needs at least {self.shortest:.1f} s.")
        return [float(value) for value in self._sum / self._count]

    def activations(self, labels: Sequence[str], columns: slice = slice(None)) -> Result:
        """The result with the mean of each label's output: those of `columns`, in the order of `labels`."""
        return self.result.model_validate({"activations": dict(zip(labels, self.mean()[columns], strict=True))})

    @classmethod
    def unavailable(cls) -> str | None:
        return cls.missing or super().unavailable()
