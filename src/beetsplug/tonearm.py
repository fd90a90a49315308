"""A plugin of beets: tempo, key and what networks hear, in the fields that AcousticBrainz filled.

`beetsplug` is a namespace that packages share, and beets looks for its plugins there.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from beets.dbcore import types
from beets.plugins import BeetsPlugin
from beets.ui import Subcommand, should_write

from tonearm.cli.analyze_all import analyze_all
from tonearm.cli.backend import BatchAborted, Outcome
from tonearm.cli.local_backend import LocalBackend
from tonearm.cli.progress import Progress
from tonearm.cli.source import Kind, Source
from tonearm.config import Settings
from tonearm.errors import TonearmError
from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.job import Task
from tonearm.protocol.spec import Spec
from tonearm.results.analysis import Analysis
from tonearm.tags import Values

if TYPE_CHECKING:
    import optparse

    from beets.importer import ImportSession, ImportTask
    from beets.library import Item, Library

_PROBABILITIES = {
    "danceability": ("danceable", "danceable"),
    "mood_acoustic": ("acoustic", "mood_acoustic"),
    "mood_aggressive": ("aggressive", "mood_aggressive"),
    "mood_electronic": ("electronic", "mood_electronic"),
    "mood_happy": ("happy", "mood_happy"),
    "mood_party": ("party", "mood_party"),
    "mood_relaxed": ("relaxed", "mood_relaxed"),
    "mood_sad": ("sad", "mood_sad"),
    "tonal_atonal": ("tonal", "tonal"),
}
"""Models, their label, and the field that has its probability."""
_CLASSES = {
    "gender": "gender",
    "genre_rosamerica": "genre_rosamerica",
    "moods_mirex": "moods_mirex",
    "voice_instrumental": "voice_instrumental",
}
"""Models, and the field that has their likeliest label."""
_ALWAYS = (Spec("key", 2, {}), Spec("beats", None, {}))
_ANALYSED = "key_strength"
"""The field that every track with sound has afterwards."""


class TonearmPlugin(BeetsPlugin):
    item_types: ClassVar[dict[str, types.Type]] = {
        _ANALYSED: types.Float(6),
        **{field: types.Float(6) for _, field in _PROBABILITIES.values()},
        **dict.fromkeys(_CLASSES.values(), types.STRING),
    }

    def __init__(self) -> None:
        super().__init__()
        self.config.add({"auto": True, "force": False, "uncertain": False, "jobs": 0})
        if self.config["auto"].get(bool):
            self.import_stages = [self.imported]

    def commands(self) -> list[Subcommand]:
        command = Subcommand("tonearm", help="find tempo, key and more with Tonearm")
        command.parser.add_option(
            "-f", "--force", action="store_true", default=False, help="analyse again, and replace what there is"
        )
        command.func = self.command
        return [command]

    def command(self, library: Library, options: optparse.Values, arguments: list[str]) -> None:
        self.analyse(list(library.items(arguments)), self.config["force"].get(bool) or options.force, should_write())

    def imported(self, session: ImportSession, task: ImportTask) -> None:
        # Where beets writes tags on import, it does so afterwards.
        self.analyse(task.imported_items(), self.config["force"].get(bool), write=False)

    def analyse(self, items: Iterable[Item], force: bool, write: bool) -> None:
        """Fill the fields of items, in as many processes as there are cores. One that fails is logged."""
        by_name = {os.fsdecode(item.path): item for item in items if force or not item.get(_ANALYSED)}
        if not by_name:
            return
        specs = [*_ALWAYS, *_installed()]
        settings = Settings()
        jobs = min(self.config["jobs"].get(int) or settings.workers, len(by_name))
        models = ",".join(spec.name if spec.version is None else f"{spec.name}:{spec.version}" for spec in specs)

        def plan(there: Catalog, tasks: tuple[Task, ...]) -> Sequence[Source]:
            return [Source(name, Kind.FILE) for name in by_name]

        def take(outcome: Outcome) -> None:
            for failure in outcome.analysis.errors:
                self._log.error("{}: {}", outcome.source.name, failure.error)
            if not outcome.analysis.broken_off:
                self._fill(by_name[outcome.source.name], outcome.analysis, force, write)

        try:
            asyncio.run(analyze_all(LocalBackend(jobs, models, settings), specs, jobs, Progress(), plan, take))
        except (BatchAborted, TonearmError) as error:
            self._log.error("{}", error)

    def _fill(self, item: Item, analysis: Analysis, force: bool, write: bool) -> None:
        for field, value in fields(analysis, self.config["uncertain"].get(bool)):
            if force or not item.get(field):
                item[field] = value
                self._log.info("{}: {} is {}", item, field, value)
        if write:
            item.try_write()
        item.store()


def fields(analysis: Analysis, uncertain: bool) -> Iterator[tuple[str, str | int | float]]:
    """Fields of an item and their values; an uncertain tempo or key only where that is wanted."""
    found = Values.of(analysis)
    told = found if uncertain else found.certain(analysis)
    if told.bpm is not None:
        yield "bpm", round(told.bpm)
    if told.key is not None:
        yield "initial_key", told.key
    results: Mapping[str, Mapping[str, Any]] = analysis.results
    if "key" in results:
        yield _ANALYSED, results["key"]["probability"]
    for model, (label, field) in _PROBABILITIES.items():
        if model in results and label in results[model]["activations"]:
            yield field, results[model]["activations"][label]
    for model, field in _CLASSES.items():
        if model in results:
            activations = results[model]["activations"]
            yield field, max(activations, key=activations.__getitem__)


def _installed() -> list[Spec]:
    """Of the networks, those that can run here."""
    there = catalog()
    return [Spec(model, None, {}) for model in (*_PROBABILITIES, *_CLASSES) if there.can_run(model)]
