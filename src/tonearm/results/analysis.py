"""The results of one analysis as one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tonearm.protocol.messages import Completed, Failed, ModelResult, StreamEvent


class Failure(BaseModel):
    """A failure of one model, or, without a model name, of the whole analysis."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    error: str = Field(description="what is wrong and what to do")
    model_name: str | None = Field(None, description="the model that failed; null if the whole analysis failed")
    model_version: str | None = None

    def concerns(self, model: str) -> bool:
        """Whether this failure is why a model's result is missing. `model` is its name in an Analysis."""
        return self.model_name is None or model in (self.model_name, f"{self.model_name}:{self.model_version}")


class Analysis(BaseModel):
    """The results of a finished stream."""

    model_config = ConfigDict(frozen=True)

    results: dict[str, dict[str, Any]] = Field(
        description="results by model name as written in the request; by name:version if it requests several versions "
        "of a name, and by name:version(parameters) if it requests several sets of parameters of a version"
    )
    errors: list[Failure] = Field(description="all failures; empty if every model succeeded")

    def __getitem__(self, model: str) -> dict[str, Any]:
        """A model's result. Raises KeyError with the reason if there is none."""
        if model in self.results:
            return self.results[model]
        raise KeyError(f"no result of {model!r}: {self.reason(model)}")

    def reason(self, model: str) -> str:
        """Why a model has no result."""
        because = [failure.error for failure in self.errors if failure.concerns(model)]
        return " ".join(because) or "it was not asked for by this name."

    @classmethod
    def of(cls, events: Iterable[StreamEvent]) -> Analysis:
        """Build the document from the events of one stream."""
        completed: list[ModelResult] = []
        errors: list[Failure] = []
        for event in events:
            if isinstance(event, Completed):
                completed.append(event.result)
            elif isinstance(event, Failed):
                errors.append(
                    Failure(error=event.error, model_name=event.model_name, model_version=event.model_version)
                )
        names = Counter([*(result.model_name for result in completed), *(failure.model_name for failure in errors)])
        return cls(
            results={
                result.model_name
                if names[result.model_name] == 1
                else f"{result.model_name}:{result.model_version}": result.results
                for result in completed
            },
            errors=errors,
        )
