"""Which models there are: the listing of `tonearm.models`, entry points of installed packages, and networks."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from pydantic import BaseModel

import tonearm.models
from tonearm.config import Settings
from tonearm.model import Model
from tonearm.networks.models import networks
from tonearm.networks.store import Store
from tonearm.protocol.catalog import Catalog, ModelCard

log = logging.getLogger(__name__)

GROUP = "tonearm.models"


@cache
def models() -> dict[tuple[str, int], type[Model[Any]]]:
    """Every model class by name and version. A plugin that fails to import is logged and left out."""
    found: dict[tuple[str, int], type[Model[Any]]] = {}
    for model in [*_own(), *_plugins(), *networks(Store(Settings().models_dir))]:
        key = (model.name, model.version)
        if key in found and found[key] is not model:
            log.error("model %s:%d of %s is ignored: the name is already taken", *key, model.__module__)
            continue
        found[key] = model
    return found


def catalog() -> Catalog:
    known = models()
    first = {name: min(version for other, version in known if other == name) for name, _ in known}
    return Catalog(
        cards=tuple(_card(model, first[model.name]) for _, model in sorted(known.items(), key=lambda item: item[0]))
    )


def _card(model: type[Model[Any]], default: int) -> ModelCard:
    schema = _schema(model.result)
    return ModelCard(
        name=model.name,
        version=model.version,
        default=model.version == default,
        aliases=model.aliases,
        variant_of=model.variant_of,
        title=model.title,
        group=model.group,
        description=model.description,
        citation=model.citation,
        licence=model.licence,
        network=model.network,
        units=_units(schema),
        parameters_schema=_schema(model.parameters),
        result_schema=schema,
        partial_schema=_schema(model.partial) if model.partial else None,
        unavailable=model.unavailable(),
    )


@cache
def _schema(declared: type[BaseModel]) -> dict[str, Any]:
    """Made once for each class: a hundred networks share a few."""
    return declared.model_json_schema()


def _units(schema: dict[str, Any]) -> dict[str, str]:
    return {name: field["unit"] for name, field in schema.get("properties", {}).items() if "unit" in field}


def _own() -> Iterator[type[Model[Any]]]:
    for module in iter_modules(tonearm.models.__path__):
        yield from _declared(import_module(f"{tonearm.models.__name__}.{module.name}"))


def _plugins() -> Iterator[type[Model[Any]]]:
    for point in entry_points(group=GROUP):
        try:
            loaded = point.load()
        except Exception:  # anything may fail in somebody else's package, and only it is lost
            log.exception("plugin %s could not be loaded", point.value)
            continue
        if isinstance(loaded, ModuleType):
            yield from _declared(loaded)
        else:
            yield loaded


def _declared(module: ModuleType) -> Iterator[type[Model[Any]]]:
    for _, member in inspect.getmembers(module, inspect.isclass):
        if issubclass(member, Model) and not inspect.isabstract(member) and member.__module__ == module.__name__:
            yield member
