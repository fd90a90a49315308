"""What a stream carries, as types: for clients that read it, and for the OpenAPI document that describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Frozen(BaseModel):
    # model_name would be taken for one of pydantic's own names.
    model_config = ConfigDict(frozen=True, protected_namespaces=())


class ModelResult(_Frozen):
    model_name: str = Field(description="the name as the request wrote it", examples=["key"])
    model_version: str = Field(description="the version that ran", examples=["1"])
    correlation_id: str = Field(description="a UUID of this model's run")
    results: dict[str, Any] = Field(description="the model's result; GET /v1/models has its schema")


class Started(_Frozen):
    status: Literal["started"]
    total_models: int = Field(description="how many models will run")


class Completed(_Frozen):
    status: Literal["completed"]
    result: ModelResult


class Failed(_Frozen):
    status: Literal["error"]
    error: str = Field(description="what went wrong and what to do")
    model_name: str | None = Field(None, description="set if the error concerns one model only; the others go on")
    model_version: str | None = None
    correlation_id: str | None = None


class Finished(_Frozen):
    status: Literal["finished"]
    total_models: int


StreamEvent = Annotated[Started | Completed | Failed | Finished, Field(discriminator="status")]
STREAM_EVENT: TypeAdapter[StreamEvent] = TypeAdapter(StreamEvent)
"""Reads an event from the JSON of its `data` line."""
