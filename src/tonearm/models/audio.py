from __future__ import annotations

from pydantic import BaseModel, Field

from tonearm.algorithms.sample_digest import SampleDigest
from tonearm.features import Block, DecodedPcm, Feature
from tonearm.model import Model, Parameters, PcmFormat, Result, quantity


class Stretch(BaseModel):
    start: float = quantity("s", "where it begins", low=0, decimals=6)
    end: float = quantity("s", "where it ends", low=0, decimals=6)


class AudioResult(Result):
    container: str = Field(
        description="FFmpeg's name: mp3, wav, flac, ogg, aiff, aac …; mp4 for M4A too, matroska for WebM too"
    )
    codec: str = Field(description="FFmpeg's name: mp3, aac, flac, alac, vorbis, opus, pcm_s16le …")
    profile: str | None = Field(description="the part of the codec in use, such as LC or HE-AAC; null if it has none")
    bit_rate: int | None = quantity(
        "bit/s", "mean of the coded audio, without container, tags and pictures; null if it is not known", low=0
    )
    sample_rate: int = quantity("Hz", "samples per second, as decoded", low=1)
    bit_depth: int | None = quantity("bit", "bits per sample of lossless audio; null for lossy audio", low=1)
    channels: int = quantity("1", "number of channels", low=1)
    layout: str = Field(
        description="positions of the channels: mono, stereo, 5.1 …; the usual ones if the file does not say"
    )
    duration: float = quantity("s", "length of the audio, as decoded", low=0, decimals=6)
    declared_duration: float | None = quantity(
        "s", "length that the header announces; null if it is not known, as of Ogg", low=0, decimals=6
    )
    encoder_delay: int | None = quantity(
        "samples",
        "samples that the encoder put in front of the audio, and that are left out; 0 for lossless audio, null if the "
        "file does not say",
        low=0,
    )
    encoder_padding: int | None = quantity("samples", "the same behind the audio", low=0)
    track: int = quantity("1", "number of the audio track that was analysed, from 1", low=1)
    tracks: int = quantity("1", "number of audio tracks in the file", low=1)
    damaged: list[Stretch] = quantity("s", "stretches that could not be decoded and are silent, in order", low=0)
    digest: str | None = Field(
        description="MD5 of the audio, 32 hexadecimal digits; null if it is too long to be read to its end"
    )


class Audio(Model[Parameters]):
    name = "audio"
    title = "File format"
    group = "file"
    description = (
        "What the file is: format, lengths and damage, and a digest of the audio that stays the same when the file is "
        "moved or tagged. The digest of lossless audio is the MD5 of its samples that FLAC files carry, so it is the "
        "same in WAV, ALAC and FLAC: channels interleaved, each sample a signed little-endian integer of as few bytes "
        "as the bit depth needs; beyond 24 bits, and for floating point, a 32-bit float. The digest of lossy audio is "
        "the MD5 of its coded packets, because what they decode to depends on the decoder and on the processor."
    )
    citation = "RFC 9639: Free Lossless Audio Codec (FLAC), 2024."
    licence = "AGPL-3.0-or-later"
    result = AudioResult
    features = (DecodedPcm(),)
    file_facts = True

    def __init__(self, pcm_format: PcmFormat, given: Parameters) -> None:
        super().__init__(pcm_format, given)
        self._samples = 0
        self._digest = None if pcm_format.bits is None else SampleDigest(pcm_format.bits)

    def feed(self, feature: Feature, block: Block) -> None:
        self._samples += block.shape[1]
        if self._digest is not None:
            self._digest.update(block)

    def finish(self) -> AudioResult:
        file = self.file
        digest = file.packets_digest if self._digest is None else self._digest.hexdigest()
        return AudioResult(
            container=file.container,
            codec=file.codec,
            profile=file.profile,
            bit_rate=None if file.bits_per_second is None else round(file.bits_per_second),
            sample_rate=self.pcm_format.rate,
            bit_depth=self.pcm_format.bits,
            channels=len(self.pcm_format.channels),
            layout=file.layout,
            duration=self._samples / self.pcm_format.rate,
            declared_duration=file.declared_seconds,
            encoder_delay=file.delay,
            encoder_padding=file.padding,
            track=file.track,
            tracks=file.tracks,
            damaged=[Stretch(start=start, end=end) for start, end in file.damaged],
            digest=digest if file.complete else None,
        )
