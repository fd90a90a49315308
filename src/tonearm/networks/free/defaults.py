"""The networks that models use by default: which of them are here, and which of them a start has tried to get."""

from __future__ import annotations

from pathlib import Path

from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import PROJECTS, Project

NAME = "defaults"
"""What `tonearm models pull` takes for all of them."""

INSTEAD = {
    "tempocnn": "signal processing finds the tempo in its place",
    "deeptemp_k24": "tempocnn or signal processing finds the tempo in its place",
    "keycnn": "signal processing finds the key in its place",
    "beatnet": "signal processing finds the beats in its place",
    "vibenet": "the model vibenet cannot be asked for",
}
"""By project, what happens where it is not installed."""

DEFAULTS = tuple(PROJECTS[name] for name in INSTEAD)

TRIED = ".first-start"
"""The folder in the models folder that has a file for each project that a start has tried to get."""


def absent(models: Path) -> list[Project]:
    """Those that are not in this models folder."""
    return [project for project in DEFAULTS if missing(project, models)]


def untried(models: Path) -> list[Project]:
    """Those that are absent and that no start has tried to get from where they are published now."""
    return [project for project in absent(models) if not _is_tried(project, models)]


def remember(project: Project, models: Path) -> None:
    """Let no start get it from now on. Raises OSError if that cannot be written."""
    record = models / TRIED / project.name
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(str(project.source))


def _is_tried(project: Project, models: Path) -> bool:
    try:
        return (models / TRIED / project.name).read_text() == str(project.source)
    except OSError:
        return False
