"""The results of one analysis as one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from tonearm.protocol.messages import Completed, Failed, Finished, StreamEvent
from tonearm.protocol.warnings import AudioWarning


class Failure(BaseModel):
    """A failure of one model, or, without a model name, of the whole analysis."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    error: str = Field(description="what is wrong and what to do")
    model_name: str | None = Field(None, description="the model that failed; null if it was no single model")
    model_version: str | None = None

    @property
    def words(self) -> str:
        """With the model's name, if it was one."""
        return f"{self.model_name}: {self.error}" if self.model_name else self.error


class Analysis(BaseModel):
    """The results of a finished stream."""

    model_config = ConfigDict(frozen=True)

    results: dict[str, dict[str, Any]] = Field(
        description="results by the model's name as the request wrote it; by name:version if the request named several "
        "versions of it, and by name:version(parameters) if it named one version with several sets of parameters"
    )
    errors: list[Failure] = Field(description="what failed; empty if every model has a result")
    warnings: list[AudioWarning] = Field(
        default_factory=list, description="what to know of the audio although it was analysed"
    )
    _requested: Counter[str] = PrivateAttr(default_factory=Counter)

    @classmethod
    def of(cls, events: Iterable[StreamEvent], requested: Iterable[str]) -> Analysis:
        """The document that the events of one stream make.

        `requested` has the `model_name` of each model that the request named, twice for two versions of one name: so
        a result has the same name here whatever happened to the other models.
        """
        names = Counter(requested)
        results: dict[str, dict[str, Any]] = {}
        errors: list[Failure] = []
        warnings: list[AudioWarning] = []
        for event in events:
            if isinstance(event, Completed):
                result = event.result
                results[_name(names, result.model_name, result.model_version)] = result.results
            elif isinstance(event, Failed):
                errors.append(
                    Failure(error=event.error, model_name=event.model_name, model_version=event.model_version)
                )
            elif isinstance(event, Finished):
                warnings.extend(event.warnings)
        analysis = cls(results=results, errors=errors, warnings=warnings)
        analysis._requested = names
        return analysis

    def __getitem__(self, model: str) -> dict[str, Any]:
        """A model's result. Raises KeyError with the reason if the model failed or was not requested."""
        if model in self.results:
            return self.results[model]
        raise KeyError(f"no result of {model!r}: {self.reason(model)}")

    @property
    def broken_off(self) -> bool:
        """Whether something other than a model failed: results may be missing, or cover only the beginning."""
        return any(failure.model_name is None for failure in self.errors)

    def name(self, model_name: str, model_version: str) -> str:
        """The name that a model's result has in `results`, whether or not it is there."""
        return _name(self._requested, model_name, model_version)

    def reason(self, model: str) -> str:
        """Why there is no result of a model."""
        because = [failure.error for failure in self.errors if self._concerns(failure, model)]
        return " ".join(because) or "it was not requested under this name."

    def _concerns(self, failure: Failure, model: str) -> bool:
        if failure.model_name is None:
            return True
        versioned = f"{failure.model_name}:{failure.model_version}"
        return model in (self.name(failure.model_name, failure.model_version or ""), versioned)


def _name(requested: Counter[str], model_name: str, model_version: str) -> str:
    return f"{model_name}:{model_version}" if requested[model_name] > 1 else model_name
