"""What was measured, as data (bench/results/similarity.json) and as the tables of docs/similar.md."""

from __future__ import annotations

from collections.abc import Iterator

from bench.data import Cell, Data
from bench.similarity.searching import Searching
from bench.similarity.versions import THRESHOLDS, Versions


class Row(Data):
    what: str
    cells: dict[str, Cell]
    """By system, ours first."""
    leads: dict[str, Cell]
    """By how much ours is better than each peer, on the same recordings."""

    @property
    def lost(self) -> list[str]:
        """The peers that are better."""
        return [name for name, lead in self.leads.items() if round(lead.value, 3) < 0]


class Report(Data):
    commit: str
    recordings: int
    styles: dict[str, int]
    chance: float
    rows: list[Row]
    versions: Versions
    searching: Searching
    left_out: list[str]


def lines(report: Report) -> Iterator[str]:
    yield from _styles(report)
    yield from _versions(report.versions)
    yield from _searching(report.searching)
    yield f"Tonearm {report.commit}."
    yield from report.left_out
    yield ""


def _styles(report: Report) -> Iterator[str]:
    names = list(report.rows[0].cells)
    yield from ("### By style", "")
    styles = ", ".join(f"{style} {count}" for style, count in report.styles.items())
    yield f"{report.recordings} recordings that the weights were not learnt from ({styles})."
    yield from (f"By chance, {report.chance:.2f} of the neighbours are of the style of a track.", "")
    yield from (f"| | {' | '.join(names)} |", "|---" * (1 + len(names)) + "|")
    for row in report.rows:
        best = max(cell.value for cell in row.cells.values())
        cells = (f"**{cell:.2f}**" if cell.value == best else f"{cell:.2f}" for cell in row.cells.values())
        yield f"| {row.what} | {' | '.join(cells)} |"
    yield ""
    for row in report.rows:
        for peer, lead in row.leads.items():
            yield f"- {row.what}: {lead:.2f} more than {peer}."
    lost = [f"{row.what} ({', '.join(row.lost)})" for row in report.rows if row.lost]
    yield from ("", f"Rows that sonara wins: {'; '.join(lost) or 'none'}.", "")


def _versions(versions: Versions) -> Iterator[str]:
    yield from ("### Over formats and masters", "")
    yield f"Similarity to the FLAC of the same 20 s, of {versions.versions[0].count} of these recordings:"
    yield ""
    heads = " | ".join(f"≥ {threshold:g}" for threshold in THRESHOLDS)
    yield from (f"| | least | median | its own nearest | {heads} |", "|---" * (4 + len(THRESHOLDS)) + "|")
    for each in versions.versions:
        found = " | ".join(f"{share:.0%}" for share in each.found)
        yield f"| {each.name} | {each.least:.3f} | {each.median:.3f} | {each.first:.0%} | {found} |"
    wrong = " | ".join(str(count) for count in versions.wrong)
    yield f"| pairs of different recordings, of {versions.others} | | | | {wrong} |"
    yield from ("", f"The most similar pair of different recordings has {versions.most:.3f}.", "")


def _searching(searching: Searching) -> Iterator[str]:
    yield from (f"### Among {searching.tracks:,} tracks", "")
    yield from (
        "Wall-clock time; on a machine with other work on it, as the one that was measured had, it is longer.",
        "",
    )
    yield from ("| question | time |", "|---|---|")
    yield f"| the 10 nearest | {1000 * searching.nearest:.0f} ms |"
    yield f"| the 10 nearest that mix by key and tempo | {1000 * searching.filtered:.0f} ms |"
    yield f"| a path of 25 tracks | {1000 * searching.path:.0f} ms |"
    yield f"| all duplicates | {searching.duplicates:.0f} s |"
    yield from ("", f"Every vector is looked at: {searching.megabytes:.0f} MB in memory, no index, no error.", "")
