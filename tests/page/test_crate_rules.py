"""What the crate makes of its tracks: which mix, in which order, and as which files."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.page.test_modules import call
from tests.support.certainty import STATES, beats_result, key_result
from tests.support.visitor import MINUS
from tonearm.results.music import MAJOR, MINOR, Key

KEYS = [Key(tonic, scale) for scale, ring in (("major", MAJOR), ("minor", MINOR)) for tonic in ring]


@pytest.fixture
def page(calm_page: Page) -> Page:
    return calm_page


def entry(name: str, key: Key | None, bpm: float | None, certainty: str = "certain") -> dict[str, Any]:
    """A row as the page has it; no key and no tempo are those of silence."""
    findings: dict[str, Any] = {"lufs": -14.2, "peak": -0.3, "seconds": 200.4, "warnings": []}
    place = key and {"scale": key.scale, "index": key.fifths}
    findings["key"] = {"certainty": certainty, "value": place} if key else {"certainty": "none"}
    findings["tempo"] = {"certainty": certainty, "value": bpm} if bpm else {"certainty": "none"}
    shown = {"id": name, "title": name, "path": f"{name}.mp3", "size": 1, "place": 0, "state": "done", "error": ""}
    return {**shown, "findings": findings}


def test_keys_mix_with_their_neighbours_on_the_wheel(page: Page) -> None:
    entries = [entry(f"{key.tonic} {key.scale}", key, 120) for key in KEYS]
    found = call(page, "crate/mixing.js", "x.map((one) => x.map((other) => m.mixes(one, other) !== null))", entries)
    assert found == [[other in {one, *one.mixes_with} for other in KEYS] for one in KEYS]


@pytest.mark.parametrize(
    ("bpm", "words"),
    [
        (120.0, "8A to 9A, 0.0 %"),
        (125.0, f"8A to 9A, {MINUS}4.0 %"),
        (113.3, "8A to 9A, +5.9 %"),
        (113.1, None),
        (127.7, None),
        (60.0, "8A to 9A, 0.0 %, counted double"),
        (250.0, f"8A to 9A, {MINUS}4.0 %, counted half"),
        (80.0, None),
    ],
)
def test_tempi_mix_within_the_fader(page: Page, bpm: float, words: str | None) -> None:
    pair = [entry("playing", Key("A", "minor"), 120), entry("next", Key("E", "minor"), bpm)]
    assert call(page, "crate/mixing.js", "m.mixes(...x)", pair) == words


def test_no_advice_by_what_is_uncertain_or_not_there(page: Page) -> None:
    sure = entry("sure", Key("A", "minor"), 120)
    for doubt in (entry("doubt", Key("A", "minor"), 120, "uncertain"), entry("silence", None, None)):
        found = call(page, "crate/mixing.js", "[m.mixes(...x), m.mixes(x[1], x[0]), m.mixable(x[1])]", [sure, doubt])
        assert found == [None, None, None]


@pytest.mark.parametrize("state", STATES)
def test_a_row_is_as_certain_as_the_models_are(page: Page, state: str) -> None:
    results = [("key", "2", key_result(state)), ("beats", "1", beats_result(state))]
    events = [completed(*each) for each in results]
    found = call(page, "crate/findings.js", "m.findings(x)", events)
    sure = {} if state == "none" else {"value": {"scale": "minor", "index": 0}}
    assert found["key"] == {"certainty": state, **sure}
    assert found["tempo"] == {"certainty": state, **({} if state == "none" else {"value": 120})}


def completed(name: str, version: str, results: dict[str, Any]) -> dict[str, Any]:
    return {"status": "completed", "result": {"model_name": name, "model_version": version, "results": results}}


def test_what_failed_and_what_was_damaged_is_told(page: Page) -> None:
    events = [
        completed("audio", "1", {"duration": 3.5}),
        {"status": "error", "model_name": "key", "model_version": "2", "error": "ArithmeticError"},
        {"status": "finished", "total_models": 2, "warnings": [{"code": "format-changed", "message": "…"}]},
    ]
    found = call(page, "crate/findings.js", "m.findings(x)", events)
    assert found["warnings"] == ["Key failed", "Format changed"]
    assert (found["seconds"], found["key"], found["lufs"]) == (3.5, None, None)
    assert call(page, "crate/findings.js", "m.findings(x)", events[1:]) is None
    assert call(page, "crate/findings.js", "m.failure(x)", events[1:]) == "ArithmeticError"


SET = [
    entry("nine", Key("E", "minor"), 120),
    entry('quick "eight", live', Key("A", "minor"), 128),
    entry("doubt", Key("C", "major"), 90, "uncertain"),
    entry("#ten", Key("B", "minor"), 99),
    entry("eight", Key("A", "minor"), 100.5),
    entry("relative", Key("C", "major"), 100),
    entry("silence", None, None),
]
IN_ORDER = ["eight", 'quick "eight", live', "relative", "nine", "#ten", "doubt", "silence"]


def test_a_spreadsheet_reads_the_csv(page: Page) -> None:
    broken = {**entry("broken", None, None), "state": "failed", "findings": None, "error": "no,\naudio"}
    text = call(page, "crate/order.js", "m.byKey(x)", [*SET, broken])
    text = call(page, "crate/csv.js", "m.csv(x)", text)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["title"] for row in rows] == [*IN_ORDER, "broken"]
    assert rows[0] == {
        "file": "eight.mp3",
        "title": "eight",
        "key": "A",
        "scale": "minor",
        "key_certainty": "certain",
        "camelot": "8A",
        "tempo_bpm": "100.5",
        "tempo_certainty": "certain",
        "integrated_lufs": "-14.2",
        "true_peak_dbtp": "-0.3",
        "duration_s": "200.4",
        "warnings": "",
        "error": "",
    }
    doubt, silence, failed = rows[-3:]
    assert (doubt["key"], doubt["key_certainty"], doubt["camelot"]) == ("C", "uncertain", "")
    assert (silence["key"], silence["key_certainty"], silence["tempo_bpm"]) == ("", "none", "")
    assert failed["error"] == "no,\naudio"


def test_a_player_reads_the_playlist(page: Page) -> None:
    text = call(page, "crate/m3u.js", "m.m3u(x)", call(page, "crate/order.js", "m.byKey(x)", SET))
    lines = text.splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTINF:200,eight", "eight.mp3"]
    paths = [line.removeprefix("./") for line in lines if not line.startswith("#")]
    assert paths == [f"{name}.mp3" for name in IN_ORDER]
