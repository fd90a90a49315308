"""What `tonearm doctor` looks at. Each check yields what it found, good or bad, in words."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from time import monotonic

from pydantic import ValidationError

from tonearm._version import __version__
from tonearm.cli.settings import SECRET, complaints, unknown_complaints
from tonearm.config import Settings
from tonearm.engine.local import LocalEngine
from tonearm.errors import TonearmError, WorkerLost
from tonearm.networks.free.defaults import NAME, absent
from tonearm.networks.free.installed import folder, installed
from tonearm.networks.pack import PackError
from tonearm.networks.store import Store
from tonearm.protocol.cost import Cost
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse
from tonearm.results.analysis import Analysis
from tonearm.results.file_format import line
from tonearm.results.gather import gather
from tonearm.results.music import key, tempo
from tonearm.sample import BPM, sample_track

_NEEDED = ("numba", "numpy", "scipy", "soxr", "onnxruntime", "mutagen")
_EXTRAS = {"plot": "matplotlib", "batch": "pyarrow", "redis": "redis", "mcp": "mcp", "ray": "ray"}
_MODELS = "key:2,beats,loudness_ebur128"
_FORMAT_MODEL = "audio"
_SAMPLE_SECONDS = 60.0
_SAMPLE_FORMAT = "WAV, 16 bit, 44.1 kHz, stereo, 1:00"
_SLOW_START = 4.0
"""Seconds. A worker whose code is compiled needs one."""
_SANDBOX = "import json, sys; from tonearm.sandbox import confine; from pathlib import Path; " + (
    "print(json.dumps(confine(int(sys.argv[1]), Path(sys.argv[2]))))"
)


class Grade(Enum):
    GOOD = "ok"
    NOTE = "note"
    """Something is less than it could be."""
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    grade: Grade
    words: str


def good(words: str) -> Finding:
    return Finding(Grade.GOOD, words)


def note(words: str) -> Finding:
    return Finding(Grade.NOTE, words)


def broken(words: str) -> Finding:
    return Finding(Grade.BROKEN, words)


def programs() -> Iterator[Finding]:
    """What is installed."""
    system = f"{platform.system()} {platform.machine()}"
    yield good(f"tonearm {__version__}, Python {platform.python_version()}, {system}")
    try:
        import av
    except ImportError as error:
        yield broken(f"PyAV, which decodes, cannot be imported: {error}")
    else:
        libraries = (f"{name} {'.'.join(map(str, number))}" for name, number in sorted(av.library_versions.items()))
        needed = (words for words in libraries if words.startswith(("libavcodec", "libavformat", "libswresample")))
        yield good(f"PyAV {av.__version__} with FFmpeg {av.ffmpeg_version_info}: {', '.join(needed)}")
    missing = [name for name in _NEEDED if _version(name) is None]
    yield good(", ".join(f"{name} {_version(name)}" for name in _NEEDED if name not in missing))
    for name in missing:
        yield broken(f"{name} is not installed: install Tonearm with its dependencies")
    for extra, name in _EXTRAS.items():
        found = _version(name)
        wanting = f"{name} is not installed; only needed for its extra: tonearm[{extra}]"
        yield good(f"{name} {found}") if found else note(wanting)


def settings() -> Iterator[Finding]:
    """What is set, and what of it makes no sense."""
    try:
        given = Settings()
    except ValidationError as error:
        for complaint in complaints(error):
            yield broken(complaint)
        return
    names = {name.upper() for name in Settings.model_fields}
    others = ""
    for variable in sorted(os.environ):
        name = variable.removeprefix("TONEARM_")
        if name == variable:
            continue
        if name in names:
            value = "set" if name in SECRET else str(getattr(given, name.lower()))
            yield good(f"{variable}: {value}")
            others = "others "
    for complaint in unknown_complaints():
        yield broken(complaint)
    yield good(f"all {others}have their defaults")


def sandbox(given: Settings) -> Iterator[Finding]:
    """What a worker can give up on this system before it sees a stranger's file."""
    try:
        confined = subprocess.run(  # noqa: S603  # it runs this very Python
            [sys.executable, "-P", "-c", _SANDBOX, str(given.worker_memory_bytes), str(given.models_dir)],
            capture_output=True,
            text=True,
        )
    except OSError as error:
        yield broken(f"{sys.executable} cannot be run: {error.strerror}")
        return
    if confined.returncode:
        yield broken(f"a worker cannot be confined: {confined.stderr.strip().splitlines()[-1]}")
        return
    lacking: list[str] = json.loads(confined.stdout)
    for words in lacking:
        yield note(words)
    if not lacking:
        yield good("workers have limited memory, no files (Landlock), no network and no subprocesses (seccomp)")


def networks(given: Settings) -> Iterator[Finding]:
    """Whether the installed networks are what was installed, and load."""
    # Deferred: onnxruntime takes a while.
    from tonearm.networks.free.install import verify

    store = Store(given.models_dir)
    free = installed(store.folder)
    for project in free:
        try:
            verify(project, folder(project, store.folder))
        except PackError as error:
            yield broken(str(error))
        else:
            yield good(project.name)
    for wrong in store.broken.values():
        yield broken(str(wrong))
    for pack in store.packs.values():
        try:
            store.verify(pack)
        except PackError as error:
            yield broken(str(error))
        else:
            waits = pack.embedding if store.base(pack) is None else None
            yield note(f"{pack.stem} waits for {waits}: tonearm models pull {waits}") if waits else good(pack.stem)
    if lacking := [project.name for project in absent(store.folder) if project not in free]:
        instead = "signal processing answers where it can"
        names = ", ".join(lacking)
        yield note(f"not in {given.models_dir}: {names}; {instead}, and `tonearm models pull {NAME}` installs them")


def redis(given: Settings) -> Iterator[Finding]:
    """Whether the Redis that counts requests answers."""
    if given.rate_limit_storage == "memory":
        yield good("not configured, so requests are counted in memory")
        return
    from redis import Redis, RedisError

    try:
        Redis.from_url(given.rate_limit_storage, socket_timeout=2, socket_connect_timeout=2).ping()
    except (RedisError, OSError) as error:
        yield broken(f"it does not answer, so no rate limit applies: {error}")
    else:
        yield good("it answers")


async def cluster(given: Settings) -> AsyncIterator[Finding]:
    """Whether the cluster, if analyses are to run on one, lets this machine in and nobody without a token."""
    if given.engine == "local":
        yield good("not configured, so analyses run on this machine")
        return
    # Deferred: it is an extra, and takes a second to import.
    from tonearm.engine.cluster.connection import connect, cpus, disconnect

    assert given.ray_address is not None, "the settings ask for it"
    try:
        await connect(given.ray_address)
    except WorkerLost as error:
        yield broken(str(error))
        return
    try:
        found = cpus()
    finally:
        disconnect()
    words = f"{len(found)} nodes with {sum(found):g} CPUs for analyses"
    yield (
        good(words)
        if sum(found) >= given.ray_workers.least
        else broken(f"{words}: TONEARM_RAY_WORKERS wants {given.ray_workers.least} at least")
    )


async def analysis(given: Settings) -> AsyncIterator[Finding]:
    """A real one, of a sound whose key and tempo are known, and how long it takes."""
    begun = monotonic()
    engine = LocalEngine(1, 1, given.stall_seconds, "error", _MODELS)
    try:
        try:
            await engine.start()
        except (TonearmError, OSError) as error:
            yield broken(f"a worker process does not start: {error}")
            return
        seconds = monotonic() - begun
        slow = " (slower than usual: the first start compiles code and caches it if NUMBA_CACHE_DIR is writable)"
        yield (
            note(f"a worker is ready in {seconds:.1f} s{slow}")
            if seconds > _SLOW_START
            else good(f"a worker is ready in {seconds:.1f} s")
        )
        ready = [card for card in engine.catalog.cards if card.unavailable is None]
        yield good(f"{len(ready)} models can run; `tonearm models list` lists them")
        async for finding in _measure(engine, given):
            yield finding
    finally:
        await engine.stop()


async def _measure(engine: LocalEngine, given: Settings) -> AsyncIterator[Finding]:
    sample = sample_track(_SAMPLE_SECONDS)
    costs: list[Cost] = []

    async def analysed(models: str) -> Analysis:
        async def sound() -> AsyncIterator[bytes]:
            yield sample

        job = Job(tasks=engine.catalog.resolve(parse(models)), caps=given.caps)
        return await gather(engine.analyze(sound(), job, costs.append), job.tasks)

    try:
        # By itself: what it costs is no part of what is measured.
        read = await analysed(_FORMAT_MODEL)
        costs.clear()
        begun = monotonic()
        results = await analysed(_MODELS)
    except TonearmError as error:
        yield broken(f"the sample was not analysed: {error}")
        return
    wall = monotonic() - begun
    for failure in (*read.errors, *results.errors):
        yield broken(f"the sample: {failure.model_name or 'analysis'}: {failure.error}")
    if read.errors or results.errors:
        return
    form = line(read[_FORMAT_MODEL])
    right = form == _SAMPLE_FORMAT
    yield good(f"the sample is {form}, as expected") if right else broken(f"the sample is {form}; not {_SAMPLE_FORMAT}")
    found, beats = key(results["key"]), tempo(results["beats"])
    words = f"the sample is in {found.tonic} {found.scale}" if found else "the sample has no key"
    words += f" at {beats:.1f} bpm" if beats else " without beats"
    right = found == ("A", "minor") and beats is not None and abs(beats - BPM) < 1
    yield good(f"{words}, as expected") if right else broken(f"{words}; expected A minor at {BPM:g} bpm")
    yield good(f"the key is found by {results['key']['method']}, the tempo by {results['beats']['method']}")
    if costs:
        cost = costs[0]
        cpu = cost.decode_seconds + sum(cost.feature_seconds.values()) + sum(cost.model_seconds.values())
        core = _SAMPLE_SECONDS / cpu
        yield good(
            f"key, tempo and loudness of WAV: {core:.0f}x realtime per core ({1000 * cpu:.0f} ms for a minute), "
            f"{_SAMPLE_SECONDS / wall:.0f}x in one worker; {given.workers} workers are set"
        )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
