"""The page's modules by themselves, in the browser they are written for."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from tests.support.http import Server
from tests.support.programs import needs
from tests.support.visitor import MINUS, Visitor, choose_file, choose_models, finished
from tonearm import api_keys
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.sample import sample_track

CAMELOT = {
    "1": ("B major", "A♭ minor"),
    "2": ("F♯ major", "E♭ minor"),
    "3": ("C♯ major", "B♭ minor"),
    "4": ("A♭ major", "F minor"),
    "5": ("E♭ major", "C minor"),
    "6": ("B♭ major", "G minor"),
    "7": ("F major", "D minor"),
    "8": ("C major", "A minor"),
    "9": ("G major", "E minor"),
    "10": ("D major", "B minor"),
    "11": ("A major", "F♯ minor"),
    "12": ("E major", "C♯ minor"),
}
"""The wheel as it is printed everywhere: 1A is A flat minor, 8B is C major."""
NUMBERS = {
    "m.number(-18.456, 1)": f"{MINUS}18.5",
    "m.number(-0.01, 1)": "0.0",
    "m.number(1476.6, 1)": "1,476.6",
    "m.signed(0.04, 1)": "0.0",
    "m.signed(4.5, 1)": "+4.5",
    "m.sensible(0.0000166)": "0.0000166",
    "m.sensible(-2.5)": f"{MINUS}2.50",
    "m.sensible(440)": "440",
    "m.clock(339.9)": "5:39",
    "m.clock(3661)": "1:01:01",
    "m.percent(0.123)": "12 %",
    "m.percent(0.0999)": "10 %",
    "m.percent(0.0123)": "1.2 %",
    "m.percent(0.0001)": "<0.1 %",
    "m.percent(0)": "0 %",
    "m.bytes(5_250_000)": "5.3 MB",
    "m.heading('momentaryLoudness')": "Momentary loudness",
    "m.heading('local_bpm')": "Local bpm",
    "m.count(1, 'beat') + m.count(2, 'beat')": "1 beat2 beats",
}


@pytest.fixture
def page(calm_page: Page) -> Page:
    return calm_page


def call(page: Page, module: str, expression: str, argument: Any = None) -> Any:
    """Evaluate an expression over a module `m` and an argument `x`."""
    return page.evaluate(f"async x => {{ const m = await import('/web/{module}'); return {expression}; }}", argument)


def test_the_page_doubts_what_the_command_line_doubts(page: Page) -> None:
    keys = [{"strength": [strength]} for strength in (-1, 0, 0.74, 0.749999, 0.75, 0.76, 1)]
    lengths: list[list[float]] = [[0.5] * 8, [0.5] * 9, [0.5, 0.6] * 10, [0.5] * 14 + [0.6] * 6, [0.5] * 13 + [0.6] * 7]
    lengths += [[0.5] * 12 + [0.525] * 7, [0.5] * 12 + [0.526] * 7, []]
    beats = [[round(float(beat), 4) for beat in np.cumsum([0.1, *each])] for each in lengths]
    tempi: list[dict[str, Any]] = [{"bpm": 120}, {"bpm": 120, "beat_positions": []}]
    tempi += [{"bpm": 120, "beat_positions": each} for each in beats]
    tempi += [{"bpm": 120, "beat_positions": beats[1], "confidence": each} for each in (0, 1.5, 1.51, 5)]
    found = call(
        page,
        "certainty.js",
        "[x[0].map(r => m.keyIsCertain(r.strength[0])), x[1].map(m.tempoIsCertain)]",
        [keys, tempi],
    )
    assert found == [[key_is_certain(key) for key in keys], [tempo_is_certain(tempo) for tempo in tempi]]
    for answers in found:
        assert set(answers) == {True, False}


def test_events_are_read_however_the_text_arrives(page: Page) -> None:
    events = [{"status": "started", "total_models": 1}, {"words": "näïve\n\ndata: no event ♯"}, {"status": "finished"}]
    text = ": keep-alive\n\n".join(f"data: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events)
    read = """(() => {
        const whole = [];
        for (let step = 1; step <= x.length; step++) {
            const reader = new m.EventReader();
            const found = [];
            for (let end = step; end < x.length + step; end += step) found.push(...reader.read(x.slice(0, end)));
            whole.push(JSON.stringify(found));
        }
        return [...new Set(whole)];
    })()"""
    (found,) = call(page, "sse.js", read, text)
    assert json.loads(found) == events


def test_every_key_has_its_place_on_the_wheel(page: Page) -> None:
    tonics = ["A", "Bb", "B", "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab"]
    expression = "x.map(([key, scale]) => { const p = m.place(key, scale); return [m.keyName(p), m.camelot(p)]; })"
    pairs = [(tonic, scale) for tonic in tonics for scale in ("major", "minor")]
    found = {code: name for name, code in call(page, "music.js", expression, pairs)}
    expected: dict[str, str] = {}
    for number, (major, minor) in CAMELOT.items():
        expected |= {f"{number}B": major, f"{number}A": minor}
    assert found == expected


def test_numbers_are_written_as_people_read_them(page: Page) -> None:
    assert {expression: call(page, "format.js", expression) for expression in NUMBERS} == NUMBERS


@pytest.mark.release
@needs("curl")
def test_the_copied_command_works(visitor: Visitor, tmp_path: Path, track: bytes) -> None:
    """Pasted into a shell it gives the same results, for a file with an ugly name, and with a key."""
    key, entry = api_keys.create("tester")
    file = tmp_path / 'it\'s "ugly" $HOME & co.wav'
    file.write_bytes(sample_track(4))
    with Server.started(TONEARM_WORKERS="1", TONEARM_API_KEYS=entry) as server:
        page = visitor.open(server)
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Use this key").click()
        page.get_by_text("Choose from").wait_for()
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        choose_models(page, "key", "loudness_ebur128:2")
        choose_file(page, file)
        finished(page)
        assert run(copied(page), tmp_path, key) == ["key", "loudness_ebur128"]
        page.get_by_role("button", name="Try the sample").click()
        finished(page)
        command = copied(page)
        assert run(command, tmp_path, key) == ["key", "loudness_ebur128"]
        assert key not in command


def copied(page: Page) -> str:
    page.get_by_role("button", name="Copy as curl").click()
    page.get_by_role("button", name="Copied").wait_for()
    return str(page.evaluate("navigator.clipboard.readText()"))


def run(command: str, folder: Path, key: str) -> list[str]:
    """The models that answer."""
    environment = {**os.environ, "TONEARM_API_KEY": key}
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    events = [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("data: ")]
    return sorted(event["result"]["model_name"] for event in events if event["status"] == "completed")


def test_the_command_for_an_address(page: Page) -> None:
    source = {"name": "n", "url": "http://example.com/a%20b.mp3?c='d'"}
    command = call(page, "curl.js", "m.curl(x, 'key,waveform(points=6000)', false)", source)
    assert "?models=key,waveform(points=6000)'" in command
    assert "-H 'audio-url: http://example.com/a%20b.mp3?c='\\''d'\\'''" in command
    assert "Authorization" not in command


def test_without_a_clipboard_object_a_text_is_copied_all_the_same(visitor: Visitor, server: Server) -> None:
    """As on a server without TLS that is not this machine."""
    page = visitor.open(server)
    page.context.grant_permissions(["clipboard-read"])
    page.evaluate("() => { delete Navigator.prototype.clipboard; }")
    expression = "document.body.append(m.copyButton('Copy it', () => 'a text'))"
    call(page, "copy.js", expression)
    page.get_by_role("button", name="Copy it").click()
    page.get_by_role("button", name="Copied").wait_for()
    page.get_by_label("or the URL of a track").focus()
    page.keyboard.press("Control+v")
    assert page.get_by_label("or the URL of a track").input_value() == "a text"
