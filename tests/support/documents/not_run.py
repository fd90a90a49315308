"""The commands in the documents that their test does not run: why, and what it checks instead."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from tests.support.documents.blocks import ROOT
from tonearm._version import __version__
from tonearm.networks.free import defaults, projects
from tonearm.networks.published import find


@dataclass(frozen=True)
class NotRun:
    command: str
    """A regular expression for the whole command."""
    reason: str
    check: Callable[[str, Mapping[str, str]], None]
    """Raises where the command cannot be right. It is given the environment of those that are run."""


def _target(command: str, environment: Mapping[str, str]) -> None:
    """make knows the target."""
    subprocess.run(
        ["make", "--dry-run", *shlex.split(command, comments=True)[1:]], cwd=ROOT, check=True, capture_output=True
    )


def _options(command: str, environment: Mapping[str, str]) -> None:
    """tonearm knows the command and each of its options."""
    subprocess.run(
        ["bash", "-c", f"{command.partition(' #')[0]} --help"],
        # Where it may leave a file that it writes to.
        cwd=environment["HOME"],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _pull(command: str, environment: Mapping[str, str]) -> None:
    """The networks that are named are known."""
    words = shlex.split(re.sub(r"--from \S+", "", command).partition(" pull ")[2], comments=True)
    names = [word for word in words if not word.startswith("-")]
    assert names
    assert all(name == defaults.NAME or find(name) or projects.find(name) for name in names), names
    if not command.startswith("docker"):
        _options(command, environment)


def _folder(command: str, environment: Mapping[str, str]) -> None:
    """It is that of a package."""
    assert (ROOT / shlex.split(command, comments=True)[-1] / "pyproject.toml").is_file()


def _source(command: str, environment: Mapping[str, str]) -> None:
    """It is this repository or its wheel, and what is in brackets is an extra of Tonearm's."""
    wanted = next(word for word in shlex.split(command, comments=True) if re.search(r"git\+URL|\.whl", word))
    named = re.fullmatch(r"(?:tonearm(\[.+\])? @ )?git\+URL|dist/tonearm-(\S+)-py3-none-any\.whl(\[.+\])?", wanted)
    assert named is not None
    assert named[2] in {None, __version__}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set((named[1] or named[3] or "[plot]")[1:-1].split(",")) <= set(extras)


def _known_to_ray(command: str, environment: Mapping[str, str]) -> None:
    """Ray has the command and each of its options."""
    if find_spec("ray") is not None:
        subprocess.run(["bash", "-c", f"{command} --help"], env=environment, check=True, stdout=subprocess.DEVNULL)


def _exists(command: str, environment: Mapping[str, str]) -> None:
    """Files that are named as arguments are there."""
    for word in shlex.split(command, comments=True):
        if re.fullmatch(r"(requirements|bench)/[\w./-]+", word):
            assert (ROOT / word).is_file(), word


def _nothing(command: str, environment: Mapping[str, str]) -> None:
    pass


NOT_RUN = (
    NotRun(r"make \w+.*", "it installs, tests or serves without end", _target),
    NotRun(r"tonearm serve.*", "the server that all others talk to is running already", _options),
    NotRun(r"tonearm watch [^-].*", "it ends when it is ended; it has tests of its own", _options),
    NotRun(r"(pipx install|pipx inject) beets.*", "it would download beets; the plugin has tests of its own", _nothing),
    NotRun(r"tonearm models pull .*", "it downloads networks", _pull),
    NotRun(r"docker run .* tonearm models pull .*", "there may be no container engine", _pull),
    NotRun(r"docker compose up.*", "there may be no container engine; compose.yaml has tests of its own", _nothing),
    NotRun(r"pip install examples/.*", "it would change the environment that the tests run in", _folder),
    NotRun(
        r"(uv tool install|uvx --from) .*", "the address is the reader's; tests/packaging installs a wheel", _source
    ),
    NotRun(
        r"((echo|printf) \S+ \| )?uv pip compile .*",
        "it asks the package index; the files it writes have tests of their own",
        _exists,
    ),
    NotRun(
        r"(uvx openapi-python-client|npx openapi-typescript) .*",
        "it downloads a generator; clients that are generated of the document have tests of their own",
        _nothing,
    ),
    NotRun(r"ray .*", "it starts a cluster; tests of their own start one", _known_to_ray),
    NotRun(r"chmod 600 ~/\.ray/auth_token.*", "the command before it makes the file", _nothing),
    NotRun(
        r"export TONEARM_ENGINE=ray .*",
        "there is no cluster; the commands after it are tried on this machine",
        _nothing,
    ),
    NotRun(
        r"tonearm batch s3://archive/masters --output archive",
        "the store is the reader's; tests of batch have one of their own",
        _options,
    ),
    NotRun(r"(sudo )?systemctl .*", "it would change this machine; the unit itself is checked", _nothing),
)


def reason(command: str) -> NotRun | None:
    return next((each for each in NOT_RUN if re.fullmatch(each.command, command, re.DOTALL)), None)
