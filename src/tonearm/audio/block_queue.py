"""Decoded frames go in as the codec cuts them, blocks of one format come out."""

from __future__ import annotations

from typing import Any

import numpy as np
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from numpy.typing import NDArray

from tonearm.audio.pcm import Pcm
from tonearm.errors import AudioError
from tonearm.protocol.caps import Caps

_MAX_CHANGES = 32
"""Formats that one stream may change to: each needs a resampler of up to 6 MiB, and a frame of silence ten bytes."""
_ABSURD = 1e6
Form = tuple[int, str, str]
"""Sample rate, layout and sample format."""


class BlockQueue:
    """All blocks have the format of one frame, `model`; frames of another format are converted to it."""

    def __init__(self, model: AudioFrame, caps: Caps) -> None:
        self._model = model
        self._caps = caps
        self._fifo = AudioFifo()
        self._known = {_form(model)}
        self._form = _form(model)
        self._resampler: AudioResampler | None = None
        self.read_so_far = 0
        """Samples per channel."""
        self.peak = 0.0
        """The largest absolute value of the block that was read last."""

    @property
    def samples(self) -> int:
        """Per channel, that can be read."""
        return self._fifo.samples

    @property
    def written(self) -> int:
        """Samples per channel, in the format of the blocks."""
        return self.read_so_far + self._fifo.samples

    def write(self, frame: AudioFrame) -> bool:
        """Whether the audio changes its sample rate or its channels here, to others than the model's."""
        form, changes = _form(frame), False
        if form != self._form:
            changes = form[:2] not in (self._form[:2], _form(self._model)[:2])
            self._change(frame, form)
        # Never write a frame of another layout: the queue of PyAV 18 reads past its planes.
        if self._resampler is None:
            self._fifo.write(_timeless(frame))
        else:
            self._put(self._resampler.resample(_timeless(frame)))
        return changes

    def skip(self, samples: int) -> None:
        """Silence, as long as so many samples of the blocks."""
        self._flush(self._form)
        self._put([_silence(self._model, samples)])

    def end(self) -> None:
        """No frame follows."""
        self._flush(self._form)

    def _change(self, frame: AudioFrame, form: Form) -> None:
        self._caps.check_format(frame.sample_rate, len(frame.layout.channels))
        self._known.add(form)
        if len(self._known) > _MAX_CHANGES:
            raise AudioError(f"The audio changes its sample rate or channels more than {_MAX_CHANGES} times.")
        self._flush(form)

    def _flush(self, following: Form) -> None:
        """Let out what a resampler has kept, and begin a new one for what follows."""
        if self._resampler is not None:
            self._put(self._resampler.resample(None))
        model = self._model
        alike = following == _form(model)
        self._resampler = None if alike else AudioResampler(model.format, model.layout, model.sample_rate)
        self._form = following

    def _put(self, frames: list[AudioFrame]) -> None:
        for frame in frames:
            if frame.samples:
                frame.time_base = self._model.time_base
                self._fifo.write(_timeless(frame))

    def read(self, count: int) -> Pcm:
        frame = self._fifo.read(count)
        assert frame is not None
        self.read_so_far += count
        block = np.empty((len(frame.layout.channels), count), np.float32)
        for samples, row in zip(_channels(frame), block, strict=True):
            _to_float(samples, row)
        self.peak = max(-float(block.min()), float(block.max()))
        if not self.peak < _ABSURD:
            raise AudioError("The audio has invalid samples: NaN, infinity, or a million times full scale.")
        return block


def described(frame: AudioFrame) -> str:
    """Its channels and rate, in words."""
    count = len(frame.layout.channels)
    channels = {1: "mono", 2: "stereo"}.get(count, f"of {count} channels")
    return f"{channels} at {frame.sample_rate} Hz"


def _form(frame: AudioFrame) -> Form:
    return frame.sample_rate, frame.layout.name, frame.format.name


def _timeless(frame: AudioFrame) -> AudioFrame:
    frame.pts = None
    return frame


def _silence(model: AudioFrame, samples: int) -> AudioFrame:
    frame = AudioFrame(model.format.name, model.layout.name, samples)
    frame.sample_rate = model.sample_rate
    middle = 0x80 if model.format.packed.name == "u8" else 0
    for plane in frame.planes:
        plane.update(bytes([middle]) * plane.buffer_size)
    return frame


_USUAL_LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
"""For so many channels, from one on."""


def layout(frame: AudioFrame) -> AudioLayout:
    """How its channels are placed; where the file does not say, as usual for that many channels."""
    channels = frame.layout.channels
    if any(channel.name == "NONE" for channel in channels) and len(channels) <= len(_USUAL_LAYOUTS):
        return AudioLayout(_USUAL_LAYOUTS[len(channels) - 1])
    return frame.layout


_DTYPES: dict[str, np.dtype[Any]] = {
    "u8": np.dtype(np.uint8),
    "s16": np.dtype(np.int16),
    "s32": np.dtype(np.int32),
    "s64": np.dtype(np.int64),
    "flt": np.dtype(np.float32),
    "dbl": np.dtype(np.float64),
}


def _channels(frame: AudioFrame) -> list[NDArray[Any]]:
    """A view of each channel's samples, shape (n,), in the codec's sample type."""
    dtype = _DTYPES[frame.format.packed.name]
    planes = [memoryview(plane) for plane in frame.planes]
    if frame.format.is_planar:
        return [np.frombuffer(plane, dtype, frame.samples) for plane in planes]
    count = len(frame.layout.channels)
    packed = np.frombuffer(planes[0], dtype, frame.samples * count).reshape(-1, count)
    return list(packed.T)


def _to_float(samples: NDArray[Any], out: NDArray[np.float32]) -> None:
    """Scale full scale to ±1, as FFmpeg's own conversion does."""
    if samples.dtype.kind == "f":
        # What is no number, or none of 32 bits, is refused with the block.
        with np.errstate(over="ignore", invalid="ignore"):
            out[:] = samples
    elif samples.dtype.kind == "u":
        np.subtract(samples, np.float32(128), out=out)
        out /= 128
    else:
        scale = np.float32(-1 / np.iinfo(samples.dtype).min)
        np.multiply(samples, scale, out=out, casting="same_kind")
