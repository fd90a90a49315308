"""The events of a stream as types, for clients and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tonearm.protocol.warnings import AudioWarning


class _Frozen(BaseModel):
    # pydantic reserves the prefix model_ for its own names.
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class ModelResult(_Frozen):
    model_name: str = Field(description="the name as written in the request", examples=["key"])
    model_version: str = Field(description="the version that ran", examples=["1"])
    correlation_id: str = Field(description="UUID of this model's run")
    results: dict[str, Any] = Field(description="the model's result; its schema is in GET /v1/models")


class Started(_Frozen):
    status: Literal["started"]
    total_models: int = Field(description="number of models that will run")


class PartialResult(_Frozen):
    model_name: str = Field(description="the name as written in the request", examples=["key"])
    model_version: str = Field(description="the version that runs", examples=["1"])
    correlation_id: str = Field(description="UUID of this model's run")
    results: dict[str, Any] = Field(
        description="what the model knows so far, and of curves what is new; its `partial_schema` is in GET /v1/models"
    )


class Partial(_Frozen):
    status: Literal["partial"]
    at: float = Field(description="seconds of audio analysed so far", json_schema_extra={"unit": "s"})
    result: PartialResult


class Completed(_Frozen):
    status: Literal["completed"]
    result: ModelResult


class Failed(_Frozen):
    status: Literal["error"]
    error: str = Field(description="what is wrong and what to do")
    model_name: str | None = Field(None, description="the model that failed, if only one did; the others continue")
    model_version: str | None = None
    correlation_id: str | None = None


class Finished(_Frozen):
    status: Literal["finished"]
    total_models: int
    warnings: tuple[AudioWarning, ...] = Field((), description="what to know of the audio; absent if there is nothing")


StreamEvent = Annotated[Started | Partial | Completed | Failed | Finished, Field(discriminator="status")]
STREAM_EVENT: TypeAdapter[StreamEvent] = TypeAdapter(StreamEvent)
"""Parses an event from the JSON of its `data` line."""
