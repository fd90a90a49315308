"""What all commands have in common."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tests.support.command import tonearm
from tonearm._version import __version__
from tonearm.cli import app
from tonearm.pipeline.registry import catalog


def test_the_version() -> None:
    assert tonearm("--version").stdout.decode().strip() == f"tonearm {__version__}"


@pytest.mark.release
def test_a_setting_that_makes_no_sense_is_named() -> None:
    for command in (["serve"], ["analyze", "-"], ["models", "list"]):
        done = tonearm(*command, TONEARM_PORT="many")
        assert done.returncode == 1
        assert "TONEARM_PORT" in done.stderr.decode()
        assert "Traceback" not in done.stderr.decode()


@pytest.mark.release
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("TONEARM_API_KEY", "Did you mean TONEARM_API_KEYS?"),
        ("TONEARM_API_KYES", "TONEARM_API_KYES is not a setting. Did you mean TONEARM_API_KEYS?"),
        ("TONEARM_WORKER", "TONEARM_WORKER is not a setting. Did you mean TONEARM_WORKERS?"),
    ],
)
def test_a_misspelt_setting_opens_no_server(monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    monkeypatch.setenv(name, "1")
    done = tonearm("serve", "--port", "0")
    assert done.returncode == 1
    assert words in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("command", ["analyze", "batch", "watch", "plot", "report", "tag", "serve", "doctor", "mcp"])
def test_help_has_examples(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    examples = done.stdout.rpartition("╯")[2]
    assert "tonearm" in examples
    assert "[bold]" not in examples


def test_a_shell_completes_commands_options_and_lists_of_models() -> None:
    def completed(line: str) -> list[str]:
        words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
        done = subprocess.run(
            [sys.executable, "-c", "from tonearm.cli import app; app(prog_name='tonearm')"],
            env={**os.environ, **words, "_TONEARM_COMPLETE": "complete_bash"},
            capture_output=True,
            text=True,
        )
        return done.stdout.split()

    assert completed("tonearm an") == ["analyze"]
    assert completed("tonearm analyze x.mp3 --skip") == ["--skip-done"]
    assert completed("tonearm analyze x.mp3 --models key,bpm_d") == ["key,bpm_degara"]


def test_help_and_completion_import_no_models() -> None:
    look = (
        "import sys, tonearm.cli, tonearm.cli.completion as c; assert 'key' in c.model_names(''); "
        "print([name for name in ('numpy', 'numba', 'essentia', 'av') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", look], capture_output=True, text=True).stdout == "[]\n"


def test_the_list_of_models_fits_a_screen_and_all_of_them_are_named() -> None:
    done = CliRunner().invoke(app, ["models", "list"], env={"COLUMNS": "80"})
    lines = done.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    words = done.stdout.replace(",", " ").split()
    assert {"key:2", "beats", "loudness_ebur128:2", "GPL-3.0-or-later", "keycnn"} <= set(words)
    assert {card.name for card in catalog().cards if not (card.unavailable or card.variant_of)} <= set(words)
