"""Every code block of README.md and docs/ does what it says."""

from __future__ import annotations

import configparser
import contextlib
import io
import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest
import yaml
from pydantic import ValidationError

from tests.support.documents import console
from tests.support.documents.blocks import PAGES, ROOT, Block, blocks, one
from tests.support.documents.not_run import NOT_RUN, reason
from tests.support.documents.world import World
from tonearm.protocol.messages import STREAM_EVENT
from tonearm.results.analysis import Analysis
from tonearm.results.spotify import AudioFeatures
from tonearm.server.authentication import MCP
from tonearm.server.openapi.operation import Problem

ALL = [block for page in PAGES for block in blocks(page)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World.made(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.mark.release
@pytest.mark.parametrize("block", ALL, ids=str)
def test_a_block_does_what_it_says(block: Block, world: World) -> None:
    assert block.language in LANGUAGES, "a block needs a language that is known here, so that it can be tried"
    LANGUAGES[block.language](block, world)
    if block.title is not None:
        assert block.text == (ROOT / block.title).read_text()


def run_console(block: Block, world: World) -> None:
    run = []
    for command in console.commands(block.text):
        exempt = reason(command.line)
        if exempt is None:
            run.append(command)
        else:
            exempt.check(command.line, world.environment)
    if any("curl" in command.line.split() for command in run) and shutil.which("curl") is None:
        pytest.skip("needs the system package curl")
    lines = [world.here(command.line) for command in run]
    outcomes = console.run(lines, world.folder(block.page.stem), world.environment)
    assert len(outcomes) == len(run), outcomes
    for index, (command, (status, printed)) in enumerate(zip(run, outcomes, strict=True)):
        told = index + 1 < len(run) and run[index + 1].line == "echo $?"
        assert told or status == 0, f"{command.line} ended with {status}: {printed}"
        if command.printed:
            compare(command.printed, world.there(printed))


def run_python(block: Block, world: World) -> None:
    """In this process; where a `text` block follows, that is what it prints."""
    printed = io.StringIO()
    code = compile(world.here(block.text), str(block), "exec")
    with contextlib.chdir(world.folder(block.page.stem)), contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "__main__"})
    after = ALL[ALL.index(block) + 1 :][:1]
    if after and after[0].language == "text" and after[0].page == block.page:
        compare(after[0].text, world.there(printed.getvalue()))


def run_sql(block: Block, world: World) -> None:
    """In DuckDB; where a `text` block follows, that is what its shell prints."""
    folder = world.folder(block.page.stem)
    if not (folder / "out").exists():
        # Another process may have run the commands that write it.
        for before in ALL[: ALL.index(block)]:
            if before.page == block.page and before.language == "console":
                run_console(before, world)
    with contextlib.chdir(folder), duckdb.connect() as connection:
        printed = str(connection.sql(block.text))
    after = ALL[ALL.index(block) + 1 :][:1]
    if after and after[0].language == "text" and after[0].page == block.page:
        compare(after[0].text, world.there(printed))


def compare(expected: str, printed: str) -> None:
    if not console.matches(expected, printed):
        raise AssertionError(f"The page says that it prints\n{expected}\nand it prints\n{printed}")


def look_at_text(block: Block, world: World) -> None:
    before = ALL[ALL.index(block) - 1]
    assert before.language in {"python", "sql"} or (block.page.name, block.text.count("┌")) == ("architecture.md", 1)


def read_json(block: Block, world: World) -> None:
    value = json.loads(block.text)
    if value.get("message") == "request":
        lines = [json.loads(line) for line in world.server.log]
        asked = next(line for line in lines if line.get("path") == value["path"])
        assert asked.keys() == value.keys()
    elif "mcpServers" in value:
        for server in value["mcpServers"].values():
            if server.get("type") == "http":
                assert server["url"].endswith(MCP)
                continue
            asked = " ".join([server["command"], *server["args"], "--help"])
            assert console.run([asked], world.root, world.environment)[0][0] == 0
    else:
        document(value)


def document(value: dict[str, Any]) -> None:
    """Raises ValidationError for what no answer of the server looks like."""
    if "status" in value:
        STREAM_EVENT.validate_python(value)
    elif "detail" in value:
        Problem.model_validate(value)
    elif value.get("type") == "audio_features":
        AudioFeatures.model_validate(value)
    else:
        Analysis.model_validate(value)


def read_toml(block: Block, world: World) -> None:
    tomllib.loads(block.text)


def read_yaml(block: Block, world: World) -> None:
    assert isinstance(yaml.safe_load(block.text), dict)


def check_unit(block: Block, world: World) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read_string(block.text)
    program, verb = unit["Service"]["ExecStart"].split()
    assert (program.rpartition("/")[2], verb) == ("tonearm", "serve")
    assert unit["Service"]["ExecReload"].split()[1:] == ["-HUP", "$MAINPID"]
    assert int(unit["Service"]["TimeoutStopSec"]) > 30
    if analyse := shutil.which("systemd-analyze"):
        file = world.root / "tonearm.service"
        file.write_text(block.text.replace(program, "/bin/true"))
        done = subprocess.run([analyse, "verify", file], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


def served(block: Block, world: World) -> None:
    """tests/proxy runs it."""
    assert block.text == one(block.page.name, block.language)


def visited(block: Block, world: World) -> None:
    """tests/page runs it."""
    assert block.text == one(block.page.name, block.language)


LANGUAGES: dict[str, Callable[[Block, World], None]] = {
    "console": run_console,
    "python": run_python,
    "sql": run_sql,
    "text": look_at_text,
    "json": read_json,
    "toml": read_toml,
    "yaml": read_yaml,
    "ini": check_unit,
    "javascript": visited,
    "html": visited,
    "nginx": served,
    "caddy": served,
}


@pytest.mark.parametrize("exempt", NOT_RUN, ids=lambda exempt: exempt.command)
def test_what_is_not_run_is_in_the_documents(exempt: object) -> None:
    lines = [command.line for block in ALL if block.language == "console" for command in console.commands(block.text)]
    assert any(reason(line) is exempt for line in lines)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("```\nwithout a language\n```", AssertionError),
        ("```perl\nprint\n```", AssertionError),
        ("```console\n$ false\n```", AssertionError),
        ("```console\n$ echo 2\n1\n```", AssertionError),
        ("```console\n$ make no-such-target\n```", subprocess.CalledProcessError),
        ("```console\n$ tonearm serve --no-such-option\n```", subprocess.CalledProcessError),
        ("```console\n$ tonearm models pull no_such_network\n```", AssertionError),
        ("```console\n$ uv tool install 'tonearm[nothing] @ git+URL'\n```", AssertionError),
        ("```console\n$ uv tool install dist/tonearm-0.0.0-py3-none-any.whl\n```", AssertionError),
        ("```python\n1 / 0\n```", ZeroDivisionError),
        ('```json\n{"status": "complete"}\n```', ValidationError),
        ("```toml\na =\n```", tomllib.TOMLDecodeError),
        ("    indented", AssertionError),
    ],
)
def test_a_wrong_block_is_found(world: World, text: str, error: type[Exception]) -> None:
    (block,) = blocks(ROOT / "docs" / "index.md", text)
    with pytest.raises(error):
        test_a_block_does_what_it_says(block, world)
