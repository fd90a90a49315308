"""All that one analysis gave, as one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from tonearm.protocol.messages import Completed, Failed, ModelResult, StreamEvent


class Failure(BaseModel):
    """What went wrong: with one model, or, without a model's name, with the audio."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    error: str = Field(description="what was wrong and what to do")
    model_name: str | None = Field(None, description="the model that failed; null where it was the audio")
    model_version: str | None = None

    def concerns(self, model: str) -> bool:
        """Whether a model's result, by its name in an Analysis, is missing for this."""
        return self.model_name is None or model in (self.model_name, f"{self.model_name}:{self.model_version}")


class Analysis(BaseModel):
    """The results of a finished stream."""

    model_config = ConfigDict(frozen=True)

    results: dict[str, dict[str, Any]] = Field(
        description="results by the model's name as the request wrote it; by name:version where a name was asked for "
        "in several versions, and by name:version(parameters) where a version was with several sets of them"
    )
    errors: list[Failure] = Field(description="what failed; empty where everything is there")

    def __getitem__(self, model: str) -> dict[str, Any]:
        """A model's result. Raises KeyError with the reason where the model failed."""
        if model in self.results:
            return self.results[model]
        raise KeyError(f"no result of {model!r}: {self.reason(model)}")

    def reason(self, model: str) -> str:
        """Why there is no result of a model."""
        because = [failure.error for failure in self.errors if failure.concerns(model)]
        return " ".join(because) or "it was not asked for by this name."

    @classmethod
    def of(cls, events: Iterable[StreamEvent]) -> Analysis:
        """The document that these events of one stream make."""
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
