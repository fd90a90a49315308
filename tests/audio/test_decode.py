from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.bombs import many_rates
from tests.support.media import BY_NAME, FORMATS, Format, encoded, tones
from tonearm.audio.byte_stream import Read
from tonearm.audio.decode import Decoder
from tonearm.audio.pcm import BLOCK
from tonearm.errors import AudioError, TooLong
from tonearm.protocol.caps import Caps


def decode(read: Read, caps: Caps | None = None) -> tuple[Decoder, NDArray[np.float32]]:
    decoder = Decoder(read, caps or Caps())
    decoder.recognise()
    return decoder, np.concatenate([block.copy() for block in decoder.blocks()], axis=1)


def pieces(data: bytes, sizes: Callable[[], int]) -> Read:
    """The data as a connection gives it: each read returns the next piece, or a part of it."""
    stream = io.BytesIO(data)
    return lambda size: stream.read(min(size, sizes()))


@pytest.mark.parametrize("form", [form for form in FORMATS if form.exact], ids=str)
def test_lossless_formats_give_back_their_samples(form: Format) -> None:
    decoder, samples = decode(io.BytesIO(encoded(form)).read)
    expected = tones(form.rate, samples.shape[0], 3.0)
    assert decoder.format.rate == form.rate
    assert samples.dtype == np.float32
    np.testing.assert_allclose(samples, expected, atol=0.51 / 32768)


@pytest.mark.parametrize("form", [form for form in FORMATS if not form.exact], ids=str)
def test_lossy_formats_give_back_the_sound(form: Format) -> None:
    decoder, samples = decode(io.BytesIO(encoded(form)).read)
    expected = tones(form.rate, samples.shape[0], 3.0)
    assert decoder.format.rate == form.rate
    assert abs(samples.shape[1] - expected.shape[1]) < 0.06 * form.rate
    for heard, meant in zip(samples, expected, strict=True):
        assert best_correlation(heard, meant) > 0.85


def best_correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The highest correlation at any shift: an encoder's delay is not every container's to tell."""
    size = 2 * max(len(a), len(b))
    product = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)))
    return float(product.max() / (np.linalg.norm(a) * np.linalg.norm(b)))


@pytest.mark.release
@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_the_same_bytes_give_the_same_samples_however_they_arrive(form: Format) -> None:
    data = encoded(form, 1.0)
    _, whole = decode(io.BytesIO(data).read)
    random = np.random.default_rng(1)
    for sizes in (lambda: 1, lambda: int(random.integers(1, 5000))):
        _, piecewise = decode(pieces(data, sizes))
        np.testing.assert_array_equal(whole, piecewise)


LONG_FRAMES = {"flac-32-96k": 300, "tta-192k": 600, "wavpack-384k": 300}
"""KiB until the first frame where frames are long: FFmpeg wants to see several of FLAC's, and a second of TTA's."""


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_a_few_tens_of_kib_are_enough_to_recognise_a_format(form: Format) -> None:
    decoder = Decoder(io.BytesIO(encoded(form)).read, Caps())
    decoder.recognise()
    assert decoder.received <= LONG_FRAMES.get(form.name, 128) * 1024


def test_an_index_in_front_is_not_held_and_one_at_the_end_is() -> None:
    for name, held in (("m4a-aac-index-in-front", False), ("m4a-aac-fragmented", False), ("m4a-aac", True)):
        data = encoded(BY_NAME[name], 8.0)
        decoder = Decoder(io.BytesIO(data).read, Caps())
        decoder.recognise()
        assert decoder.format.rate == 44_100
        assert (decoder.received == len(data)) is held


@pytest.mark.parametrize("name", ["wavpack", "wavpack-5.1", "wavpack-384k"])
def test_wavpack_is_decoded_while_it_arrives(name: str) -> None:
    data = encoded(BY_NAME[name], 8.0)
    decoder = Decoder(io.BytesIO(data + ape_tag(100_000)).read, Caps())
    decoder.recognise()
    received = [decoder.received for _ in decoder.blocks()]
    assert received[0] < 0.6 * len(data)


def ape_tag(size: int) -> bytes:
    """As WavPack's encoder writes it behind the audio: one item, and a footer without a header."""
    item = struct.pack("<II", size, 2) + b"Cover Art (Front)\0" + bytes(size)
    return item + struct.pack("<8sIIII8x", b"APETAGEX", 2000, len(item) + 32, 1, 0)


def test_a_tag_behind_wavpack_is_no_sound() -> None:
    _, decoded = decode(io.BytesIO(encoded(BY_NAME["wavpack-5.1"]) + ape_tag(100_000)).read)
    assert decoded.shape == (6, 3 * 44_100)


def test_blocks_have_one_length() -> None:
    decoder = Decoder(io.BytesIO(encoded(BY_NAME["mp3-cbr"], 8.0)).read, Caps())
    decoder.recognise()
    *full, last = [block.shape for block in decoder.blocks()]
    assert set(full) == {(2, BLOCK)}
    assert 0 < last[1] <= BLOCK


def test_frames_longer_than_a_block_are_passed_on_at_once() -> None:
    """A frame of TTA is a second long, at 192 kHz longer than a block."""
    data = encoded(BY_NAME["tta-192k"], 10.0)
    decoder = Decoder(io.BytesIO(data).read, Caps())
    decoder.recognise()
    received = [decoder.received for _ in decoder.blocks()]
    assert len(received) == 15
    assert received[8] < 0.7 * len(data)


@pytest.mark.parametrize(
    ("layout", "names"),
    [("mono", ("FC",)), ("stereo", ("FL", "FR")), ("5.1", ("FL", "FR", "FC", "LFE", "BL", "BR"))],
)
def test_a_wav_without_positions_has_the_usual_ones(layout: str, names: tuple[str, ...]) -> None:
    decoder, _ = decode(io.BytesIO(wav(tones(44_100, len(names), 0.5))).read)
    assert decoder.format.channels == names


def wav(samples: NDArray[np.float32], rate: int = 44_100, data_size: int | None = None) -> bytes:
    """A plain PCM WAV, with the header saying what it is told to say."""
    pcm = (samples.T * 32767).astype("<i2").tobytes()
    channels = samples.shape[0]
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
    size = len(pcm) if data_size is None else data_size
    return (
        b"RIFF" + struct.pack("<I", (36 + size) & 0xFFFFFFFF) + b"WAVE" + head + b"data" + struct.pack("<I", size) + pcm
    )


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 10_000_000], ids=["zero", "streamed", "too large"])
def test_a_wav_header_that_lies_about_its_length(size: int) -> None:
    samples = tones(44_100, 2, 0.5)
    _, decoded = decode(io.BytesIO(wav(samples, data_size=size)).read)
    np.testing.assert_allclose(decoded, samples, atol=2 / 32768)


def id3(body: bytes) -> bytes:
    size = len(body)
    return b"ID3\x03\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + body


def picture(size: int) -> bytes:
    body = b"\x00image/png\x00\x03\x00" + b"\x89PNG\r\n\x1a\n" + bytes(size)
    return b"APIC" + struct.pack(">I", len(body)) + b"\x00\x00" + body


def test_an_mp3_with_a_large_picture_in_its_tag() -> None:
    sound = encoded(BY_NAME["mp3-cbr"])
    _, plain = decode(io.BytesIO(sound).read)
    _, tagged = decode(io.BytesIO(id3(picture(400_000)) + sound).read)
    assert abs(tagged.shape[1] - plain.shape[1]) < 2304
    assert best_correlation(tagged[0], plain[0]) > 0.99


def test_an_mp3_with_bytes_that_are_no_text_in_its_tag() -> None:
    body = b"\x03\xff\xfe\xfa\x80\x81"
    frame = b"TIT2" + struct.pack(">I", len(body)) + b"\x00\x00" + body
    _, decoded = decode(io.BytesIO(id3(frame) + encoded(BY_NAME["mp3-cbr"])).read)
    assert decoded.shape[1] > 130_000


@pytest.mark.parametrize("name", ["mp3-cbr", "flac-16", "aac-adts", "wav-s16"])
@pytest.mark.parametrize("sizes", [[1_000], [1_000, 400_000], [1_100_000]], ids=str)
def test_tags_in_front_of_any_format(name: str, sizes: list[int]) -> None:
    sound = encoded(BY_NAME[name])
    tags = b"".join(id3(picture(size)) for size in sizes)
    _, plain = decode(io.BytesIO(sound).read)
    for read in (io.BytesIO(tags + sound).read, pieces(tags + sound, lambda: 60_000)):
        _, tagged = decode(read)
        np.testing.assert_array_equal(tagged, plain)


def test_a_tag_that_is_cut_off_is_no_audio() -> None:
    decoder = Decoder(io.BytesIO(id3(picture(100_000))[:5_000]).read, Caps())
    with pytest.raises(AudioError, match="only tags"):
        decoder.recognise()


@pytest.mark.parametrize("name", ["mp3-cbr", "opus", "aac-adts", "flac-16"])
def test_damage_in_the_middle_costs_what_is_damaged(name: str) -> None:
    data = bytearray(encoded(BY_NAME[name]))
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(np.random.default_rng(0).integers(0, 256, 2000, np.uint8))
    _, decoded = decode(io.BytesIO(bytes(data)).read)
    # An Ogg page holds up to a second, and is lost as a whole.
    assert decoded.shape[1] > 0.6 * 3 * BY_NAME[name].rate


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_a_file_cut_off_in_the_middle_is_decoded_up_to_there(form: Format) -> None:
    data = encoded(form)
    half = io.BytesIO(data[: len(data) // 2])
    if form.name in {"alac", "m4a-aac"}:
        decoder = Decoder(half.read, Caps())
        decoder.recognise()
        with pytest.raises(AudioError, match="without its index"):
            _ = decoder.format
        return
    _, decoded = decode(half.read)
    assert 0.3 * 3 * form.rate < decoded.shape[1] <= 0.6 * 3 * form.rate + 4096


@pytest.mark.parametrize("name", ["opus", "ogg-vorbis"])
def test_a_chained_ogg_is_decoded_to_its_end(name: str) -> None:
    link = encoded(BY_NAME[name], 1.0)
    _, decoded = decode(io.BytesIO(link + link).read)
    assert decoded.shape[1] > 1.9 * BY_NAME[name].rate


CHANGES = [
    Format("stereo to 22 kHz mono", "adts", "aac", "fltp", rate=22_050, layout="mono"),
    Format("stereo to 5.1", "adts", "aac", "fltp", layout="5.1"),
    Format("stereo to mono", "adts", "aac", "fltp", layout="mono"),
]


@pytest.mark.parametrize("second", CHANGES, ids=str)
@pytest.mark.parametrize("swapped", [False, True])
def test_a_stream_that_changes_its_format_keeps_the_one_it_began_with(second: Format, swapped: bool) -> None:
    links = [BY_NAME["aac-adts"], second]
    first, then = links[::-1] if swapped else links
    decoder, decoded = decode(io.BytesIO(encoded(first, 1.0) + encoded(then, 1.0) + encoded(first, 1.0)).read)
    assert decoder.format.rate == first.rate
    assert decoded.shape == (av.AudioLayout(first.layout).nb_channels, pytest.approx(3 * first.rate, rel=0.1))
    middle = decoded[:, int(1.4 * first.rate) : int(1.8 * first.rate)]
    assert 0.05 < np.abs(middle).max() < 2


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_samples_that_are_no_sound_are_refused(value: float) -> None:
    data = bytearray(encoded(BY_NAME["wav-f32"]))
    data[600_000:600_004] = np.float32(value).tobytes()
    with pytest.raises(AudioError, match="invalid samples"):
        decode(io.BytesIO(bytes(data)).read)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 200_000,
        b"hello, this is no audio\n" * 20,
        b"<!doctype html><html><body>404</body></html>",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 5000,
        b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/track.mp3\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        bytes(np.random.default_rng(3).integers(0, 256, 300_000, np.uint8)),
        b"RIFF\x24\x00\x00\x00WAVE",
        b"\x1f\x8b\x08\x00" + b"\x00" * 1000,
    ],
    ids=["empty", "zeros", "text", "html", "png", "playlist", "concat", "noise", "wav header", "gzip"],
)
def test_what_is_no_audio_is_refused(data: bytes) -> None:
    decoder = Decoder(io.BytesIO(data).read, Caps())
    with pytest.raises(AudioError):
        decoder.recognise()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (wav(tones(44_100, 2, 0.2), rate=1), "sample rate is 1 Hz"),
        (wav(tones(44_100, 2, 0.2), rate=1_000_000), "sample rate is 1000000 Hz"),
        (wav(np.zeros((64, 2000), np.float32)), "64 channels"),
    ],
    ids=["1 Hz", "1 MHz", "64 channels"],
)
def test_formats_outside_the_caps_are_refused(data: bytes, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        decode(io.BytesIO(data).read)


def test_audio_longer_than_the_cap_is_decoded_up_to_it() -> None:
    def forever() -> Iterable[bytes]:
        yield wav(np.zeros((1, 0), np.float32), data_size=0xFFFFFFFF)
        while True:
            yield bytes(1 << 14)

    stream = iter(forever())
    decoder = Decoder(lambda size: next(iter(stream)), Caps(max_seconds=60.5))
    decoder.recognise()
    blocks: list[NDArray[np.float32]] = []
    with pytest.raises(TooLong, match=r"longer than 60\.5 seconds"):
        blocks.extend(decoder.blocks())
    assert sum(block.shape[1] for block in blocks) == 60.5 * 44_100


def test_audio_as_long_as_the_cap_is_not_too_long() -> None:
    sound = encoded(BY_NAME["wav-s16"], 3.0)
    _, decoded = decode(io.BytesIO(sound).read, Caps(max_seconds=3))
    assert decoded.shape == (2, 3 * 44_100)


def test_what_reading_raises_comes_through() -> None:
    sound = io.BytesIO(encoded(BY_NAME["wav-s16"]))

    class Gone(Exception):
        pass

    def read(size: int) -> bytes:
        if sound.tell() > 200_000:
            raise Gone
        return sound.read(size)

    with pytest.raises(Gone):
        decode(read)


def test_a_decoder_that_no_collection_of_music_needs_is_not_run() -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="wav") as container:
        stream = container.add_stream("adpcm_yamaha", rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44_100), np.int16), "s16", "mono")
        frame.sample_rate = 44_100
        assert isinstance(stream, av.AudioStream)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    with pytest.raises(AudioError, match="in a codec that Tonearm does not decode"):
        decode(io.BytesIO(file.getvalue()).read)


def test_a_stream_that_changes_its_rate_with_each_frame_is_refused() -> None:
    """Each rate needs a resampler of megabytes, and a frame of silence a dozen bytes."""
    with pytest.raises(AudioError, match="more than 32 times"):
        decode(io.BytesIO(many_rates(200)).read)


def test_tags_without_end_are_no_audio() -> None:
    tags = io.BytesIO(id3(b"") * 100_000)
    with pytest.raises(AudioError, match="not audio"):
        decode(tags.read)
    assert tags.tell() < 900_000


def musepack(packets: int) -> bytes:
    """Silence in Musepack SV8, for which FFmpeg has no encoder: 64 frames of 1152 samples in each packet."""

    def packet(key: bytes, body: bytes) -> bytes:
        return key + bytes([3 + len(body)]) + body

    def number(value: int) -> bytes:
        """In five bytes of seven bits."""
        return bytes(value >> shift & 0x7F | (0x80 if shift else 0) for shift in (28, 21, 14, 7, 0))

    # A checksum, the version, the samples, none of which are silent; 44.1 kHz, 18 bands, stereo.
    header = packet(b"SH", b"\1\2\3\4\x08" + number(packets * 64 * 1152) + b"\0\x11\x13")
    # No band in the first frame, and as many in each that follows.
    sound = packets * packet(b"AP", b"\x0f" + b"\xff" * 19)
    # Where the table for seeking is, behind the sound.
    offset = packet(b"SO", number(8 + len(sound)))
    table = packet(b"ST", b"\1" + bytes(17))
    return b"MPCK" + header + offset + sound + table + packet(b"SE", b"")


def test_musepack_has_its_table_behind_the_sound() -> None:
    data = musepack(5)
    decoder, decoded = decode(pieces(data, lambda: 100))
    assert decoder.format.rate == 44_100
    assert decoded.shape == (2, 5 * 64 * 1152)
    assert not decoded.any()
    assert decoder.warnings == ()


def test_what_the_file_is_is_found_out_only_on_demand() -> None:
    decoders = [Decoder(io.BytesIO(encoded(BY_NAME["mp3-cbr"])).read, Caps(), facts) for facts in (False, True)]
    for decoder in decoders:
        decoder.recognise()
    for one, other in zip(*(decoder.blocks() for decoder in decoders), strict=True):
        np.testing.assert_array_equal(one, other)
    without, having = (decoder.facts for decoder in decoders)
    assert without is None
    assert having is not None
    assert (having.codec, having.complete) == ("mp3", True)
