"""One picture of what the peers cost."""

from __future__ import annotations

import statistics
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from bench.process import Cost


def plot(costs: dict[str, list[Cost]], file: Path) -> None:
    names = list(costs)[::-1]
    figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
    for offset, part, colour, label in (
        (0.2, "wall", "#2a6f97", "wall seconds"),
        (-0.2, "cpu", "#e09f3e", "CPU seconds"),
    ):
        values = [statistics.median(getattr(cost, part) for cost in costs[name]) for name in names]
        places = [index + offset for index in range(len(names))]
        bars = axes.barh(places, values, 0.38, color=colour, label=label)
        axes.bar_label(bars, fmt=" %.2f", fontsize=8)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("seconds for five minutes of music, median")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.1)
    axes.legend(frameon=False, loc="lower right")
    figure.savefig(file, dpi=120)
    plt.close(figure)
