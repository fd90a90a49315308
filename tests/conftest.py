from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import shared
from tests.support.cluster import CREDENTIALS, RayCluster
from tests.support.http import Server
from tests.support.networks import convert, stand_ins
from tonearm.pipeline import registry
from tonearm.sample import sample_track

# What somebody has installed for themselves is not what is tested.
os.environ["TONEARM_MODELS_DIR"] = os.devnull
# No server that a test starts gets networks.
os.environ["TONEARM_PULL_NETWORKS"] = "off"

# The same examples in every run of the tests, and new ones in `make fuzz`. No deadline: the machine may stand still.
settings.register_profile("suite", max_examples=200, deadline=None, derandomize=True, database=None)
settings.register_profile("fuzz", max_examples=5000, deadline=None, database=None, print_blob=True)
settings.load_profile("suite")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call() -> Generator[None, object, object]:
    """Essentia, with which many tests compare, has wheels for few systems, and none for the newest Python."""
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "essentia":
            raise
        pytest.skip("needs Essentia")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have measured and recorded as properties, such as how close a result is to a reference's."""
    ended = [report for report in terminalreporter.stats.get("", []) if report.when == "teardown"]
    measured = [measure for report in ended for measure in report.user_properties]
    if measured:
        terminalreporter.section("measured")
        for what, value in measured:
            terminalreporter.write_line(f"{what}: {value}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The real server on a real port, allowed to download from this machine."""
    with Server.started(TONEARM_WORKERS="1", TONEARM_FETCH_ALLOW="127.0.0.0/8") as running:
        yield running


@pytest.fixture(scope="session")
def cluster() -> Iterator[RayCluster]:
    """Three nodes, of which the head, as that of a server, has no CPU for analyses."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        with RayCluster.started(0, 2, 2) as running:
            yield running


@pytest.fixture(scope="session")
def track() -> bytes:
    """Twenty seconds in A minor at 120 bpm, as a WAV file."""
    return sample_track(20)


@pytest.fixture(scope="session")
def installed(pytestconfig: pytest.Config) -> Path:
    """A models folder with the real networks of ../shared, converted once and kept between runs.

    The conversion installs TensorFlow, so only tests marked `release` ask for it.
    """
    if not (shared.ROOT / "models").is_dir():
        pytest.skip("needs the networks in ../shared")
    return convert(shared.ROOT / "models", Path(pytestconfig.cache.mkdir("networks")))


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with networks of the real ones' shapes, made here."""
    return stand_ins(tmp_path_factory.mktemp("networks") / "models")


@pytest.fixture
def models_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Call it with a models folder: until the end of the test, that is the one of this process."""

    def use(folder: Path) -> None:
        monkeypatch.setenv("TONEARM_MODELS_DIR", str(folder))
        registry.models.cache_clear()

    yield use
    registry.models.cache_clear()
