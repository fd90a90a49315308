"""Sound in every format that is decoded, encoded on the spot from synthesised samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np
from numpy.typing import NDArray

RATE = 44_100


@dataclass(frozen=True)
class Format:
    """One way to write a file. `exact` formats give back the samples that they were given."""

    name: str
    container: str
    codec: str
    sample: str
    rate: int = RATE
    layout: str = "stereo"
    exact: bool = True
    muxer: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    bit_rate: int = 128_000

    def __str__(self) -> str:
        return self.name


FORMATS = [
    Format("wav-u8", "wav", "pcm_u8", "u8", exact=False),
    Format("wav-s16", "wav", "pcm_s16le", "s16"),
    Format("wav-s24", "wav", "pcm_s24le", "s32"),
    Format("wav-s32", "wav", "pcm_s32le", "s32"),
    Format("wav-f32", "wav", "pcm_f32le", "flt"),
    Format("wav-f64", "wav", "pcm_f64le", "dbl"),
    Format("wav-mono", "wav", "pcm_s16le", "s16", layout="mono"),
    Format("wav-5.1", "wav", "pcm_s16le", "s16", layout="5.1"),
    Format("wav-8k", "wav", "pcm_s16le", "s16", rate=8_000),
    Format("wav-192k", "wav", "pcm_s24le", "s32", rate=192_000),
    Format("rf64", "wav", "pcm_s16le", "s16", muxer=(("rf64", "always"),)),
    Format("w64", "w64", "pcm_s16le", "s16"),
    Format("flac-16", "flac", "flac", "s16"),
    Format("flac-32-96k", "flac", "flac", "s32", rate=96_000),
    Format("aiff", "aiff", "pcm_s16be", "s16"),
    Format("alac", "ipod", "alac", "s16p"),
    Format("alac-index-in-front", "ipod", "alac", "s16p", muxer=(("movflags", "+faststart"),)),
    Format("caf", "caf", "pcm_s16le", "s16"),
    Format("mp3-cbr", "mp3", "libmp3lame", "fltp", exact=False),
    Format("mp3-vbr", "mp3", "libmp3lame", "fltp", exact=False, options=(("compression_level", "2"),), bit_rate=0),
    Format("mp3-mono-22k", "mp3", "libmp3lame", "fltp", rate=22_050, layout="mono", exact=False),
    Format("ogg-vorbis", "ogg", "vorbis", "fltp", exact=False),
    Format("opus", "ogg", "libopus", "flt", rate=48_000, exact=False),
    Format("m4a-aac", "ipod", "aac", "fltp", exact=False),
    Format("m4a-aac-index-in-front", "ipod", "aac", "fltp", exact=False, muxer=(("movflags", "+faststart"),)),
    Format("m4a-aac-fragmented", "mp4", "aac", "fltp", exact=False, muxer=(("movflags", "+frag_keyframe+empty_moov"),)),
    Format("aac-adts", "adts", "aac", "fltp", exact=False),
    Format("wma", "asf", "wmav2", "fltp", exact=False),
    Format("webm-opus", "webm", "libopus", "flt", rate=48_000, exact=False),
    Format("tta-192k", "tta", "tta", "s16", rate=192_000),
    Format("wavpack", "wv", "wavpack", "s16p"),
    Format("wavpack-mono", "wv", "wavpack", "s16p", layout="mono"),
    Format("wavpack-5.1", "wv", "wavpack", "s16p", layout="5.1"),
    Format("wavpack-384k", "wv", "wavpack", "s32p", rate=384_000),
    Format("mka-flac", "matroska", "flac", "s16"),
]
BY_NAME = {form.name: form for form in FORMATS}


@cache
def tones(rate: int, channels: int, seconds: float) -> NDArray[np.float32]:
    """A different chord in each channel, shape (channels, n), with gaps: enough to tell channels and times apart."""
    time = np.arange(round(rate * seconds)) / rate
    rows = []
    for channel in range(channels):
        pitch = 220.0 * 2 ** (channel / 4)
        sound = sum(np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for harmonic in (1, 2, 3))
        rows.append(0.2 * sound * (np.sin(2 * np.pi * time / 0.5) > -0.6))
    return np.array(rows, np.float32)


@cache
def encoded(form: Format, seconds: float = 3.0) -> bytes:
    return encode(form, tones(form.rate, av.AudioLayout(form.layout).nb_channels, seconds))


def encode(form: Format, samples: NDArray[np.float32], comment: str = "") -> bytes:
    """Samples of shape (channels, n), at the rate of the format; a comment is in the tags."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sound"
        with av.open(str(file), "w", format=form.container, options=dict(form.muxer)) as container:
            if comment:
                container.metadata["comment"] = comment
            stream = container.add_stream(form.codec, rate=form.rate, options={"strict": "-2", **dict(form.options)})
            assert isinstance(stream, av.AudioStream)
            if comment:
                stream.metadata["comment"] = comment
            stream.codec_context.layout = form.layout
            stream.codec_context.format = form.sample
            stream.codec_context.bit_rate = form.bit_rate
            stream.codec_context.open()
            source = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=form.layout)
            source.sample_rate = form.rate
            source.pts = 0
            convert = av.AudioResampler(form.sample, form.layout, form.rate, stream.codec_context.frame_size or 1024)
            for frame in [*convert.resample(source), *convert.resample(None)]:
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        return file.read_bytes()
