"""Networks as models: each pack of the models folder, and each that could be there, under its names.

A network's full name reaches exactly it. The name of a task (`danceability`) means the first of its variants that can
run here, in the order of `published.PREFERENCE`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from tonearm.algorithms.rhythm.tempo_classes import SLOWEST
from tonearm.features import Block, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.features import FRONT_ENDS, NetworkOutput
from tonearm.networks.free import tempo
from tonearm.networks.free.installed import missing as not_installed
from tonearm.networks.free.projects import of
from tonearm.networks.groups import group
from tonearm.networks.mean import Activations, EmbeddingResult, MeanOutput, labelled
from tonearm.networks.naming import split, task
from tonearm.networks.pack import LICENCE, Pack
from tonearm.networks.published import ALIASES, Published, is_isc, preference, published, short_name
from tonearm.networks.store import Store

_TEMPO = {"TempoCNN", "TensorflowPredictTempoCNN"}
_TEMPO_TASK = "tempocnn"
_EMBEDDINGS = "embeddings"


class TempoResult(Result):
    bpm: float = quantity("bpm", "the tempo that most patches have; the earliest of equals", low=30, high=285)
    local_bpm: list[float] = quantity("bpm", "tempo of each patch of 11.9 s, one each 5.9 s", low=30, high=285)
    local_probability: list[float] = quantity("1", "how sure the network is of each", low=0, high=1)


class Tagger(MeanOutput):
    pack: ClassVar[Pack]

    def finish(self) -> Result:
        return self.activations(self.pack.classes)


class Embedder(MeanOutput):
    result = EmbeddingResult

    def finish(self) -> EmbeddingResult:
        return EmbeddingResult(embedding=self.mean(), patches=self._count)


class TempoNetwork(MeanOutput):
    """H. Schreiber, M. Müller, ISMIR 2018: the classes are tempi from 30 bpm upwards."""

    result = TempoResult

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._tempi: list[float] = []
        self._probabilities: list[float] = []

    def feed(self, feature: Feature, block: Block) -> None:
        super().feed(feature, block)
        self._tempi += [float(bpm) for bpm in block.argmax(axis=1) + SLOWEST]
        self._probabilities += [float(probability) for probability in block.max(axis=1)]

    def finish(self) -> TempoResult:
        self.mean()
        most = max(self._tempi, key=self._tempi.count)
        return TempoResult(bpm=most, local_bpm=self._tempi, local_probability=self._probabilities)


class Absent(Model[Parameters]):
    """A network that is known and not in the models folder."""

    result = Activations
    features = ()
    missing: ClassVar[str]

    def feed(self, feature: Feature, block: Block) -> None:
        raise NotImplementedError

    def finish(self) -> Result:
        raise NotImplementedError

    @classmethod
    def unavailable(cls) -> str:
        return cls.missing


@dataclass(frozen=True)
class _Variant:
    """One network, installed or not."""

    stem: str
    task: str | None
    """None of a network that is not there to answer one question: those that embed, and taggers."""
    pack: Pack | None
    base: Pack | None
    missing: str | None
    """Why it cannot run; None if it can."""
    embeds: bool
    licence: str = LICENCE
    free: tempo.TempoNetworkName | None = None
    """Its name, if it has a free licence."""

    @property
    def group(self) -> str:
        return "tempo and rhythm" if self.task == _TEMPO_TASK else group(self.stem)


def networks(store: Store) -> Iterator[type[Model[Any]]]:
    """A model class for each name; those that cannot run here say why."""
    variants = list(_variants(store))
    by_task: dict[str, list[_Variant]] = defaultdict(list)
    for variant in variants:
        name, version = split(variant.stem)
        short = None if variant.task is None else short_name(variant.task)
        yield _model(variant, name, version, (variant.stem,), None if short == name else short)
        if variant.task is not None:
            by_task[variant.task].append(variant)
        if variant.embeds:
            yield _embedder(variant, f"embedding_{name}")
    for answered, several in by_task.items():
        best = min(several, key=_place)
        name = short_name(answered)
        aliases = tuple(alias for alias in (answered, *ALIASES.get(name, ())) if alias != name)
        yield _model(best, name, 1, aliases)


def _place(variant: _Variant) -> tuple[bool, bool, int]:
    """The lowest is the best of a task. If none can run, that is what `tonearm models pull TASK` installs."""
    missing = variant.missing is not None
    named = variant.free is not None and of(variant.free)[0].name == variant.task
    return missing, missing and not named, preference(variant.stem)


def _variants(store: Store) -> Iterator[_Variant]:
    for pack in store.packs.values():
        base = store.base(pack)
        missing = None
        if pack.embedding is not None and base is None:
            missing = f"needs another network: run `tonearm models pull {pack.embedding}`."
        elif pack.embedding is None and pack.algorithm not in FRONT_ENDS:
            missing = f"cannot run here: there is no front end for {pack.algorithm}."
        elif base is not None and base.embeddings is None:
            missing = f"cannot run here: {base.stem} gives no embeddings."
        answers = pack.embedding is not None or (pack.embeddings is None and pack.predictions is not None)
        answered = _TEMPO_TASK if pack.algorithm in _TEMPO else task(pack.stem)
        asked = answered if answers else None
        yield _Variant(pack.stem, asked, pack, base, missing, bool(pack.embeddings), store.licence(pack))
    for known in published():
        if known.stem not in store.packs:
            missing = f"is not installed here: run `tonearm models pull {known.stem}`."
            licence = "ISC" if is_isc(known.stem, known.weights_sha256) else LICENCE
            yield _Variant(known.stem, _task(known), None, None, missing, known.embeds, licence)
    for name in tempo.TEMPO_NETWORKS:
        project, _ = of(name)
        missing = not_installed(project, store.folder)
        yield _Variant(name, _TEMPO_TASK, None, None, missing, False, project.licence, name)


def _task(known: Published) -> str | None:
    return task(known.stem) if known.is_head else _TEMPO_TASK if known.metadata.startswith("tempo/") else None


def _model(
    variant: _Variant, name: str, version: int, aliases: tuple[str, ...], variant_of: str | None = None
) -> type[Model[Any]]:
    pack = variant.pack
    if variant.free is not None:
        return _free_tempo(variant, variant.free, name, version, aliases, variant_of)
    if pack is None:
        missing = (variant.missing or "").replace(variant.stem, name)
        declared = _absent(variant, name, version, aliases, missing)
        return type("Network", (Absent,), {**declared, "variant_of": variant_of})
    if pack.predictions is None:
        return _embedder(variant, name)
    kind: type[MeanOutput] = TempoNetwork if pack.algorithm in _TEMPO else Tagger
    declared = _declaration(variant, pack, name, version, aliases)
    declared["variant_of"] = variant_of
    if kind is Tagger:
        declared["result"] = declared["partial"] = _result(pack)
    return type("Network", (kind,), declared)


def _free_tempo(
    variant: _Variant,
    network: tempo.TempoNetworkName,
    name: str,
    version: int,
    aliases: tuple[str, ...],
    variant_of: str | None,
) -> type[Model[Any]]:
    project, _ = of(network)
    declared = {
        "__module__": __name__,
        "name": name,
        "version": version,
        "aliases": aliases,
        "variant_of": variant_of,
        "title": "Tempo (TempoCNN)",
        "description": f"The network {network} of {project.authors}: the tempo of each 12 s of audio, and the one "
        "that most of them have.",
        "citation": project.citation,
        "licence": variant.licence,
        "network": network,
        "group": variant.group,
        "shortest": 0.0,
        "features": (tempo.TempoClasses(network),),
        "missing": variant.missing,
    }
    return type("Network", (TempoNetwork,), declared)


def _embedder(variant: _Variant, name: str) -> type[Model[Any]]:
    if variant.pack is None:
        declared = _absent(variant, name, 1, (), variant.missing or "")
        return type("Network", (Absent,), {**declared, "group": _EMBEDDINGS})
    declared = _declaration(variant, variant.pack, name, 1, ())
    declared["group"] = _EMBEDDINGS
    declared["features"] = () if variant.missing else (NetworkOutput(variant.pack, variant.base, "embeddings"),)
    declared["description"] = f"The embedding of {variant.stem}: its mean over patches. {variant.pack.description}"
    return type("Network", (Embedder,), declared)


def _declaration(variant: _Variant, pack: Pack, name: str, version: int, aliases: tuple[str, ...]) -> dict[str, Any]:
    lowest = variant.base or pack
    front = FRONT_ENDS.get(lowest.algorithm)
    base = f" on the embeddings of {variant.base.stem}" if variant.base else ""
    return {
        "__module__": __name__,
        "pack": pack,
        "name": name,
        "version": version,
        "aliases": aliases,
        "title": pack.title or pack.stem,
        "description": f"{pack.stem}{base}, mean over patches. {pack.description}".strip(),
        "citation": pack.citation or "https://essentia.upf.edu/models.html",
        "licence": variant.licence,
        "network": variant.stem,
        "group": variant.group,
        "shortest": front.seconds if front else 0.0,
        "features": () if variant.missing else (NetworkOutput(pack, variant.base, "predictions"),),
        "missing": variant.missing,
    }


def _absent(variant: _Variant, name: str, version: int, aliases: tuple[str, ...], missing: str) -> dict[str, Any]:
    return {
        "__module__": __name__,
        "name": name,
        "version": version,
        "aliases": aliases,
        "title": name.replace("_", " "),
        "description": f"The network {variant.stem}, published by the MTG, Universitat Pompeu Fabra.",
        "citation": "https://essentia.upf.edu/models.html",
        "licence": variant.licence,
        "network": variant.stem,
        "group": variant.group,
        "missing": missing,
    }


def _result(pack: Pack) -> type[Result]:
    """The result of a tagger, whose schema names its labels."""
    if pack.regression:
        return labelled(pack.classes, "value in the range of its annotations of each class")
    return labelled(pack.classes, "probability of each class", 0, 1)
