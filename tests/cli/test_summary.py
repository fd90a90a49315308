"""What people read of a key and a tempo that are certain, uncertain and none: in a table, and of a single file."""

from __future__ import annotations

import pytest

from tests.support.certainty import REASONS, STATES, beats_result, key_result
from tonearm.cli.backend import Outcome
from tonearm.cli.formats.people import People
from tonearm.cli.source import Kind, Source
from tonearm.pipeline import registry
from tonearm.protocol.spec import parse
from tonearm.results.analysis import Analysis


def told(capsys: pytest.CaptureFixture[str], *analyses: Analysis) -> list[str]:
    """The lines of what stands in a terminal."""
    catalog = registry.catalog()
    people = People([Source(f"{number}.wav", Kind.FILE) for number in range(len(analyses))])
    people.ready(catalog, catalog.resolve(parse("key:2,beats")))
    for number, analysis in enumerate(analyses):
        people.write(Outcome(Source(f"{number}.wav", Kind.FILE), analysis))
    people.end()
    return capsys.readouterr().out.splitlines()


def analysed(state: str) -> Analysis:
    return Analysis(results={"key": key_result(state), "beats": beats_result(state)}, errors=[])


def facts(lines: list[str]) -> dict[str, str]:
    """By their names, which two or more spaces end."""
    return {name: words.strip() for name, _, words in (line.partition("  ") for line in lines[1:])}


def test_of_several_files_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    heading, *rows, legend = told(capsys, *map(analysed, STATES))
    assert heading.split() == ["file", "key", "key", "%", "Camelot", "BPM", "BPM", "%"]
    assert [row.split() for row in rows] == [
        ["0.wav", "A", "minor", "89", "8A", "120.0", "93"],
        ["1.wav", "A", "minor?", "37", "-", "120.0?", "41"],
        ["2.wav", "-", "-", "-", "-", "-"],
    ]
    assert legend == "? uncertain"


def test_of_a_single_file_what_is_certain(capsys: pytest.CaptureFixture[str]) -> None:
    found = facts(told(capsys, analysed("certain")))
    assert found == {
        "key": "A minor",
        "key probability": "89 %",
        "Camelot": "8A",
        "Open Key": "1m",
        "other keys": "C major 6 %, F# minor 2 %",
        "tuning": "-7 cents",
        "method (key)": "networks",
        "tempo": "120.0 bpm",
        "tempo probability": "93 %",
        "other tempi": "60.0 bpm 5 %, 80.0 bpm 1 %",
        "beats in a bar": "4",
        "beats": "40, from 0.00 s to 19.50 s",
        "bars": "10, from 0.00 s to 18.00 s",
        "method (beats)": "networks",
    }


def test_of_a_single_file_what_is_uncertain_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, analysed("uncertain"))
    found = facts(lines)
    assert found["key"] == f"A minor, uncertain: {REASONS['uncertain']}"
    assert found["tempo"] == f"120.0 bpm, uncertain: {REASONS['uncertain']}"
    assert (found["key probability"], found["tempo probability"]) == ("37 %", "41 %")
    assert found["other keys"] == "C major 6 %, F# minor 2 %"
    assert (found["Camelot"], found["Open Key"]) == ("-", "-")
    assert not any(code in line for line in lines for code in ("8A", "1m", "8B"))


def test_of_a_single_file_why_there_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    found = facts(told(capsys, analysed("none")))
    assert found["key"] == found["tempo"] == f"none: {REASONS['none']}"
    assert found["method (key)"] == "signal processing"
    assert not {"other keys", "other tempi", "bars", "tuning"} & set(found)


def test_what_changes_is_told_over_time(capsys: pytest.CaptureFixture[str]) -> None:
    later = {"start": 70.0, "end": 90.0, "key": "C", "scale": "major", "probability": 0.7}
    sections = [{"start": 0.0, "end": 70.0, "key": "A", "scale": "minor", "probability": 0.9}, later]
    curve = [{"time": 0.0, "tempo": 118.0}, {"time": 10.0, "tempo": 121.5}]
    results = {
        "key": key_result("certain", sections=sections),
        "beats": beats_result("certain", tempo_curve=curve),
    }
    found = facts(told(capsys, Analysis(results=results, errors=[])))
    assert found["key over time"] == "A minor from 0:00, C major from 1:10"
    assert found["tempo over time"] == "118.0 to 121.5 bpm"
