"""Files that are not whole, or not one thing: nothing behind a hole moves, and nothing is lost in silence."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from tempfile import TemporaryDirectory

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.media import BY_NAME, FORMATS, Format, encoded, tones
from tests.support.radio import interleaved
from tonearm.audio.decode import Decoder
from tonearm.protocol.caps import Caps
from tonearm.protocol.warnings import AudioWarning

SECONDS = 8.0
EXACT = 0.002
BY_THE_SIZE_OF_PACKETS = 0.15
"""Seconds by which what follows a hole may move: MP3 and ADTS carry no time, and their packets differ in size."""
HOLES = {
    "flac-16": EXACT,
    "m4a-aac-index-in-front": EXACT,
    "ogg-vorbis": 0.03,
    "opus": EXACT,
    "mka-flac": 0.03,
    "webm-opus": 0.03,
    "mp3-cbr": BY_THE_SIZE_OF_PACKETS,
    "aac-adts": 0.6,
}


def decode(data: bytes) -> tuple[NDArray[np.float32], int, tuple[AudioWarning, ...]]:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    samples = np.concatenate([block.copy() for block in decoder.blocks()], axis=1)
    return samples, decoder.format.rate, decoder.warnings


def damaged(data: bytes, share: float = 0.1) -> bytes:
    """With noise in the middle."""
    middle, size = len(data) // 2, int(share * len(data))
    noise = np.random.default_rng(7).integers(0, 256, size, np.uint8).tobytes()
    return data[:middle] + noise + data[middle + size :]


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_of_a_whole_file_there_is_nothing_to_say(form: Format) -> None:
    assert decode(encoded(form))[2] == ()


@pytest.mark.parametrize("name", ["mp3-cbr", "mp3-vbr", "m4a-aac", "m4a-aac-index-in-front", "ogg-vorbis", "opus"])
def test_padding_of_the_encoder_is_cut_off(name: str) -> None:
    samples, rate, _ = decode(encoded(BY_NAME[name], SECONDS))
    assert abs(samples.shape[1] / rate - SECONDS) < 0.001


def test_what_was_joined_behind_an_mp3_is_not_cut_off() -> None:
    one = encoded(BY_NAME["mp3-cbr"], 2.0)
    samples, rate, warnings = decode(one + one)
    assert 4.0 < samples.shape[1] / rate < 4.2
    assert warnings == ()


@pytest.mark.parametrize("name", HOLES)
def test_what_follows_a_hole_stays_where_it_is(name: str) -> None:
    data = encoded(BY_NAME[name], SECONDS)
    whole, rate, _ = decode(data)
    holed, _, warnings = decode(damaged(data))
    assert abs(holed.shape[1] - whole.shape[1]) / rate <= max(HOLES[name], EXACT)
    assert {warning.code for warning in warnings} == {"damaged"}
    hole = [(warning.start, warning.end) for warning in warnings]
    assert all(start is not None and end is not None and 2.5 < start < end < 7 for start, end in hole)
    # The tones are gated twice a second.
    assert abs(lag(np.abs(holed[0]), np.abs(whole[0]), rate)) <= HOLES[name]


def lag(a: NDArray[np.float32], b: NDArray[np.float32], rate: int) -> float:
    """Seconds by which the last one and a half seconds of `a` come after those of `b`."""
    end = int((SECONDS - 0.1) * rate)
    first, second = (np.convolve(x[end - int(1.5 * rate) : end], np.ones(64) / 64, "same") for x in (a, b))
    size = 2 * len(first)
    product = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)))
    best = int(product.argmax())
    return (best if best < len(first) else best - size) / rate


def test_a_damaged_frame_of_flac_is_silent_and_no_click() -> None:
    data = bytearray(encoded(BY_NAME["flac-16"], SECONDS))
    whole, _, _ = decode(bytes(data))
    data[len(data) // 2] ^= 0xFF
    holed, _, warnings = decode(bytes(data))
    assert np.abs(holed).max() <= np.abs(whole).max()
    assert [warning.code for warning in warnings] == ["damaged"]


@pytest.mark.parametrize("name", ["flac-16", "wav-s16", "m4a-aac-index-in-front", "mp3-cbr", "opus", "ogg-vorbis"])
def test_a_file_that_is_cut_off_says_so(name: str) -> None:
    data = encoded(BY_NAME[name], SECONDS)
    samples, rate, warnings = decode(data[: len(data) // 2])
    assert samples.shape[1] / rate < 0.7 * SECONDS
    assert "truncated" in {warning.code for warning in warnings}


@pytest.mark.parametrize(
    ("form", "first"),
    [
        (BY_NAME["opus"], replace(BY_NAME["opus"], name="mono", layout="mono", bit_rate=64_000)),
        (BY_NAME["ogg-vorbis"], replace(BY_NAME["ogg-vorbis"], name="22 kHz", rate=22_050)),
    ],
    ids=str,
)
def test_a_chained_stream_that_changes_is_heard_to_its_end(form: Format, first: Format) -> None:
    samples, rate, warnings = decode(encoded(first, 4.0) + encoded(form, 4.0))
    assert (samples.shape[0], rate) == (av.AudioLayout(first.layout).nb_channels, first.rate)
    assert samples.shape[1] == pytest.approx(8.0 * rate, abs=0.01 * rate)
    assert [warning.code for warning in warnings] == ["format-changed"]
    assert warnings[0].start == pytest.approx(4.0, abs=0.01)
    assert np.abs(samples[0, -rate:]).max() > 0.05


@pytest.mark.parametrize("name", ["aac-adts", "mp3-cbr"])
def test_a_short_beginning_in_mono_does_not_make_all_of_it_mono(name: str) -> None:
    mono = replace(BY_NAME[name], name="mono", layout="mono")
    samples, rate, warnings = decode(encoded(mono, 0.3) + encoded(BY_NAME[name], 3.0))
    whole, _, _ = decode(encoded(BY_NAME[name], 3.0))
    assert samples.shape == (2, pytest.approx(3.3 * rate, abs=0.1 * rate))
    assert [warning.code for warning in warnings] == ["format-changed"]
    for channel in range(2):
        assert np.square(samples[channel, rate:]).mean() == pytest.approx(
            np.square(whole[channel, rate:]).mean(), rel=0.1
        )


def test_what_is_in_front_of_an_mp3_is_no_sound() -> None:
    whole, rate, _ = decode(encoded(BY_NAME["mp3-cbr"], SECONDS))
    junk = np.random.default_rng(10).bytes(100_000)
    samples, _, warnings = decode(junk + encoded(BY_NAME["mp3-cbr"], SECONDS))
    assert warnings == ()
    assert samples.shape == (2, pytest.approx(whole.shape[1], abs=0.1 * rate))
    np.testing.assert_allclose(np.square(samples).mean(), np.square(whole).mean(), rtol=0.02)


@pytest.mark.parametrize("name", ["mp3-cbr", "mp3-vbr", "aac-adts"])
@pytest.mark.parametrize("interval", [4096, 16_000])
def test_a_recording_of_internet_radio_has_titles_in_it_that_are_no_sound(name: str, interval: int) -> None:
    # A station sends no ID3 tag in front; a program that tags recordings may.
    sound = encoded(replace(BY_NAME[name], muxer=(("id3v2_version", "0"),) if "mp3" in name else ()), SECONDS)
    tag = b"ID3\4\0\0\0\0\7\x68" + bytes(1000)
    recorded = tag + interleaved(sound, interval, {0: "Artist - One", 3: "Artist - Two"})
    samples, _, warnings = decode(recorded)
    whole, _, told = decode(sound)
    np.testing.assert_array_equal(samples, whole)
    assert warnings == told == ()


def test_of_several_tracks_the_first_is_taken_and_named() -> None:
    with TemporaryDirectory() as folder:
        with av.open(f"{folder}/two.mka", "w") as container:
            streams = [container.add_stream("flac", rate=44_100, layout="stereo", format="s16") for _ in range(2)]
            for stream, loudness in zip(streams, (1.0, 0.1), strict=True):
                pcm = (loudness * tones(44_100, 2, 2.0) * 32767).astype(np.int16)
                frame = av.AudioFrame.from_ndarray(pcm.T.reshape(1, -1).copy(), format="s16", layout="stereo")
                frame.sample_rate = 44_100
                frame.pts = 0
                container.mux(stream.encode(frame))
                container.mux(stream.encode(None))
        with open(f"{folder}/two.mka", "rb") as file:
            samples, _, warnings = decode(file.read())
    np.testing.assert_allclose(np.abs(samples).max(), np.abs(tones(44_100, 2, 2.0)).max(), atol=1e-3)
    assert [warning.code for warning in warnings] == ["several-tracks"]
    assert "track 1 (flac)" in warnings[0].message


@pytest.mark.parametrize("unknown", [1, 2])
def test_of_several_tracks_one_that_can_be_decoded_is_taken(unknown: int) -> None:
    """Films of newer phones have a track in AAC and one in a codec that FFmpeg does not decode."""
    film = io.BytesIO()
    with av.open(film, "w", format="mov") as container:
        streams = [container.add_stream("aac", rate=44_100, layout="stereo") for _ in range(2)]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(tones(44_100, 2, 4.0), format="fltp", layout="stereo")
            frame.sample_rate = 44_100
            frame.pts = 0
            for piece in av.AudioResampler("fltp", "stereo", 44_100, 1024).resample(frame):
                container.mux(stream.encode(piece))
            container.mux(stream.encode(None))
    boxes = film.getvalue().split(b"trak")
    boxes[unknown] = boxes[unknown].replace(b"mp4a", b"apac").replace(b"esds", b"dapa")
    samples, rate, warnings = decode(b"trak".join(boxes))
    assert samples.shape == (2, pytest.approx(4.0 * rate, abs=0.05 * rate))
    np.testing.assert_allclose(np.square(samples).mean(), np.square(tones(44_100, 2, 4.0)).mean(), rtol=0.05)
    assert [warning.code for warning in warnings] == ["several-tracks"]
    assert f"track {3 - unknown} (aac)" in warnings[0].message


def test_24_valid_bits_in_32() -> None:
    pcm = (tones(44_100, 2, 1.0).T * (2**31 - 256)).astype("<i4").tobytes()
    guid = bytes.fromhex("0100000000001000800000aa00389b71")
    form = struct.pack("<HHIIHHHHI", 0xFFFE, 2, 44_100, 44_100 * 8, 8, 32, 22, 24, 3) + guid
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(pcm)) + pcm
    samples, _, _ = decode(b"RIFF" + struct.pack("<I", len(body)) + body)
    np.testing.assert_allclose(samples, tones(44_100, 2, 1.0), atol=1e-4)


def test_a_big_endian_wav() -> None:
    pcm = (tones(44_100, 2, 1.0).T * 32767).astype(">i2").tobytes()
    form = struct.pack(">HHIIHH", 1, 2, 44_100, 176_400, 4, 16)
    body = b"WAVEfmt " + struct.pack(">I", 16) + form + b"data" + struct.pack(">I", len(pcm)) + pcm
    samples, rate, warnings = decode(b"RIFX" + struct.pack(">I", len(body)) + body)
    np.testing.assert_allclose(samples, tones(44_100, 2, 1.0), atol=1e-4)
    assert (rate, warnings) == (44_100, ())


@pytest.mark.parametrize("pad", [b"", b"\0"], ids=["without its pad byte", "padded"])
def test_a_chunk_of_odd_size(pad: bytes) -> None:
    data = encoded(BY_NAME["wav-s16"])
    odd = b"bext" + struct.pack("<I", 5) + b"hello" + pad
    np.testing.assert_array_equal(decode(data[:12] + odd + data[12:])[0], decode(data)[0])


def test_an_aiff_with_its_format_behind_the_sound() -> None:
    data = encoded(BY_NAME["aiff"])
    whole, _, _ = decode(data)
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        chunks[data[at : at + 4]] = data[at : at + 8 + size + size % 2]
        at += 8 + size + size % 2
    moved = b"".join(chunks[kind] for kind in sorted(chunks, key=lambda kind: kind == b"COMM"))
    samples, _, warnings = decode(data[:12] + moved)
    np.testing.assert_array_equal(samples, whole)
    assert warnings == ()
