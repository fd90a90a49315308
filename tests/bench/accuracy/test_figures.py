"""Which figures there are of which systems, and which rows a peer wins."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

pytest.importorskip("mir_eval", reason="needs requirements/bench.txt")

from bench.accuracy.answer import Answer
from bench.accuracy.figures import rows
from bench.accuracy.recordings import Recording
from bench.accuracy.report import Cost, Report, Row
from bench.accuracy.systems.system import System
from bench.accuracy.text import markdown, tables, wins

SONGS = [Recording(Path(f"song {number}"), "songs", tempo=100.0 + 5 * number) for number in range(20)]
NOISE = [Recording(Path(f"noise {number}"), "noise") for number in range(5)]
GIVES = frozenset({"tempo", "tempo certainty", "tempo probability"})


def never(_: Path) -> Answer:
    raise AssertionError


OURS = System("`ours`", never, GIVES)
PEER = System("peer", never, frozenset({"tempo"}), version="1")


def right(recording: Recording, probability: float = 1.0) -> Answer:
    return Answer(tempo=recording.tempo, tempo_probability=probability, tempo_certain=True)


def wrong(recording: Recording, probability: float = 1.0, certain: bool = True) -> Answer:
    return Answer(tempo=77.0, tempo_probability=probability, tempo_certain=certain)


def measured(ours: dict[Recording, Answer], peer: dict[Recording, Answer]) -> dict[str, Row]:
    found = rows([OURS, PEER], {OURS.name: ours, PEER.name: peer})
    return {f"{row.section}: {row.what}": row for row in found}


def report(found: dict[str, Row]) -> Report:
    sections = dict.fromkeys(row.section for row in found.values())
    return Report(
        commit="abc",
        machine="here",
        networks=[],
        versions={"peer": "1"},
        sets={"songs": 20},
        systems={section: [OURS.name, PEER.name] for section in sections},
        rows=list(found.values()),
        cost=Cost(models="key:2,beats:1", file="a song", ratio=3.0, cpu=3.0, decoding=1.0),
        failures={"peer": 2},
        left_out=["sonara is not here, and has no column."],
    )


def test_a_peer_that_is_right_more_often_wins_the_row() -> None:
    ours = {each: right(each) if number % 2 else wrong(each) for number, each in enumerate(SONGS)}
    found = measured(ours, {each: right(each) for each in SONGS})
    row = found["Tempo: Acc1, songs"]
    assert (row.cells["`ours`"].value, row.cells["peer"].value) == (0.5, 1)
    assert row.lead is not None
    assert (row.lead.peer, row.lead.value, row.lead.proved) == ("peer", 0.5, True)
    lines = wins(report(found))
    assert [line for line in lines if "Acc1, songs:" in line and "more than chance" in line]
    assert all(line in markdown(report(found)) for line in lines)


def test_a_lead_by_one_song_is_chance() -> None:
    ours = {each: right(each) if number else wrong(each) for number, each in enumerate(SONGS)}
    found = measured(ours, {each: right(each) for each in SONGS})
    lead = found["Tempo: Acc1, songs"].lead
    assert lead is not None
    assert lead.value == pytest.approx(0.05)
    assert not lead.proved
    assert "within chance" in wins(report(found))[0]


def test_no_row_is_won_by_what_is_worse_or_equal() -> None:
    found = measured({each: right(each) for each in SONGS}, {each: wrong(each) for each in SONGS})
    assert wins(report(found)) == []
    assert "In no row" in markdown(report(found))
    same = measured({each: right(each) for each in SONGS}, {each: right(each) for each in SONGS})
    assert wins(report(same)) == []


def test_a_figure_that_only_tonearm_has_is_a_row_without_a_lead() -> None:
    ours = {each: right(each) for each in SONGS} | {each: wrong(each, certain=False) for each in NOISE}
    found = measured(ours, {each: right(each) for each in SONGS})
    row = found["Certainty of tempi: noise called uncertain, or without a tempo"]
    assert (row.cells["`ours`"].value, row.cells["`ours`"].count, row.lead) == (1, 5, None)
    assert found["Certainty of tempi: songs called certain"].cells["`ours`"].value == 1


def test_bold_is_the_best_of_what_is_compared() -> None:
    ours = {each: right(each) for each in SONGS} | {each: wrong(each, certain=False) for each in NOISE}
    found = measured(ours, {each: wrong(each) for each in SONGS})
    rows = markdown(report(found)).splitlines()

    def bold(what: str) -> int:
        (row,) = (row for row in rows if row.startswith(f"| {what}"))
        return row.count("**") // 2

    assert bold("Acc1, songs |") == 1
    # Nothing to compare with, and nothing to be the best in.
    assert bold("noise called uncertain, or without a tempo") == bold("songs called certain") == 0


def test_only_certain_answers_count_among_the_certain() -> None:
    ours = {each: right(each) if number < 4 else wrong(each, certain=False) for number, each in enumerate(SONGS)}
    cell = measured(ours, {})["Certainty of tempi: right, of those called certain"].cells["`ours`"]
    assert (cell.value, cell.count) == (1, 4)


def test_fast_songs_are_a_set_of_their_own() -> None:
    found = measured({each: right(each) for each in SONGS}, {each: right(each) for each in SONGS})
    assert found["Tempo: Acc1, songs from 165 bpm"].cells["peer"].count == 7


def test_probabilities_are_measured_where_there_are_some() -> None:
    ours = {each: right(each, 0.9) if number % 2 else wrong(each, 0.9) for number, each in enumerate(SONGS)}
    row = measured(ours, {each: right(each) for each in SONGS})["Probabilities: calibration error, tempo"]
    assert set(row.cells) == {"`ours`"}
    assert row.cells["`ours`"].value == pytest.approx(0.4)


def test_what_is_missing_is_said() -> None:
    text = markdown(report(measured({each: right(each) for each in SONGS}, {each: right(each) for each in SONGS})))
    assert "sonara is not here" in text
    assert "peer failed on 2 of them" in text


def test_the_terminal_has_the_same_figures() -> None:
    ours = {each: right(each) if number % 2 else wrong(each) for number, each in enumerate(SONGS)}
    found = report(measured(ours, {each: right(each) for each in SONGS}))
    console = Console(width=160, file=StringIO(), record=True)
    for table in tables(found):
        console.print(table)
    printed = console.export_text()
    cells = [
        cell
        for line in markdown(found).splitlines()
        for cell in line.split("|")
        if re.search(r"\d \(", cell) and "- " not in cell
    ]
    assert len(cells) > 10
    assert [cell for cell in cells if cell.strip(" *") not in printed] == []
