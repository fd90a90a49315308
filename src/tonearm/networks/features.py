"""Outputs of networks as features: of patches of mel bands, or, for heads, of embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from tonearm.audio.pcm import PcmFormat
from tonearm.features import Block, Extractor, Feature
from tonearm.features.mel import MUSICNN_MEL, TEMPOCNN_MEL, VGGISH_MEL, MelBands
from tonearm.networks.pack import Pack
from tonearm.networks.windows import Windows, standardised

Purpose = Literal["predictions", "embeddings"]

_BATCH = 1
"""Patches in one run if the network takes any number: one stays in the cache, sixteen do not."""


class FrontEnd(NamedTuple):
    """How a network is fed: patches of `size` frames of mel bands, one each `hop` frames."""

    mel: MelBands
    size: int
    hop: int

    @property
    def seconds(self) -> float:
        """Duration in seconds of the shortest audio that fills a patch."""
        return (self.size - 2) * self.mel.hop / self.mel.rate


FRONT_ENDS = {
    "TensorflowPredictMusiCNN": FrontEnd(MUSICNN_MEL, 187, 93),
    "TensorflowPredictEffnetDiscogs": FrontEnd(MUSICNN_MEL, 128, 62),
    "TensorflowPredictVGGish": FrontEnd(VGGISH_MEL, 96, 93),
    "TempoCNN": FrontEnd(TEMPOCNN_MEL, 256, 128),
    "TensorflowPredictTempoCNN": FrontEnd(TEMPOCNN_MEL, 256, 128),
}
"""By the algorithm that Essentia feeds them with, at its default settings."""


@dataclass(frozen=True)
class RawNetworkOutput(Feature):
    """float32, shape (patches, n): all outputs of a network, predictions and embeddings side by side.

    The unit of a column is that of the network's output. `extractor` raises PackError if the weights do not fit.
    """

    pack: Pack
    base: Pack | None
    """Of a head, the network whose embeddings it takes."""

    @property
    def source(self) -> Feature:
        if self.base is not None:
            return NetworkOutput(self.base, None, "embeddings")
        return FRONT_ENDS[self.pack.algorithm].mel

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Rows(self.pack) if self.base is not None else _Patches(self.pack)


@dataclass(frozen=True)
class NetworkOutput(Feature):
    """float32, shape (patches, n): the predictions or the embeddings of a network, in the unit of that output."""

    pack: Pack
    base: Pack | None
    purpose: Purpose

    @property
    def source(self) -> Feature:
        return RawNetworkOutput(self.pack, self.base)

    def extractor(self, pcm_format: PcmFormat) -> Extractor:
        return _Columns(self.pack, self.purpose)


class _Rows(Extractor):
    """A head: each row of embeddings is one of its inputs."""

    def __init__(self, pack: Pack) -> None:
        # Deferred: onnxruntime is loaded only if a network is asked for.
        from tonearm.networks.session import session

        self._session = session(pack)

    def feed(self, block: Block) -> Block:
        return self._session.run(np.ascontiguousarray(block))

    def finish(self) -> Block:
        return np.empty(0, np.float32)


class _Patches(Extractor):
    """Frames gathered to patches, patches to batches."""

    def __init__(self, pack: Pack) -> None:
        from tonearm.networks.session import session

        self._session = session(pack)
        self._front = FRONT_ENDS[pack.algorithm]
        self._rows = self._session.batch or _BATCH
        self._windows = Windows(self._front.size, self._front.hop, self._front.mel.bands)

    def feed(self, block: Block) -> Block:
        self._windows.add(block)
        return self._answer(self._windows.ready // self._rows * self._rows)

    def finish(self) -> Block:
        return self._answer(self._windows.ready)

    def _answer(self, count: int) -> Block:
        if not count:
            return np.empty(0, np.float32)
        windows = self._windows.take(count)
        found = [
            self._session.run(self._shaped(windows[start : start + self._rows]))
            for start in range(0, count, self._rows)
        ]
        return np.concatenate(found)

    def _shaped(self, windows: Block) -> Block:
        """From (patches, bands, frames), as windows come, to what the network takes."""
        if self._front.mel is TEMPOCNN_MEL:
            return tempo_patches(windows)
        return np.ascontiguousarray(windows.transpose(0, 2, 1))


def tempo_patches(windows: Block) -> Block:
    """Scale each patch to mean 0 and standard deviation 1, as TempoCNN takes it.

    From float32, shape (patches, bands, frames), to float32, shape (patches, bands, frames, 1), dimensionless.
    """
    return standardised(windows)[..., None]


class _Columns(Extractor):
    def __init__(self, pack: Pack, purpose: Purpose) -> None:
        from tonearm.networks.session import session

        found = session(pack)
        place = found.purposes.index(purpose)
        begin = sum(found.widths[:place])
        self._columns = slice(begin, begin + found.widths[place])

    def feed(self, block: Block) -> Block:
        return block[:, self._columns]

    def finish(self) -> Block:
        return np.empty(0, np.float32)
