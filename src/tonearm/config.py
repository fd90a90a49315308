"""Every setting of the server, each an environment variable."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tonearm.audio.caps import Caps

Network = IPv4Network | IPv6Network


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Settings(BaseSettings):
    """Read from `TONEARM_*`: `TONEARM_PORT=9000` sets `port`."""

    model_config = SettingsConfigDict(env_prefix="TONEARM_", env_ignore_empty=True, frozen=True)

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 for every interface")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 picks a free one")
    workers: int = Field(
        default_factory=_cores,
        ge=1,
        description="worker processes, so analyses at a time; as many as cores by default",
    )
    queue: int = Field(8, ge=0, description="requests that may wait for a worker; past them 429")
    max_body_bytes: int = Field(512 * 2**20, ge=1, description="largest upload or download, in bytes")
    max_seconds: float = Field(4 * 3600.0, gt=0, description="longest audio, in seconds after decoding")
    idle_seconds: float = Field(
        30.0, gt=0, description="longest silence of a client, or of the server behind an audio-url"
    )
    stall_seconds: float = Field(60.0, gt=0, description="a worker that makes no progress for so long is replaced")
    grace_seconds: int = Field(30, ge=0, description="how long running streams may go on after SIGTERM")
    fetch_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="private networks that audio-url may reach, comma-separated: 10.0.0.0/8,fd00::/8"
    )
    models_dir: Path = Field(
        default_factory=lambda: user_data_path("tonearm") / "models",
        description="folder of the networks that `tonearm models` installs",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severe line that is logged"
    )

    @field_validator("fetch_allow", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @property
    def caps(self) -> Caps:
        return Caps(max_seconds=self.max_seconds)
