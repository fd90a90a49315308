"""What `tonearm models show` says: whose work a model is, under which terms, and where its network came from."""

from __future__ import annotations

from tonearm.networks.free import defaults, projects
from tonearm.networks.free.installed import folder, missing
from tonearm.networks.free.projects import Project
from tonearm.networks.store import Provenance, Store
from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import ModelCard


def facts(name: str, store: Store) -> list[tuple[str, str]]:
    """Pairs of a heading and words; none if there is no such model or network. `defaults` are several."""
    if name == defaults.NAME:
        return [(project.name, missing(project, store.folder) or "ready") for project in defaults.DEFAULTS]
    card = _card(name)
    project = projects.find(card.network or name if card else name)
    told: list[tuple[str, str]] = []
    if card is not None:
        told += [("model", f"{card.name}:{card.version}"), ("title", card.title), ("about", card.description)]
    if project is not None:
        return [*told, *_project(project, store)]
    if card is not None:
        told += [("licence", card.licence), ("cite", card.citation), ("state", card.unavailable or "ready")]
        pack = store.packs.get(card.network) if card.network else None
        told += _origin(store.provenance(pack.folder)) if pack else []
    return told


def _project(project: Project, store: Store) -> list[tuple[str, str]]:
    told = [
        ("network", f"{project.name}: {project.title}"),
        ("licence", project.licence),
        ("authors", project.authors),
        ("cite", project.citation),
        ("published", str(project.source)),
        ("download", f"{project.megabytes} MB"),
        ("changed", project.changed),
        ("state", missing(project, store.folder) or "ready"),
        *([("default", "yes: the first start gets it")] if project in defaults.DEFAULTS else []),
    ]
    provenance = store.provenance(folder(project, store.folder))
    return [*told, *(_origin(provenance) if provenance else [])]


def _origin(provenance: Provenance | None) -> list[tuple[str, str]]:
    if provenance is None:
        return [("came from", "unknown: somebody put the files there")]
    return [
        ("came from", provenance.source),
        *(("file", f"{file}, sha256 {digest}") for file, digest in provenance.sha256.items()),
    ]


def _card(name: str) -> ModelCard | None:
    """The model of this name, installed or not."""
    asked = name.lower().replace("-", "_").partition(":")[0]
    cards = [card for card in catalog().cards if asked in {card.name, *card.aliases}]
    return next((card for card in cards if card.default), None)
