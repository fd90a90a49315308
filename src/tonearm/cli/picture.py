"""One picture of a track: waveform with beats and bars, loudness over time, the circle of fifths, numbers."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from math import pi
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tonearm.results import music
from tonearm.results.analysis import Analysis
from tonearm.results.certainty import key_is_certain, tempo_is_certain
from tonearm.results.music import MAJOR, MINOR, Key

MODELS = "key:2,beats,loudness_ebur128:2(curves=true),waveform(points=1600)"
_TARGETS = (-14, -16, -23)
"""LUFS that most streaming services, Apple Music and EBU R 128 bring tracks to."""
_PAPER, _INK, _SOFT, _LINE, _DRAWN, _ACCENT = "#fffdf9", "#221e1a", "#675e55", "#dcd4c8", "#a89d90", "#b23a1c"
_COOL, _TINT = "#2a6f97", "#f6dfd5"
_STYLE: Any = {
    "figure.facecolor": _PAPER,
    "axes.facecolor": _PAPER,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "font.size": 9.5,
}
_MOST_LINES = 120
"""Beats up to which each is a line behind the waveform; of more, each is a tick below it."""
_SHORT = 15.0
"""Seconds up to which time is told in fractions of them."""
_LONGEST_NAME = 90
_QUIETEST = -60.0
"""LUFS: where the loudness has its lower end at the latest."""


@dataclass(frozen=True)
class _Track:
    """What is drawn, None where the audio has it not or its model failed."""

    key: Key | None
    key_certain: bool
    key_probability: float | None
    bpm: float | None
    bpm_certain: bool
    bpm_probability: float | None
    beats: list[float]
    downbeats: list[float]
    loudness: dict[str, Any]
    waveform: dict[str, Any]

    @classmethod
    def of(cls, analysis: Analysis) -> _Track:
        key, tempo, loudness, waveform = (
            analysis.results.get(name, {}) for name in ("key", "beats", "loudness_ebur128", "waveform")
        )
        tonic, bpm = music.key(key) if key else None, music.tempo(tempo) if tempo else None
        return cls(
            key=tonic,
            key_certain=bool(key) and key_is_certain(key),
            key_probability=key["probability"] if tonic else None,
            bpm=bpm,
            bpm_certain=bool(tempo) and tempo_is_certain(tempo),
            bpm_probability=tempo["confidence"] if bpm else None,
            beats=tempo["beats"] if tempo else [],
            downbeats=tempo["downbeats"] if tempo else [],
            loudness=loudness,
            waveform=waveform,
        )

    @property
    def seconds(self) -> float:
        return float(self.waveform.get("duration", 0.0))


def draw(name: str, analysis: Analysis, file: Path) -> None:
    """Write the picture of an analysis with MODELS, in the format that the file's name ends in.

    Raises ValueError for a format that is not known, and OSError.
    """
    track = _Track.of(analysis)
    with mpl.rc_context(_STYLE), warnings.catch_warnings():
        # A name may have letters that the font has not.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(figsize=(12, 6.75), layout="constrained")
        figure.get_layout_engine().set(w_pad=0.15, h_pad=0.12)  # type: ignore[union-attr, call-arg]
        places = figure.add_gridspec(2, 2, width_ratios=(3.2, 1), height_ratios=(1, 1))
        wave = figure.add_subplot(places[0, 0])
        level = figure.add_subplot(places[1, 0], sharex=wave)
        circle = figure.add_subplot(places[0, 1], projection="polar")
        numbers = figure.add_subplot(places[1, 1])
        figure.suptitle(
            f"{_shortened(name)}  ·  {_length(track.seconds)}", x=0.012, ha="left", fontsize=15, fontweight="bold"
        )
        _waveform(wave, track)
        _loudness(level, track)
        assert isinstance(circle, PolarAxes)
        _circle(circle, track)
        _numbers(numbers, track)
        wave.set_xlim(0, track.seconds or 1)
        figure.savefig(file, dpi=150)


def _waveform(axes: Axes, track: _Track) -> None:
    low, high, rms = (track.waveform.get(part, []) for part in ("low", "high", "rms"))
    times = [(index + 0.5) * track.seconds / len(low) for index in range(len(low))]
    axes.fill_between(times, low, high, color=_DRAWN, linewidth=0.3, step="mid")
    axes.fill_between(times, [-value for value in rms], rms, color=_SOFT, linewidth=0, step="mid")
    top = max([1.0, *high, *(-value for value in low)])
    # What is uncertain is dashed where there is room for it, and pale.
    style: Any = {"color": _ACCENT} if track.bpm_certain else {"color": _SOFT, "linestyle": (0, (2, 2))}
    if len(track.beats) <= _MOST_LINES:
        axes.vlines(track.beats, -1.2 * top, top, linewidth=0.7, alpha=0.5, zorder=0, **style)
    else:
        axes.vlines(track.beats, -1.2 * top, -1.11 * top, linewidth=min(0.7, 250 / len(track.beats)), **style)
    if len(track.downbeats) <= _MOST_LINES:
        axes.vlines(track.downbeats, -1.2 * top, top, linewidth=1.4, zorder=0, **style)
    else:
        axes.vlines(track.downbeats, -1.2 * top, -1.05 * top, linewidth=min(1.0, 250 / len(track.downbeats)), **style)
    axes.set_ylim(-1.22 * top, 1.05 * top)
    axes.set_yticks([-1, 0, 1])
    axes.axhline(0, color=_PAPER, linewidth=0.5)
    axes.tick_params(labelbottom=False)
    axes.set_ylabel("amplitude")
    axes.set_title(_heading(track), loc="left", fontsize=9.5, color=_SOFT)


def _heading(track: _Track) -> str:
    if not track.beats:
        return "waveform; no beats were found"
    bars = f" in {len(track.downbeats)} bars" if track.downbeats else ""
    return f"waveform and {len(track.beats)} beats{bars}{'' if track.bpm_certain else ', uncertain'}"


def _loudness(axes: Axes, track: _Track) -> None:
    momentary, short_term = (track.loudness.get(f"{part}_lufs") or [] for part in ("momentary", "short_term"))
    curves = ((momentary, 0.4, _DRAWN, 0.7, "momentary, 400 ms"), (short_term, 3.0, _INK, 1.4, "short-term, 3 s"))
    for values, window, colour, width, label in curves:
        # A value stands at the middle of its window.
        times = [window / 2 + index / 10 for index in range(len(values))]
        heard = [float("nan") if value is None else max(value, -100.0) for value in values]
        axes.plot(times, heard, color=colour, linewidth=width, label=label, solid_joinstyle="round")
    integrated = track.loudness.get("integrated_lufs")
    if integrated is not None:
        axes.axhline(integrated, color=_ACCENT, linewidth=1.6, label=f"integrated, {integrated:.1f} LUFS")
    for target in _TARGETS:
        axes.axhline(target, color=_COOL, linewidth=0.9, linestyle=(0, (5, 4)), zorder=1)
        axes.annotate(
            f"{target}",
            (1, target),
            (4, 0),
            ("axes fraction", "data"),
            "offset points",
            color=_COOL,
            fontsize=8,
            va="center",
        )
    axes.plot([], [], color=_COOL, linewidth=0.9, linestyle=(0, (5, 4)), label="streaming, Apple, EBU R 128")
    sounds = [value for value in short_term or momentary if value is not None]
    axes.set_ylim(max(_QUIETEST, min([*sounds, -26.0]) - 2), max([*sounds, -11.0]) + 3)
    axes.set_ylabel("LUFS")
    axes.set_xlabel("seconds" if track.seconds < _SHORT else "minutes:seconds")
    axes.xaxis.set_major_locator(MaxNLocator(10, steps=[1, 1.5, 2, 3, 6, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{at:g}" if track.seconds < _SHORT else _clock(at)))
    if integrated is None:
        axes.text(
            0.5,
            0.5,
            track.loudness.get("reasons", {}).get("integrated_lufs", ""),
            transform=axes.transAxes,
            ha="center",
            color=_SOFT,
        )
    axes.set_title("loudness", loc="left", fontsize=9.5, color=_SOFT)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=4, frameon=False, fontsize=8, borderaxespad=0.1)


def _circle(axes: PolarAxes, track: _Track) -> None:
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.set_axis_off()
    axes.set_ylim(0, 1)
    step = 2 * pi / 12
    mixes = track.key.mixes_with if track.key and track.key_certain else ()
    for scale, names, inner, outer in (("major", MAJOR, 0.7, 1.0), ("minor", MINOR, 0.4, 0.69)):
        for index, name in enumerate(names):
            key = Key(name, scale)
            here = key == track.key
            colour = (_ACCENT if track.key_certain else _SOFT) if here else _TINT if key in mixes else "#efeae1"
            axes.bar(index * step, outer - inner, step * 0.97, inner, color=colour, linewidth=0)
            middle = (index * step, (inner + outer) / 2)
            ink = _PAPER if here else _INK
            label = _pretty(name) + ("m" if scale == "minor" else "")
            for text, points, size in ((label, 3.5, 8), (key.camelot, -5.5, 6)):
                axes.annotate(
                    text,
                    middle,
                    (0, points),
                    "data",
                    "offset points",
                    color=ink,
                    fontsize=size,
                    ha="center",
                    va="center",
                )
    if track.key is None:
        axes.text(0, 0, "no key", ha="center", va="center", fontsize=11, color=_SOFT)
        return
    axes.text(
        0,
        0,
        f"{_pretty(track.key.tonic)} {track.key.scale}\n",
        ha="center",
        va="center",
        fontsize=11,
        fontweight="bold",
    )
    below = (track.key.camelot, _ACCENT, "bold") if track.key_certain else ("uncertain", _SOFT, "normal")
    axes.text(0, 0, f"\n{below[0]}", ha="center", va="center", fontsize=11, color=below[1], fontweight=below[2])


def _numbers(axes: Axes, track: _Track) -> None:
    axes.set_axis_off()
    loudness = track.loudness
    rows = (
        ("tempo", track.bpm, "{:.1f} bpm" if track.bpm_certain else "{:.1f} bpm, uncertain"),
        ("tempo probability", track.bpm_probability, "{:.0%}"),
        ("key probability", track.key_probability, "{:.0%}"),
        ("integrated", loudness.get("integrated_lufs"), "{:.1f} LUFS"),
        ("range", loudness.get("range_lu"), "{:.1f} LU"),
        ("true peak", loudness.get("true_peak_dbtp"), "{:.1f} dBTP"),
        ("loudest 3 s", loudness.get("short_term_max_lufs"), "{:.1f} LUFS"),
    )
    for index, (name, value, form) in enumerate(rows):
        height = 0.94 - index * 0.135
        axes.text(0.02, height, name, color=_SOFT, fontsize=10, va="center")
        axes.text(0.98, height, "-" if value is None else form.format(value), fontsize=11.5, va="center", ha="right")
        axes.axhline(height - 0.068, 0.02, 0.98, color=_LINE, linewidth=0.7)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)


def _shortened(name: str) -> str:
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[-half:]}"


def _length(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < _SHORT else _clock(seconds)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _pretty(name: str) -> str:
    return name.replace("#", "♯").replace("b", "♭")
