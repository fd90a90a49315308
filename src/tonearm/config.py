"""The settings of the server. Each is an environment variable."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from tonearm import api_keys
from tonearm.api_keys import ApiKey
from tonearm.cgroup import memory_limit, usable_cores
from tonearm.protocol.caps import Caps

if TYPE_CHECKING:
    # Deferred: importing it costs every worker a quarter of a second.
    from limits import RateLimitItem

Network = IPv4Network | IPv6Network
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)
_ENDPOINT = re.compile(r"(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:\[\]]+)):)?(\d{1,5})", re.ASCII)


_MOST_WORKERS = 256
_SERVER_BYTES = 512 << 20
"""Memory of the HTTP process, with what it buffers of slow uploads."""
_WORKER_BYTES = 256 << 20
"""Memory of a worker with an ordinary track."""


def usable_workers(system: Path = Path("/")) -> int:
    """One worker for each core that this process may use, as far as a container's memory has room for them."""
    cores, memory = usable_cores(system), memory_limit(system)
    if memory is not None:
        cores = min(cores, (memory - _SERVER_BYTES) // _WORKER_BYTES)
    return min(max(1, cores), _MOST_WORKERS)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to listen. A host may have several addresses; port 0 is a free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Endpoint:
        """9100, which is that port of 127.0.0.1, or 0.0.0.0:9100, or [::]:9100. Raises ValueError for anything else."""
        found = _ENDPOINT.fullmatch(text)
        if found is None or int(found[3]) > 65535:
            raise ValueError("use a port, such as 9100, or an address with one, such as 0.0.0.0:9100 or [::]:9100")
        return cls(found[1] or found[2] or "127.0.0.1", int(found[3]))


@dataclass(frozen=True, slots=True)
class Range:
    """How many of something there are: `least` when nothing is to do, and `most` when there is enough."""

    least: int
    most: int

    @classmethod
    def parse(cls, text: str) -> Range:
        """2-8, or 4, which is no more and no less. Raises ValueError for anything else."""
        found = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text, re.ASCII)
        if found is None or not 1 <= int(found[1]) <= int(found[2] or found[1]):
            raise ValueError("use a number, such as 4, or the least and the most, such as 2-8")
        return cls(int(found[1]), int(found[2] or found[1]))

    def __str__(self) -> str:
        return f"{self.least}-{self.most}"


class Settings(BaseSettings):
    """Read from `TONEARM_*`: `TONEARM_PORT=9000` sets `port`."""

    model_config = SettingsConfigDict(
        env_prefix="TONEARM_",
        env_ignore_empty=True,
        frozen=True,
        allow_inf_nan=False,
        # A default is right as it is, and to read that of the rate limit would cost every process an import.
        validate_default=False,
    )

    host: str = Field("127.0.0.1", description="address to listen on; 0.0.0.0 for all interfaces")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on; 0 picks a free port")
    metrics_port: Annotated[Endpoint | None, NoDecode] = Field(
        None,
        description="port for /metrics alone, of 127.0.0.1 or with an address: 9100 or 0.0.0.0:9100; "
        "served on the main port if not set",
    )
    workers: int = Field(
        default_factory=usable_workers,
        ge=1,
        le=_MOST_WORKERS,
        description="worker processes, each running one analysis at a time; by default one per core, within a "
        "container's limits",
    )
    engine: Literal["local", "ray"] = Field(
        "local", description="where analyses run: local, on this machine, or ray, on a cluster; ray needs the extra ray"
    )
    ray_address: str | None = Field(None, description="head of the Ray cluster: 10.0.0.1:6379")
    ray_workers: Annotated[Range, NoDecode] = Field(
        Range(1, 64), description="workers on the Ray cluster, a CPU each: the least and, under load, the most"
    )
    ray_network_workers: Annotated[Range | None, NoDecode] = Field(
        None, description="workers of their own for requests with a network, such as 1-4; none if not set"
    )
    ray_network_needs: Annotated[dict[str, float], NoDecode] = Field(
        {}, description="what each of these needs of a node besides a CPU, as Ray names it: GPU=0.5,fast=1"
    )
    queue: int = Field(8, ge=0, description="requests that may wait for a worker; further requests get 429")
    queue_seconds: float = Field(30.0, gt=0, description="how long a request may wait for a worker before it gets 429")
    buffer_bytes: int = Field(
        256 * 2**20,
        ge=0,
        description="memory for uploads that arrive and events that are read more slowly than the analysis goes, "
        "so that they hold no worker; 0 turns this off",
    )
    max_body_bytes: int = Field(512 * 2**20, ge=1, description="largest upload or download, in bytes")
    max_seconds: float = Field(
        4 * 3600.0,
        gt=0,
        description="longest audio, in seconds after decoding; of longer audio, the beginning is analysed",
    )
    max_rate: int = Field(384_000, ge=8_000, description="highest sample rate of audio, in Hz")
    max_channels: int = Field(8, ge=1, le=64, description="most channels of audio")
    idle_seconds: float = Field(
        30.0, gt=0, description="longest pause of a client, or of the server behind an audio-url, in seconds"
    )
    stall_seconds: float = Field(
        60.0, gt=0, description="how long a worker may make no progress before it is replaced, in seconds"
    )
    worker_memory_bytes: int = Field(
        2 * 2**30,
        ge=2**27,
        description="memory a worker may use for a request, on top of its idle memory, in bytes",
    )
    model_seconds: float = Field(
        60.0,
        gt=0,
        description="CPU time each model may take after the end of the audio, in seconds; one that takes longer is an "
        "error, and the others are not affected",
    )
    cpu_seconds: float = Field(1800.0, gt=0, description="CPU time a request may use, in seconds")
    grace_seconds: int = Field(30, ge=0, description="how long running streams may continue after SIGTERM, in seconds")
    fetch_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="private networks that audio-url may reach, comma-separated: 10.0.0.0/8,fd00::/8"
    )
    audio_url: bool = Field(True, description="whether clients may use audio-url: on or off")
    mcp: bool = Field(
        False, description="whether /mcp offers the tools for assistants over HTTP: on or off; needs the extra mcp"
    )
    library: Path | None = Field(
        None,
        description="folder of a library, as `tonearm library index` writes it, that /rest finds similar tracks in; "
        "needs the extra batch",
    )
    rate_limit: str = Field(
        "10/second",
        description="analyses a client may start, such as 10/second or 100/5 minutes; off for no limit",
    )
    audio_rate_limit: str = Field(
        "off", description="seconds of audio a client may have analysed, such as 600/minute; off for no limit"
    )
    rate_limit_storage: str = Field(
        "memory", description="where the counts are kept: memory, or redis://host:port/0 for several replicas"
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="networks of proxies whose X-Forwarded-For is trusted, comma-separated"
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="host names under which browsers may use this server, comma-separated; * for any"
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="origins of other sites whose pages may use this server, comma-separated: "
        "https://app.example.com; * for any",
    )
    connections_per_address: int | None = Field(
        None, ge=1, description="most connections of one address; half of all connections if not set"
    )
    api_keys: Annotated[tuple[ApiKey, ...], NoDecode] = Field(
        (), description="accepted API keys, as printed by `tonearm keys create`, comma-separated"
    )
    api_keys_file: Path | None = Field(None, description="file with more API keys, one per line; SIGHUP rereads it")
    models_dir: Path = Field(
        default_factory=lambda: user_data_path("tonearm") / "models",
        description="folder where `tonearm models` installs networks",
    )
    pull_networks: bool = Field(True, description="whether the first start gets the default networks: on or off")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="lowest level to log: debug, info, warning or error"
    )
    log_format: Literal["line", "json"] = Field("line", description="log format: line for people, json for programs")

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _parse_endpoint(cls, value: object) -> object:
        return Endpoint.parse(value.strip()) if isinstance(value, str) else value

    @field_validator("engine")
    @classmethod
    def _is_installed(cls, value: str) -> str:
        if value == "ray" and find_spec("ray") is None:
            raise ValueError("Ray needs an extra: install Tonearm as tonearm[ray]")
        return value

    @field_validator("ray_address")
    @classmethod
    def _is_head(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9._-]+:\d{1,5}", value):
            raise ValueError("use the address of the head with its port, such as 10.0.0.1:6379")
        return value

    @field_validator("ray_workers", "ray_network_workers", mode="before")
    @classmethod
    def _parse_range(cls, value: object) -> object:
        return Range.parse(value.strip()) if isinstance(value, str) else value

    @field_validator("ray_network_needs", mode="before")
    @classmethod
    def _parse_needs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = [re.fullmatch(r"\s*(\w+)=(\d+(?:\.\d+)?)\s*", part) for part in value.split(",")]
        if not all(found):
            raise ValueError("use names of resources with amounts, such as GPU=0.5")
        return {each[1]: float(each[2]) for each in found if each}

    @field_validator("fetch_allow", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_hosts", "cors_origins", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return [part.strip().lower() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("allowed_hosts")
    @classmethod
    def _are_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name != "*" and not re.fullmatch(r"[a-z0-9._-]+", name):
                raise ValueError("use names without scheme and port, such as music.example.com, or *")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise ValueError("use origins as browsers write them, such as https://app.example.com, or *")
        return value

    @field_validator("rate_limit", "audio_rate_limit")
    @classmethod
    def _is_limit(cls, value: str) -> str:
        _limit(value)
        return value

    @field_validator("mcp")
    @classmethod
    def _can_be_served(cls, value: bool) -> bool:
        if value and find_spec("mcp") is None:
            raise ValueError("the Model Context Protocol needs an extra: install Tonearm as tonearm[mcp]")
        return value

    @field_validator("library")
    @classmethod
    def _is_library(cls, value: Path | None) -> Path | None:
        if value is not None and find_spec("pyarrow") is None:
            raise ValueError("a library needs an extra: install Tonearm as tonearm[batch]")
        if value is not None and not (value / "manifest.json").is_file():
            raise ValueError(f"{value} is no library: `tonearm library index FOLDER --library {value}` makes one")
        return value

    @field_validator("rate_limit_storage")
    @classmethod
    def _is_storage(cls, value: str) -> str:
        if value != "memory" and not value.startswith(("redis://", "rediss://", "redis+unix://")):
            raise ValueError("use memory, or the URL of a Redis server: redis://host:port/0")
        if value != "memory" and find_spec("redis") is None:
            raise ValueError("Redis needs an extra: install Tonearm as tonearm[redis]")
        return value

    @field_validator("api_keys", mode="before")
    @classmethod
    def _parse_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(api_keys.parse(part.strip()) for part in value.split(",") if part.strip())

    @field_validator("api_keys_file")
    @classmethod
    def _is_key_file(cls, value: Path | None) -> Path | None:
        if value is not None:
            api_keys.read(value)
        return value

    @model_validator(mode="after")
    def _no_empty_keys(self) -> Self:
        """A secret that was not filled in must not open the server to everyone."""
        for name, found in (("API_KEYS", self.api_keys), ("API_KEYS_FILE", self.api_keys_file)):
            if not found and f"TONEARM_{name}" in os.environ:
                raise ValueError(f"TONEARM_{name} is empty, and a server without keys is open to everyone: unset it")
        return self

    @model_validator(mode="after")
    def _has_audio_for_tools(self) -> Self:
        if self.mcp and not self.audio_url:
            raise ValueError(
                "TONEARM_MCP is on, and its tools read audio by its URL: TONEARM_AUDIO_URL has to be on too"
            )
        return self

    @model_validator(mode="after")
    def _has_a_cluster(self) -> Self:
        if self.engine == "ray" and self.ray_address is None:
            raise ValueError(
                "TONEARM_ENGINE is ray, and TONEARM_RAY_ADDRESS does not say where the cluster is: "
                "set it to the address of its head, such as 10.0.0.1:6379"
            )
        if self.ray_network_needs and self.ray_network_workers is None:
            raise ValueError(
                "TONEARM_RAY_NETWORK_NEEDS is for workers that there are not: set TONEARM_RAY_NETWORK_WORKERS too"
            )
        return self

    @property
    def caps(self) -> Caps:
        return Caps(
            max_seconds=self.max_seconds,
            max_rate=self.max_rate,
            max_channels=self.max_channels,
            model_seconds=self.model_seconds,
        )

    @property
    def limit(self) -> RateLimitItem | None:
        """The rate limit; None if it is off."""
        return _limit(self.rate_limit)

    @property
    def audio_limit(self) -> RateLimitItem | None:
        """The limit in seconds of audio; None if it is off."""
        return _limit(self.audio_rate_limit)

    @property
    def guarded(self) -> bool:
        """Whether the server asks for an API key."""
        return bool(self.api_keys or self.api_keys_file)


CLIENT_VARIABLES = frozenset({"TONEARM_API_KEY", "TONEARM_MODELS_URL"})
"""What commands read besides the settings."""


def unknown_variables(environment: Iterable[str]) -> dict[str, str | None]:
    """The names in an environment that look like settings and are none, each with the nearest that is one."""
    known = [f"TONEARM_{name.upper()}" for name in Settings.model_fields]
    return {
        name: next(iter(get_close_matches(name, known, n=1)), None)
        for name in sorted(environment)
        if name.startswith("TONEARM_") and name not in known and name not in CLIENT_VARIABLES
    }


def _limit(text: str) -> RateLimitItem | None:
    if text.strip().lower() == "off":
        return None
    from limits import parse_many

    try:
        (limit,) = parse_many(text)
    except ValueError as error:
        raise ValueError("use one limit, such as 10/second or 100/5 minutes, or off") from error
    if not limit.amount:
        raise ValueError("a limit of 0 would refuse every request; use off for no limit")
    return limit
