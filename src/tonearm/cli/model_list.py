"""What `tonearm models list` says: on one screen what can be asked for, and what can be had."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import PROJECTS
from tonearm.networks.pack import LICENCE
from tonearm.protocol.catalog import ModelCard

_ORDER = ("file", "tempo and rhythm", "key and harmony", "loudness", "sound", "mood", "genre and tags", "embeddings")


def ready(cards: Sequence[ModelCard]) -> Table:
    """The models that can run here, by what they are about; a network is named by its task."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("ready here")
    table.add_column("for --models", overflow="fold")
    able = sorted((card for card in cards if card.unavailable is None and card.variant_of is None), key=_place)
    for group, members in groupby(able, key=lambda card: card.group):
        table.add_row(group, ", ".join(_name(card) for card in members))
    return table


def networks(cards: Sequence[ModelCard], models: Path) -> Table:
    """The networks that are installed or can be had; those of MTG, which are many, in one row."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("network", no_wrap=True)
    table.add_column("MB", justify="right", no_wrap=True)
    table.add_column("licence", no_wrap=True)
    table.add_column("state")
    free = {network.name for project in PROJECTS.values() for network in project.networks}
    for project in PROJECTS.values():
        table.add_row(
            project.name,
            str(project.megabytes),
            project.licence,
            "can be had" if missing(project, models) else "installed",
        )
    of_mtg = {card.network: card.unavailable is None for card in cards if card.network and card.network not in free}
    table.add_row("of MTG: moods, genres …", "varies", LICENCE, f"{sum(of_mtg.values())} of {len(of_mtg)} installed")
    return table


def by_itself(cards: Sequence[ModelCard]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("model", "licence", "state"):
        table.add_column(heading, overflow="fold")
    for card in cards:
        table.add_row(f"{card.name}:{card.version}", card.licence, escape(card.unavailable or "ready"))
    return table


def _place(card: ModelCard) -> tuple[int, str]:
    """Those of plugins come last."""
    return (_ORDER.index(card.group) if card.group in _ORDER else len(_ORDER), card.group)


def _name(card: ModelCard) -> str:
    return card.name if card.default else f"{card.name}:{card.version}"
