"""What a client should know of audio that was analysed although something about it is not as it should be."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Code = Literal["channels-cancel", "damaged", "format-changed", "implausible-samples", "several-tracks", "truncated"]


class AudioWarning(BaseModel):
    """Something to know about the audio; the results are there."""

    model_config = ConfigDict(frozen=True)

    code: Code = Field(description="what kind of thing it is; codes keep their meaning")
    message: str = Field(description="what was found and what was done about it")
    start: float | None = Field(None, description="where it begins, in seconds of the audio; null if it is everywhere")
    end: float | None = Field(None, description="where it ends, in seconds of the audio")
