"""Getting the published files: out of a wheel, from an address, or from a folder that somebody brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

from tonearm.networks.download import Progress, download
from tonearm.networks.free.projects import Address, Project, Wheel
from tonearm.networks.pack import PackError
from tonearm.networks.store import sha256

_ANY_PYTHON = "3.11"
"""A version for which all of these packages are published: nothing of them is run."""
_ANSWER_SECONDS = 10
"""For the index to answer, where time is short."""


def obtain(
    project: Project, target: Path, given: Path | None, progress: Progress, seconds: float | None = None
) -> None:
    """Put the files of all networks of a project into the folder `target`.

    `given` is a folder with those files, or with the wheel; without it they are downloaded. pip or uv, which get the
    wheel, have so many seconds and try once; without a number, all the time they want. Raises PackError if the files
    are not to be had, or are other files than were published.
    """
    source = project.source
    if given is not None:
        _bring(project, given, target)
    elif isinstance(source, Wheel):
        # Where the networks go there is room for them. /tmp may have little: it may be memory.
        with tempfile.TemporaryDirectory(dir=target, prefix=".wheel-") as scratch:
            _fetch(source, Path(scratch), seconds)
            _bring(project, Path(scratch), target)
    else:
        for network in project.networks:
            download(f"{source.url}/{network.path}", target / network.file, network.sha256, progress)


def _bring(project: Project, given: Path, target: Path) -> None:
    """From a folder: a file may be under its own path, its own name, the name it gets here, or in the wheel."""
    wheel = None if isinstance(project.source, Address) else given / project.source.name
    for network in project.networks:
        path = Path(network.path)
        places = [given / path, given / path.name, given / network.file]
        found = next((place for place in places if place.is_file()), None)
        if found is not None:
            shutil.copyfile(found, target / network.file)
        elif wheel is not None and wheel.is_file():
            _take(wheel, network.path, target / network.file)
        else:
            others = f" nor {wheel.name}" if wheel else ""
            raise PackError(f"{given} has neither {path.name}{others}.")
        if (digest := sha256(target / network.file)) != network.sha256:
            raise PackError(
                f"{path.name} is not the file that {project.name} published: its sha256 is {digest}, "
                f"not {network.sha256}."
            )


def _take(wheel: Path, path: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(wheel) as packed, packed.open(path) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    except (zipfile.BadZipFile, KeyError) as error:
        raise PackError(f"{wheel.name} is broken, or has no {path}: {error}") from error


def _is_made_by_uv() -> bool:
    """Whether uv made the environment that runs this. Then its settings have the index, and pip's may have none."""
    try:
        lines = (Path(sys.prefix) / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in lines)


def _fetch(wheel: Wheel, folder: Path, seconds: float | None) -> None:
    """Put the wheel, or what is in it, into a folder: with pip or uv, from the index that they are set up for."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    common = ["--quiet", "--no-deps", "--require-hashes", "--requirement", str(requirements)]
    common += ["--only-binary=:all:", "--python-version", _ANY_PYTHON]
    own_pip = [sys.executable, "-P", "-m", "pip"] if find_spec("pip") is not None else None
    uv, pip = shutil.which("uv"), shutil.which("pip")
    environment = {**os.environ, "TMPDIR": str(folder)}
    if uv is not None and (own_pip is None or _is_made_by_uv()):
        # It has no command that only downloads: this one unpacks a wheel, here into a folder that is thrown away.
        command = [uv, "pip", "install", *common, "--python", sys.executable, "--target", str(folder)]
        if seconds is not None:
            environment |= {"UV_HTTP_TIMEOUT": str(_ANSWER_SECONDS), "UV_HTTP_RETRIES": "0"}
    elif own_pip is not None or pip is not None:
        command = [*(own_pip or [str(pip)]), "--disable-pip-version-check", "download", *common, "--dest", str(folder)]
        if seconds is not None:
            command += ["--timeout", str(_ANSWER_SECONDS), "--retries", "0"]
    else:
        raise PackError(
            f"This needs pip or uv, and neither is here. Get {wheel.name} on another machine, for example with "
            f"`pip download --no-deps {wheel.requirement}`, and name its folder with --from."
        )
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, env=environment)  # noqa: S603  # pip and uv
    except subprocess.TimeoutExpired as error:
        raise PackError(f"{wheel.name} did not come in time") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise PackError(f"{wheel.name} could not be downloaded: {' '.join(said)[-500:] or done.returncode}")
