from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from tests.support.summing import Counted, Summing, Total
from tonearm.features import Block, DecodedPcm, DivisibleExtractor, Extractor, Feature, Mono
from tonearm.model import Model, PcmFormat, Result
from tonearm.models.dynamic_complexity import DynamicComplexity
from tonearm.models.silence import Silence
from tonearm.pipeline import ending
from tonearm.pipeline.graph import Graph
from tonearm.protocol.job import Task

FORM = PcmFormat(44_100, ("FL", "FR"))
BLOCK = np.ones((2, 1000), np.float32)


class OfTwo(Summing):
    features = (Counted(), DecodedPcm())


class FailingAtOnce(Summing):
    def feed(self, feature: Feature, block: Block) -> None:
        raise ArithmeticError("the model broke")


class FailingAtTheEnd(Summing):
    def finish(self) -> Total:
        return Total(total=float("nan"))


class OfPcm(Summing):
    features = (DecodedPcm(),)


class Endless(Summing):
    features = (DecodedPcm(),)
    ends = threading.Event()

    def finish(self) -> Total:
        self.ends.wait()
        return super().finish()


class OnBrokenFeature(Summing):
    features = (Counted(fails_at=1),)


def analyse(*models: type[Model[Any]], seconds: float = math.inf) -> dict[str, Result | Exception]:
    """The outcomes by name, in their order."""
    Counted.made.clear()
    graph = Graph(FORM, [(Task(requested=model.__name__, name=model.__name__, version=1), model) for model in models])
    for _ in range(3):
        graph.feed(BLOCK)
    return {task.name: outcome for task, outcome in graph.finish(seconds)}


def test_a_feature_is_computed_once_however_many_models_ask_for_it() -> None:
    outcomes = analyse(Summing, OfTwo, FailingAtTheEnd)
    assert Counted.made == [Counted()]
    assert outcomes["Summing"] == Total(total=3005)


def test_a_model_of_two_features_finishes_once_after_both() -> None:
    assert analyse(OfTwo)["OfTwo"] == Total(total=3005 + 6000)


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        (FailingAtOnce, "the model broke"),
        (FailingAtTheEnd, "finite number"),
        (OnBrokenFeature, "the feature broke"),
    ],
)
def test_a_failure_costs_one_model(failing: type[Summing], words: str) -> None:
    outcomes = analyse(failing, Summing)
    failure = outcomes[failing.__name__]
    assert isinstance(failure, Exception)
    assert words in str(failure)
    assert outcomes["Summing"] == Total(total=3005)


@dataclass(frozen=True)
class Halved(Feature):
    """Mono in two parts that wait for each other, if they are to run at the same time."""

    met: threading.Barrier

    @property
    def source(self) -> Feature:
        return Mono(44_100)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return Halves(self.met)


class Halves(DivisibleExtractor):
    def __init__(self, met: threading.Barrier) -> None:
        self.met = met

    def divide(self, block: Block) -> list[Callable[[], Block]]:
        def part(half: Block) -> Block:
            self.met.wait(60)
            if not half.any():
                raise ArithmeticError("the part broke")
            return half

        return [partial(part, half) for half in np.array_split(block, 2)]

    def finish(self) -> Block:
        return np.empty(0, np.float32)


@pytest.mark.parametrize("threads", [1, 2])
def test_a_feature_is_divided_among_threads_and_its_values_stay_in_order(threads: int) -> None:
    got: list[Block] = []

    class OfHalves(Summing):
        features = (Halved(threading.Barrier(threads)),)

        def feed(self, feature: Feature, block: Block) -> None:
            got.append(block)

    ramp = np.stack([np.arange(1, 1001, dtype=np.float32)] * 2)
    with ThreadPoolExecutor(threads) as pool:
        graph = Graph(FORM, [(Task(requested="halves", name="halves", version=1), OfHalves)], pool)
        graph.feed(ramp)
        graph.feed(np.zeros_like(ramp))
        ((_, outcome),) = graph.finish()
    assert np.concatenate(got).tolist() == ramp[0].tolist()
    assert str(outcome) == "the part broke"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is overtaken, so that models come in the order in which they begin, however slow the machine is."""
    monkeypatch.setattr(ending, "_HEAD_START", 60)


@pytest.mark.usefixtures("patient")
def test_models_of_other_packages_come_after_our_own() -> None:
    assert list(analyse(OfPcm, DynamicComplexity, Silence)) == ["Silence", "DynamicComplexity", "OfPcm"]


def test_a_model_that_does_not_end_is_given_up_after_all_others() -> None:
    outcomes = analyse(Endless, OfPcm, Summing, seconds=1)
    Endless.ends.set()
    *others, (name, failure) = outcomes.items()
    assert dict(others) == {"OfPcm": Total(total=6000), "Summing": Total(total=3005)}
    assert name == "Endless"
    assert "took longer than 1 seconds, the limit (TONEARM_MODEL_SECONDS)" in str(failure)
