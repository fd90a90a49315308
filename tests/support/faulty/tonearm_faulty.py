from __future__ import annotations

import itertools
import os
import signal
import sys
import time
from typing import Literal

from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class FaultyParameters(Parameters):
    fault: Literal[
        "none",
        "raise",
        "not_a_number",
        "recursion",
        "exit",
        "die",
        "segfault",
        "sleep",
        "slow",
        "spin",
        "hold",
        "memory",
    ] = "none"
    phase: Literal["begin", "feed", "finish"] = "finish"


class FaultyResult(Result):
    value: float = quantity("1", "one")


class Faulty(Model[FaultyParameters]):
    name = "faulty"
    title = "Faulty"
    group = "faults"
    description = "Does what it is told to."
    citation = "none"
    licence = "CC0-1.0"
    result = FaultyResult
    parameters = FaultyParameters
    features: tuple[Feature, ...] = (DecodedPcm(),)

    def __init__(self, pcm_format: PcmFormat, given: FaultyParameters) -> None:
        super().__init__(pcm_format, given)
        self._reach("begin")

    def feed(self, feature: Feature, block: Block) -> None:
        self._reach("feed")

    def finish(self) -> FaultyResult:
        self._reach("finish")
        return FaultyResult(value=float("nan") if self.given.fault == "not_a_number" else 1.0)

    def _reach(self, phase: str) -> None:
        if phase == self.given.phase:
            self._fail()

    def _fail(self) -> None:
        match self.given.fault:
            case "raise":
                raise ArithmeticError("it broke")
            case "recursion":
                self._fail()
            case "exit":
                sys.exit(3)
            case "die":
                os._exit(4)
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "sleep":
                time.sleep(3600)
            case "slow":
                time.sleep(1)
            case "spin":
                while True:
                    pass
            case "hold":
                # In one call, which gives the interpreter to no other thread.
                sum(itertools.repeat(0))
            case "memory":
                eaten = []
                while True:
                    eaten.append(bytearray(b"x" * (64 << 20)))
