"""One analysis as a tree: decoded PCM at the root, each distinct feature once, models at the leaves."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any

import numpy as np

from tonearm.audio.facts import FileFacts
from tonearm.audio.pcm import Pcm, PcmFormat
from tonearm.errors import ModelError, TonearmError
from tonearm.features import Block, DecodedPcm, DivisibleExtractor, Extractor, Feature
from tonearm.model import Model, Result
from tonearm.pipeline.ending import Overdue, each_in_time
from tonearm.protocol.cost import Cost, Stopwatch
from tonearm.protocol.job import Task

log = logging.getLogger(__name__)

Outcome = tuple[Task, Result | Exception]


class _Leaf:
    """A model at work. Once it has failed it is fed no more."""

    def __init__(self, task: Task, model: Model[Any]) -> None:
        self.task = task
        self.model = model
        self.waiting = len(model.features)
        self.failure: Exception | None = None
        self.tells = model.partial is not None
        self.stopwatch = Stopwatch()

    @property
    def is_foreign(self) -> bool:
        """Whether it comes from another package."""
        return not type(self.model).__module__.startswith("tonearm.")

    def feed(self, feature: Feature, block: Block) -> None:
        if self.failure is None:
            try:
                with self.stopwatch:
                    self.model.feed(feature, block)
            except Exception as error:  # noqa: BLE001  # one failing model must not take its neighbours with it
                self.fail(error)

    def so_far(self) -> Result | None:
        if not self.tells or self.failure is not None:
            return None
        try:
            with self.stopwatch:
                return self.model.so_far()
        except Exception:  # it may still come to a result
            log.exception("%s:%d tells no more before its end", self.task.name, self.task.version)
            self.tells = False
            return None

    def finish(self) -> Result | Exception:
        if self.failure is None:
            try:
                with self.stopwatch:
                    return self.model.finish()
            except Exception as error:  # noqa: BLE001
                self.fail(error)
        assert self.failure is not None
        return self.failure

    def give_up(self, overdue: Overdue, seconds: float) -> Exception:
        """Its end is not waited for any longer than the `seconds` that it may take."""
        self.stopwatch.seconds += overdue.cpu_seconds
        error = ModelError(
            f"{self.model.title}: computing this after the end of the audio took longer than {seconds:g} seconds, "
            "the limit (TONEARM_MODEL_SECONDS)."
        )
        self.fail(error)
        return error

    def fail(self, error: Exception) -> None:
        if isinstance(error, TonearmError):
            log.info("%s:%d: %s", self.task.name, self.task.version, error)
        else:
            log.error("%s:%d failed", self.task.name, self.task.version, exc_info=error)
        self.failure = error


class _Node:
    """One feature: what it yields goes to the models that asked for it and to the features built on it."""

    extractor: Extractor

    def __init__(self, feature: Feature, pcm_format: PcmFormat, threads: Executor | None) -> None:
        self.feature = feature
        self.leaves: list[_Leaf] = []
        self.nodes: list[_Node] = []
        self.failure: Exception | None = None
        self.stopwatch = Stopwatch()
        self._threads = threads
        try:
            self.extractor = feature.extractor(pcm_format)
        except Exception as error:  # noqa: BLE001  # a feature that cannot begin, as one that fails
            self.failure = error

    def add_leaf(self, leaf: _Leaf) -> None:
        self.leaves.append(leaf)
        if self.failure is not None:
            leaf.fail(self.failure)

    def add_node(self, node: _Node) -> None:
        self.nodes.append(node)
        if self.failure is not None:
            node.fail(self.failure)

    def feed(self, block: Block) -> None:
        if self.failure is not None:
            return
        try:
            found = self._extract(block)
        except Exception as error:  # noqa: BLE001  # a failing feature costs the models that stand on it
            self.fail(error)
        else:
            self._pass_on(found)

    def _extract(self, block: Block) -> Block:
        with self.stopwatch:
            if not isinstance(self.extractor, DivisibleExtractor):
                return self.extractor.feed(block)
            parts = self.extractor.divide(block)
        done = list((self._threads.map if self._threads else map)(_timed, parts))
        self.stopwatch.seconds += sum(seconds for _, seconds in done)
        with self.stopwatch:
            return np.concatenate([found for found, _ in done])

    def finish(self) -> Iterator[_Leaf]:
        """The end of the audio: the models that have got everything."""
        if self.failure is None:
            try:
                with self.stopwatch:
                    found = self.extractor.finish()
            except Exception as error:  # noqa: BLE001
                self.fail(error)
            else:
                self._pass_on(found)
        for leaf in self.leaves:
            leaf.waiting -= 1
            if not leaf.waiting:
                yield leaf
        for node in self.nodes:
            yield from node.finish()

    def fail(self, error: Exception) -> None:
        self.failure = error
        for leaf in self.leaves:
            leaf.fail(error)
        for node in self.nodes:
            node.fail(error)

    def _pass_on(self, block: Block) -> None:
        if block.size:
            for leaf in self.leaves:
                leaf.feed(self.feature, block)
            for node in self.nodes:
                node.feed(block)


def _timed(call: Callable[[], Block]) -> tuple[Block, float]:
    """What it returns, and the CPU seconds that it took."""
    stopwatch = Stopwatch()
    with stopwatch:
        found = call()
    return found, stopwatch.seconds


class Graph:
    """Feeds each block of PCM through the features that the tasks' models need, and gathers the results."""

    def __init__(
        self,
        pcm_format: PcmFormat,
        models: Iterable[tuple[Task, type[Model[Any]]]],
        threads: Executor | None = None,
        telling: bool = False,
    ) -> None:
        """`threads` share the work of features that can be divided; `telling` says whether `so_far` will be called."""
        self._pcm_format = pcm_format
        self._threads = threads
        self._leaves: list[_Leaf] = []
        self._root = _Node(DecodedPcm(), pcm_format, threads)
        self._nodes: dict[Feature, _Node] = {DecodedPcm(): self._root}
        self._stillborn: list[Outcome] = []
        for task, model in models:
            try:
                leaf = _Leaf(task, model(pcm_format, model.parameters(**task.parameters)))
            except Exception as error:
                log.exception("%s:%d cannot begin", task.name, task.version)
                self._stillborn.append((task, error))
                continue
            leaf.model.telling = telling
            self._leaves.append(leaf)
            for feature in leaf.model.features:
                self._node(feature).add_leaf(leaf)

    def feed(self, block: Pcm) -> None:
        self._root.feed(block)

    def so_far(self) -> Iterator[tuple[Task, Result]]:
        """What the models know that tell something before their end."""
        for leaf in self._leaves:
            result = leaf.so_far()
            if result is not None:
                yield leaf.task, result

    def tell(self, file: FileFacts) -> None:
        """What the file is, before `finish`, to the models that need to know."""
        for leaf in self._leaves:
            if leaf.model.file_facts:
                leaf.model.file = file

    def finish(self, seconds: float = math.inf, looked: Callable[[], None] = lambda: None) -> Iterator[Outcome]:
        """The end of the audio: results in the order in which they are ready, those that are at once before others.

        A model that takes more than `seconds` for its own fails, and no other one: see `each_in_time`, which calls
        `looked`.
        """
        yield from self._stillborn
        ends = ((leaf, leaf.finish) for leaf in self._ends())
        for leaf, outcome in each_in_time(ends, seconds, looked):
            yield leaf.task, leaf.give_up(outcome, seconds) if isinstance(outcome, Overdue) else outcome

    def _ends(self) -> Iterator[_Leaf]:
        """The models in the order in which they have got everything, those of other packages last.

        Nothing overtakes a model that holds the GIL, and of those from elsewhere nobody knows whether they do.
        """
        foreign: list[_Leaf] = []
        for leaf in self._root.finish():
            if leaf.failure is None and leaf.is_foreign:
                foreign.append(leaf)
            else:
                yield leaf
        yield from foreign

    def account(self, cost: Cost) -> None:
        """Add what each feature and each model has taken so far."""
        for feature, node in self._nodes.items():
            _add(cost.feature_seconds, type(feature).__name__, node.stopwatch)
        for leaf in self._leaves:
            _add(cost.model_seconds, f"{leaf.task.name}:{leaf.task.version}", leaf.stopwatch)

    def _node(self, feature: Feature) -> _Node:
        if feature not in self._nodes:
            assert feature.source is not None
            node = self._nodes[feature] = _Node(feature, self._pcm_format, self._threads)
            self._node(feature.source).add_node(node)
        return self._nodes[feature]


def _add(seconds: dict[str, float], step: str, stopwatch: Stopwatch) -> None:
    seconds[step] = seconds.get(step, 0.0) + stopwatch.seconds
