from __future__ import annotations

import pytest

from tonearm.errors import MalformedSpec, UnknownModel
from tonearm.pipeline.registry import catalog
from tonearm.protocol.catalog import Catalog
from tonearm.protocol.spec import parse


@pytest.fixture(scope="module")
def known() -> Catalog:
    return catalog()


def resolved(known: Catalog, models: str) -> list[tuple[str, str, int]]:
    return [(task.requested, task.name, task.version) for task in known.resolve(parse(models))]


def test_a_bare_name_means_version_1(known: Catalog) -> None:
    assert resolved(known, "loudness_ebur128") == [("loudness_ebur128", "loudness_ebur128", 1)]
    assert resolved(known, "loudness_ebur128:2") == [("loudness_ebur128", "loudness_ebur128", 2)]


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("loudness-ebur128", "loudness_ebur128"),
        ("key_essentia", "key"),
        ("bpm_essentia", "bpm_degara"),
        ("bpm-degara", "bpm_degara"),
        ("KEY", "key"),
    ],
)
def test_an_alias_resolves_and_keeps_the_name_that_was_asked_for(known: Catalog, alias: str, name: str) -> None:
    assert resolved(known, alias) == [(alias, name, 1)]


def test_duplicates_run_once_under_the_first_name(known: Catalog) -> None:
    assert resolved(known, "key_essentia,key:1,key,bpm_degara") == [
        ("key_essentia", "key", 1),
        ("bpm_degara", "bpm_degara", 1),
    ]


def test_versions_and_parameters_make_different_tasks(known: Catalog) -> None:
    models = "loudness_ebur128,loudness_ebur128:2,loudness_ebur128:2(curves=true)"
    tasks = known.resolve(parse(models))
    assert [task.parameters for task in tasks] == [{}, {}, {"curves": True}]
    assert [task.requested for task in tasks] == [*["loudness_ebur128"] * 2, "loudness_ebur128:2(curves=true)"]


def test_every_task_has_its_own_correlation_id(known: Catalog) -> None:
    first, second = known.resolve(parse("key,bpm_degara"))
    assert first.correlation_id != second.correlation_id


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ("kee", "Did you mean key"),
        ("loudness", "loudness_ebur128"),
        ("xyzzy", "^Unknown model .xyzzy.\\.$"),
        ("key:7", "It has key:1"),
    ],
)
def test_an_unknown_model_is_told_the_nearest(known: Catalog, models: str, words: str) -> None:
    with pytest.raises(UnknownModel, match=words):
        known.resolve(parse(models))


@pytest.mark.parametrize(
    "models", ["key(curves=true)", "loudness_ebur128:2(curves=7)", "loudness_ebur128:2(curve=true)"]
)
def test_parameters_are_checked_against_the_models_schema(known: Catalog, models: str) -> None:
    with pytest.raises(MalformedSpec, match="parameters of this model"):
        known.resolve(parse(models))


def test_a_model_that_cannot_run_here_says_why(known: Catalog) -> None:
    cards = tuple(card.model_copy(update={"unavailable": "the package x is not installed."}) for card in known.cards)
    with pytest.raises(UnknownModel, match="the package x is not installed"):
        Catalog(cards=cards).resolve(parse("key"))


def test_a_model_runs_with_a_few_sets_of_parameters(known: Catalog) -> None:
    def requested(count: int) -> str:
        return ",".join(f"silence(threshold=-{number + 20})" for number in range(count))

    assert len(known.resolve(parse(requested(64)))) == 64
    with pytest.raises(MalformedSpec, match="silence:1 has 65 sets of parameters; at most 64"):
        known.resolve(parse(requested(65)))
