"""The catalogue: every model as plain data, and the resolution of names to models.

The server has a catalogue and no models: workers write it, so the HTTP process never imports a model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict

from tonearm.errors import MalformedSpec, ModelUnavailable, UnknownModel, UnknownVersion
from tonearm.protocol.job import Task, Value
from tonearm.protocol.spec import Spec, written
from tonearm.protocol.suggestions import suggestions

_MOST_RUNS = 64
"""Of one model in a request: each costs as much as the first, however short it is to write."""


class ModelCard(BaseModel):
    """One version of one model, described by its own declaration."""

    name: str
    version: int
    default: bool
    aliases: tuple[str, ...]
    variant_of: str | None
    title: str
    group: str
    description: str
    citation: str
    licence: str
    network: str | None
    """The published network that it runs; None for signal processing."""
    units: dict[str, str]
    parameters_schema: dict[str, Any]
    result_schema: dict[str, Any]
    partial_schema: dict[str, Any] | None
    """Of what it tells while the audio arrives; None if it tells nothing before its end."""
    unavailable: str | None

    model_config = ConfigDict(frozen=True)

    def check(self, parameters: Mapping[str, Value]) -> None:
        """Raise MalformedSpec if the parameters do not match the model's schema."""
        if not parameters:
            return
        # Deferred: workers resolve names too, but never with parameters.
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match

        wrong = best_match(Draft202012Validator(self.parameters_schema).iter_errors(dict(parameters)))
        if wrong is not None:
            where = ".".join(str(part) for part in wrong.path) or "parameters"
            known = ", ".join(self.parameters_schema.get("properties", {})) or "none"
            raise MalformedSpec(
                f"{self.name}:{self.version}: {where}: {wrong.message} (parameters of this model: {known})"
            )


class Catalog(BaseModel):
    """All known models, including those that cannot run."""

    model_config = ConfigDict(frozen=True)

    cards: tuple[ModelCard, ...]

    @cached_property
    def _by_name(self) -> dict[str, list[ModelCard]]:
        names: dict[str, list[ModelCard]] = {}
        for card in self.cards:
            for name in {card.name, *card.aliases}:
                names.setdefault(_canonical(name), []).append(card)
        return names

    def resolve(self, specs: Iterable[Spec]) -> tuple[Task, ...]:
        """Return the tasks of a request, in its order. A duplicate runs once, under the first name given.

        If several tasks have the same model and version, their names include their parameters.
        Raises UnknownModel for an unknown name, UnknownVersion, ModelUnavailable for a model that cannot run on this
        system, and MalformedSpec for parameters that the model does not accept, or for more than 64 sets of them.
        """
        tasks: list[Task] = []
        for spec in specs:
            card = self._find(spec)
            card.check(spec.parameters)
            same = (card.name, card.version, spec.parameters)
            if same not in ((task.name, task.version, task.parameters) for task in tasks):
                name, version, parameters = same
                tasks.append(Task(requested=spec.name, name=name, version=version, parameters=parameters))
        runs = Counter((task.name, task.version) for task in tasks)
        for (name, version), count in runs.items():
            if count > _MOST_RUNS:
                raise MalformedSpec(f"{name}:{version} has {count} sets of parameters; at most {_MOST_RUNS} can run.")
        return tuple(_told_apart(task) if runs[task.name, task.version] > 1 else task for task in tasks)

    def can_run(self, name: str) -> bool:
        """Whether there is a model of this name, and it can run on this system."""
        try:
            self.resolve([Spec(name, None, {})])
        except UnknownModel:
            return False
        return True

    def _find(self, spec: Spec) -> ModelCard:
        cards = self._by_name.get(_canonical(spec.name))
        if not cards:
            raise UnknownModel(spec.name, suggestions(_canonical(spec.name), self.cards))
        for card in cards:
            if card.version == spec.version or (spec.version is None and card.default):
                if card.unavailable:
                    raise ModelUnavailable(f"{card.name}:{card.version}", card.unavailable)
                return card
        assert spec.version is not None, "one of the cards is the default"
        raise UnknownVersion(spec.name, spec.version, tuple(f"{card.name}:{card.version}" for card in cards))


def _told_apart(task: Task) -> Task:
    if not task.parameters:
        return task
    return task.model_copy(update={"requested": f"{task.requested}:{task.version}{written(task.parameters)}"})


def _canonical(name: str) -> str:
    return name.lower().replace("-", "_")
