from __future__ import annotations

from pydantic import BaseModel, Field

from tonearm.algorithms.speech_segments import SpeechSegments
from tonearm.features import Block, Feature, Mono
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity
from tonearm.networks.free.installed import missing
from tonearm.networks.free.projects import SILERO
from tonearm.networks.free.speech import FRAME, RATE, SpeechProbabilities


class SpeechParameters(Parameters):
    threshold: float = Field(
        0.5, ge=0.05, le=0.95, description="probability from which 32 ms are speech; it ends 0.15 below that"
    )


class SpeechSegment(BaseModel):
    start: float = quantity("s", "start of the speech", low=0)
    end: float = quantity("s", "end of the speech", low=0)
    probability: float = quantity("1", "mean probability that it is speech", low=0, high=1)


class SpeechResult(Result):
    share: float = quantity("1", "how much of the audio the segments are", low=0, high=1)
    segments: list[SpeechSegment] = quantity("s", "where people speak, in order; empty if nobody does")


class Speech(Model[SpeechParameters]):
    name = "speech"
    title = "Speech (Silero VAD)"
    group = "sound"
    description = (
        "Where people speak, from a network that hears voices in each 32 ms. Singing is not speech: the network takes "
        "some of it for speech all the same, 4 to 58 % of five songs, and hardly any instruments. Speech of up to "
        "0.25 s is left out, it goes on over pauses of up to 0.1 s, and each segment has a margin of 0.03 s, as by the "
        "authors' own defaults."
    )
    citation = SILERO.citation
    licence = SILERO.licence
    result = SpeechResult
    parameters = SpeechParameters
    network = "silero"
    requires = ("onnxruntime",)
    features = (SpeechProbabilities(), Mono(RATE))

    def __init__(self, pcm_format: PcmFormat, given: SpeechParameters) -> None:
        super().__init__(pcm_format, given)
        self._segments = SpeechSegments(given.threshold, FRAME, RATE)
        self._samples = 0

    def feed(self, feature: Feature, block: Block) -> None:
        if feature == SpeechProbabilities():
            self._segments.feed(block.tolist())
        else:
            self._samples += len(block)

    def finish(self) -> SpeechResult:
        found = self._segments.finish(self._samples)
        return SpeechResult(
            share=sum(each.end - each.start for each in found) / max(1, self._samples),
            segments=[
                SpeechSegment(start=each.start / RATE, end=each.end / RATE, probability=each.probability)
                for each in found
            ],
        )

    @classmethod
    def unavailable(cls) -> str | None:
        return missing(SILERO) or super().unavailable()
