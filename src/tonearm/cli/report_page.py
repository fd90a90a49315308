"""A report as one page that needs nothing else: for the screen, light and dark, and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tonearm._version import __version__
from tonearm.cli.report_rows import Report, Row, highest
from tonearm.results import file_format

_LOUDEST, _SOFTEST = 0.0, -48.0
"""LUFS at the upper and the lower edge of a curve."""
_WIDTH, _HEIGHT, _POINTS = 240, 40, 160
_FAINT_DC = 0.001
"""-60 dBFS; what is less is not worth a mark."""
_OVER = 0.0
"""dBTP above which a decoder may clip."""
_HEADINGS = (
    *(
        "Track",
        "Length",
        "Loudness LUFS",
        "Range LU",
        "Peak dBTP",
        "PLR dB",
        "Clipped spots",
        "DC offset",
        "Channels cancel s",
    ),
    *("BPM", "Key", "Short-term loudness"),
)
_STYLE = """
:root { color-scheme: light dark; --paper: #f6f3ec; --ink: #221f1b; --soft: #625d56; --line: #d8d3c8;
  --mark: #a33a1a; --curve: #2f6f6a; --grid: #c9c3b6; }
@media (prefers-color-scheme: dark) { :root { --paper: #141311; --ink: #efece6; --soft: #a8a29a; --line: #34312d;
  --mark: #ff8f66; --curve: #6fc3b8; --grid: #45413b; } }
body { margin: 2rem; background: var(--paper); color: var(--ink); font: 15px/1.4 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.7em; overflow-wrap: anywhere; }
dl { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 1rem 0 2rem; }
dt { color: var(--soft); font-size: 0.85em; }
dd { margin: 0; font-size: 1.15em; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 400; font-size: 0.85em; text-align: right; vertical-align: bottom; }
th, td { padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); }
td { text-align: right; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
th:last-child, td:last-child { padding-right: 0; text-align: left; }
.soft, .note { color: var(--soft); font-size: 0.85em; }
.mark { color: var(--mark); font-weight: 600; }
svg { display: block; }
.curve { fill: none; stroke: var(--curve); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.grid { stroke: var(--grid); stroke-width: 1; stroke-dasharray: 2 3; }
@page { size: landscape; margin: 12mm; }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --mark: #8f2d10;
  --curve: #1d5a55; --grid: #aaa; }
  body { margin: 0; font-size: 9pt; } .wide { overflow: visible; } tr { break-inside: avoid; }
  th, td { padding: 0.2rem 0.35rem; } }
"""


def page(report: Report) -> str:
    """Everything that comes from files is escaped, and no script would run."""
    title = escape(report.title)
    longest = max((row.seconds or 0.0 for row in report.rows), default=0.0)
    headings = "".join(f'<th scope="col">{heading}</th>' for heading in _HEADINGS)
    rows = "\n".join(_row(row, longest) for row in report.rows)
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in _facts(report))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<dl>{facts}</dl>
<div class="wide" tabindex="0" role="region" aria-label="Tracks">
<table>
<thead><tr>{headings}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<p class="note">Loudness by ITU-R BS.1770-4 and EBU R 128; that of the album has the gating blocks of all tracks
together. PLR is true peak less loudness. A spot is three samples or more in a row at full scale. Curves have one scale:
{_SOFTEST:.0f} to {_LOUDEST:.0f} LUFS, as long as the track, dotted at the loudness of the track. ? is uncertain,
! wants a look.</p>
<p class="note">Tonearm {__version__}</p>
</body>
</html>
"""


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    lufs = [row.integrated for row in report.rows if row.integrated is not None]
    yield "tracks", str(len(report.rows))
    yield "length", file_format.clock(sum(row.seconds or 0.0 for row in report.rows))
    yield "album loudness", _with_unit(report.loudness.integrated, "LUFS")
    yield "album true peak", _with_unit(report.loudness.true_peak, "dBTP")
    if len(lufs) > 1:
        yield "loudest to softest track", f"{max(lufs) - min(lufs):.1f} LU"
    if failed := sum(bool(row.errors) for row in report.rows):
        yield "with errors", f'<span class="mark">{failed}</span>'


def _row(row: Row, longest: float) -> str:
    artist = f' <span class="soft">{escape(row.naming.artist)}</span>' if row.naming.artist else ""
    about = escape(row.format or row.file)
    notes = "".join(
        f'<br><span class="mark">!</span> <span class="soft">{escape(words)}</span>' for words in row.errors
    )
    notes += "".join(f'<br><span class="soft">{escape(words)}</span>' for words in row.warnings)
    cells = (
        f'{escape(row.title)}{artist}<br><span class="soft">{about}</span>{notes}',
        "-" if row.seconds is None else file_format.clock(row.seconds),
        _number(row.integrated),
        _number(row.range),
        _marked(_number(row.true_peak, 2), row.true_peak is not None and row.true_peak > _OVER),
        _number(row.plr),
        _marked("-" if row.clips is None else str(row.clips), bool(row.clips)),
        _marked(
            "-" if row.dc_offset is None else f"{row.dc_offset:+z.4f}",
            row.dc_offset is not None and abs(row.dc_offset) >= _FAINT_DC,
        ),
        _marked(_number(row.cancelled), bool(row.cancelled)),
        _doubted(_number(row.bpm), row.bpm_certain),
        _doubted(f"{row.key.tonic} {row.key.scale}" if row.key else "-", row.key_certain),
        _curve(row, longest),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _curve(row: Row, longest: float) -> str:
    if not row.short_term or not row.seconds or not longest:
        return ""
    width = _WIDTH * row.seconds / longest
    points = highest(row.short_term, max(2, round(_POINTS * row.seconds / longest)))
    lines, under_way = [], False
    for index, value in enumerate(points):
        if value is None:
            under_way = False
            continue
        lines.append(f"{'L' if under_way else 'M'}{width * (index + 0.5) / len(points):.1f} {_place(value):.1f}")
        under_way = True
    level = ""
    if row.integrated is not None:
        at = f"{_place(row.integrated):.1f}"
        level = f'<line class="grid" x1="0" x2="{width:.1f}" y1="{at}" y2="{at}"/>'
    label = f"short-term loudness of {escape(row.title)}"
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        f'{level}<path class="curve" d="{" ".join(lines)}"/></svg>'
    )


def _place(lufs: float) -> float:
    within = max(_SOFTEST, min(_LOUDEST, lufs))
    return _HEIGHT * (_LOUDEST - within) / (_LOUDEST - _SOFTEST)


def _number(value: float | None, decimals: int = 1) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


def _with_unit(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.1f} {unit}"


def _marked(text: str, marked: bool) -> str:
    return f'<span class="mark">{text} !</span>' if marked else text


def _doubted(text: str, certain: bool) -> str:
    return text if certain or text == "-" else f'<span class="soft">{text}?</span>'
