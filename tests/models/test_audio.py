"""What a file is, beside what was written, what Mutagen reads in it, and FFmpeg's and FLAC's own digests."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest
import soundfile
from av.stream import Disposition
from mutagen.aac import AAC
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, ID3, TIT2
from mutagen.mp4 import MP4, MP4Cover

from tests.support.filter import run
from tests.support.media import BY_NAME, FORMATS, RATE, Format, encode, encoded, tones
from tonearm.pipeline.filter import analyze
from tonearm.pipeline.registry import catalog
from tonearm.protocol.caps import Caps
from tonearm.protocol.job import Job
from tonearm.protocol.spec import parse

SECONDS = 3.0
CONTAINERS = {"ipod": "mp4", "adts": "aac", "webm": "matroska"}
NOT_READ_BY_MUTAGEN = {
    *("rf64", "w64", "caf", "webm-opus", "mka-flac", "m4a-aac-fragmented"),
    # It looks at the first of several blocks, and knows the usual rates.
    *("wavpack-5.1", "wavpack-384k"),
}
DELAYED = ["mp3-cbr", "mp3-mono-22k", "m4a-aac", "m4a-aac-index-in-front", "opus", "webm-opus"]
DEEP = {
    8: [("wav", "pcm_u8", "u8"), ("wv", "wavpack", "u8p"), ("tta", "tta", "u8")],
    24: [
        *(("wav", "pcm_s24le", "s32"), ("aiff", "pcm_s24be", "s32"), ("ipod", "alac", "s32p"), ("caf", "alac", "s32p")),
        *(("tta", "tta", "s32"), ("matroska", "tta", "s32")),
    ],
}
LOSSY = [form for form in FORMATS if not form.exact and not form.codec.startswith("pcm_")]


def facts(data: bytes) -> dict[str, Any]:
    outcome = run(data, "audio")
    assert not outcome.errors, outcome.errors
    found: dict[str, Any] = outcome.results["audio:1"]
    return found


@cache
def told(form: Format) -> dict[str, Any]:
    return facts(encoded(form, SECONDS))


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_is_what_was_written(form: Format) -> None:
    ours = told(form)
    assert ours["container"] == CONTAINERS.get(form.container, form.container)
    assert ours["codec"] == av.Codec(form.codec, "w").canonical_name
    assert ours["profile"] == ("LC" if form.codec == "aac" else None)
    assert (ours["sample_rate"], ours["layout"]) == (form.rate, form.layout)
    assert ours["channels"] == av.AudioLayout(form.layout).nb_channels
    assert (ours["track"], ours["tracks"], ours["damaged"]) == (1, 1, [])
    pcm = re.match(r"pcm_[suf](\d+)", form.codec)
    written = int(pcm[1]) if pcm else int(form.sample.strip("sp")) if form.exact else None
    assert ours["bit_depth"] == written
    assert ours["duration"] == pytest.approx(SECONDS, abs=0.05 if form in LOSSY else 0)


@pytest.mark.parametrize("form", [form for form in FORMATS if form.name not in NOT_READ_BY_MUTAGEN], ids=str)
def test_is_what_mutagen_reads(form: Format) -> None:
    ours = told(form)
    theirs: Any = (AAC if form.container == "adts" else mutagen.File)(io.BytesIO(encoded(form, SECONDS))).info
    for name, field in (("sample_rate", "sample_rate"), ("channels", "channels"), ("bits_per_sample", "bit_depth")):
        # MP4 has a field for them that means nothing for AAC.
        if (value := getattr(theirs, name, None)) and ours[field] is not None:
            assert value == ours[field], name
    if ours["declared_duration"] is not None:
        # It counts what the encoder added in front, and of MP3 what it added behind.
        added = ((ours["encoder_delay"] or 0) + (ours["encoder_padding"] or 0)) / form.rate
        assert -0.001 <= theirs.length - ours["declared_duration"] <= added + 0.001
    # For ALAC it reads the rate of the samples.
    if form.codec != "alac" and (bit_rate := getattr(theirs, "bitrate", 0)):
        assert ours["bit_rate"] == pytest.approx(bit_rate, rel=0.03)


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_the_bit_rate_is_that_of_the_packets(form: Format) -> None:
    with av.open(io.BytesIO(encoded(form, SECONDS)), "r") as container:
        packets = [packet for packet in container.demux(audio=0) if packet.size]
        seconds = float(sum((packet.duration or 0) * packet.time_base for packet in packets))
    bits = 8 * sum(packet.size for packet in packets)
    # FFmpeg knows how long the last packet of a file is in which it can look back.
    assert told(form)["bit_rate"] == pytest.approx(bits / seconds, rel=0.01)


@pytest.mark.parametrize("name", DELAYED)
def test_delay_audio_and_padding_are_all_that_was_coded(name: str) -> None:
    ours = told(BY_NAME[name])
    with av.open(io.BytesIO(encoded(BY_NAME[name], SECONDS)), "r") as container:
        packets = sum(packet.size > 0 for packet in container.demux(audio=0))
        frame = {"mp3": 1152 if ours["sample_rate"] > 32_000 else 576, "aac": 1024, "opus": 960}[ours["codec"]]
    audio = round(ours["duration"] * ours["sample_rate"])
    assert ours["encoder_delay"] + audio + ours["encoder_padding"] == packets * frame


def test_the_delay_is_the_one_in_the_file() -> None:
    opus = encoded(BY_NAME["opus"], SECONDS)
    head = opus.index(b"OpusHead")
    assert told(BY_NAME["opus"])["encoder_delay"] == int.from_bytes(opus[head + 10 : head + 12], "little")
    mp3 = encoded(BY_NAME["mp3-cbr"], SECONDS)
    tag = mp3.index(b"Lavf", mp3.index(b"Info"))
    # What a decoder adds is left out too.
    assert told(BY_NAME["mp3-cbr"])["encoder_delay"] == (int.from_bytes(mp3[tag + 21 : tag + 23], "big") >> 4) + 529


@pytest.mark.parametrize("form", FORMATS, ids=str)
def test_where_a_file_does_not_say_it_is_not_told(form: Format) -> None:
    ours = told(form)
    ends = ours["encoder_delay"], ours["encoder_padding"]
    if ours["bit_depth"] is not None:
        assert ends == (0, 0)
    elif form.name in {"aac-adts", "wma"}:
        assert ends == (None, None)
    assert (ours["declared_duration"] is None) == (form.name in {"w64", "ogg-vorbis", "opus", "aac-adts"})


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_S8", 8), ("PCM_16", 16), ("PCM_24", 24)])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_the_digest_of_lossless_audio_is_that_of_flac(subtype: str, bits: int, channels: int) -> None:
    file = io.BytesIO()
    soundfile.write(file, tones(RATE, channels, SECONDS).T, RATE, subtype, format="FLAC")
    ours = facts(file.getvalue())
    assert ours["bit_depth"] == bits
    assert ours["digest"] == f"{FLAC(io.BytesIO(file.getvalue())).info.md5_signature:032x}"


def test_the_digest_is_the_same_in_every_lossless_format() -> None:
    names = ["wav-s16", "rf64", "w64", "flac-16", "aiff", "alac", "caf", "wavpack", "mka-flac"]
    assert len({told(BY_NAME[name])["digest"] for name in names}) == 1
    other = tones(RATE, 2, SECONDS).copy()
    other[1, -1] += 2 / 32_768
    assert facts(encode(BY_NAME["flac-16"], other))["digest"] != told(BY_NAME["flac-16"])["digest"]


@pytest.mark.parametrize("bits", [8, 24])
def test_other_depths_have_the_digest_of_flac_in_every_format_too(bits: int) -> None:
    samples = (np.round(tones(RATE, 2, SECONDS) * 2 ** (bits - 1)) / 2 ** (bits - 1)).astype(np.float32)
    file = io.BytesIO()
    soundfile.write(file, samples.T, RATE, "PCM_S8" if bits == 8 else "PCM_24", format="FLAC")
    flac = f"{FLAC(io.BytesIO(file.getvalue())).info.md5_signature:032x}"
    for container, codec, sample in DEEP[bits]:
        ours = facts(encode(Format(codec, container, codec, sample), samples))
        assert (ours["bit_depth"], ours["digest"]) == (bits, flac), codec


@pytest.mark.parametrize("form", LOSSY, ids=str)
def test_the_digest_of_lossy_audio_is_that_of_its_packets(form: Format) -> None:
    """As of `ffmpeg -i FILE -map 0:a:0 -c copy -f md5 -`."""
    digest = io.BytesIO()
    with av.open(io.BytesIO(encoded(form, SECONDS)), "r") as source, av.open(digest, "w", format="md5") as out:
        stream = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None or packet.pts is not None:
                packet.stream = stream
                out.mux(packet)
    assert f"MD5={told(form)['digest']}" == digest.getvalue().decode().strip()


@pytest.mark.parametrize("name", ["wav-s16", "flac-16", "mp3-cbr", "m4a-aac", "ogg-vorbis", "wavpack"])
@pytest.mark.parametrize("size", [997, 65_536])
def test_nothing_depends_on_the_pieces_in_which_it_comes(name: str, size: int) -> None:
    file = io.BytesIO(encoded(BY_NAME[name], SECONDS))
    job = Job(tasks=catalog().resolve(parse("audio")), caps=Caps())
    _, completed, _ = analyze(lambda wanted: file.read(min(wanted, size)), job)
    assert json.loads(completed.data)["result"]["results"] == told(BY_NAME[name])


def _id3(file: Path) -> None:
    """In front of MP3, ADTS and TTA, with the old tag at the end; in a chunk of WAV and AIFF."""
    tags = ID3()
    tags.add(TIT2(text="Another title"))
    tags.add(APIC(mime="image/png", type=3, data=bytes(70_000)))
    if file.suffix in {".wav", ".aiff"}:
        sound = mutagen.File(file)
        sound.add_tags()
        for tag in tags.values():
            sound.tags.add(tag)
        sound.save()
    else:
        tags.save(file, v1=2)


def _ape(file: Path) -> None:
    tags = APEv2()
    tags["Title"] = "Another title" * 300
    tags.save(file)


def _comments(file: Path) -> None:
    sound = mutagen.File(file)
    sound["title"] = ["Another title" * 9000]
    if isinstance(sound, FLAC):
        cover = Picture()
        cover.data = bytes(90_000)
        sound.add_picture(cover)
    sound.save()


def _asf(file: Path) -> None:
    sound = mutagen.File(file)
    sound["Title"] = "Another title" * 99
    sound.save()


def _mp4(file: Path) -> None:
    sound = MP4(file)
    sound["\xa9nam"] = "Another title"
    sound["covr"] = [MP4Cover(bytes(100_000))]
    sound.save()


@pytest.mark.parametrize(
    ("name", "suffix", "ways"),
    [
        ("mp3-cbr", ".mp3", [_id3]),
        ("mp3-vbr", ".mp3", [_ape]),
        ("mp3-mono-22k", ".mp3", [_ape, _id3]),
        ("aac-adts", ".aac", [_id3]),
        ("wav-s16", ".wav", [_id3]),
        ("aiff", ".aiff", [_id3]),
        ("tta-192k", ".tta", [_id3]),
        ("wavpack", ".wv", [_ape]),
        ("flac-16", ".flac", [_comments]),
        ("ogg-vorbis", ".ogg", [_comments]),
        ("opus", ".opus", [_comments]),
        ("m4a-aac", ".m4a", [_mp4]),
        ("m4a-aac-index-in-front", ".m4a", [_mp4]),
        ("alac", ".m4a", [_mp4]),
        ("wma", ".wma", [_asf]),
    ],
)
def test_tags_change_nothing(name: str, suffix: str, ways: list[Callable[[Path], None]], tmp_path: Path) -> None:
    data = encoded(BY_NAME[name], SECONDS)
    file = tmp_path / f"tagged{suffix}"
    file.write_bytes(data)
    for way in ways:
        way(file)
    assert file.read_bytes() != data
    assert facts(file.read_bytes()) == told(BY_NAME[name])


def test_a_damaged_stretch_is_the_one_that_is_warned_of() -> None:
    data = bytearray(encoded(BY_NAME["flac-16"], SECONDS))
    data[len(data) // 2] ^= 0xFF
    outcome = run(bytes(data), "audio")
    (warning,) = outcome.events[-1]["warnings"]
    ours = outcome.results["audio:1"]
    (stretch,) = ours["damaged"]
    assert (stretch["start"], stretch["end"]) == pytest.approx((warning["start"], warning["end"]), abs=0.001)
    assert ours["duration"] == SECONDS
    assert ours["digest"] != told(BY_NAME["flac-16"])["digest"]


def test_a_file_that_is_cut_off_has_less_than_it_announces() -> None:
    data = encoded(BY_NAME["wav-s16"], SECONDS)
    ours = facts(data[: len(data) // 2])
    assert ours["duration"] == pytest.approx(SECONDS / 2, abs=0.001)
    assert ours["declared_duration"] == SECONDS


@pytest.mark.parametrize("name", ["mp3-cbr", "flac-16"])
def test_what_is_too_long_has_no_digest(name: str) -> None:
    ours = run(encoded(BY_NAME[name], SECONDS), "audio", Caps(max_seconds=1)).results["audio:1"]
    assert (ours["duration"], ours["declared_duration"], ours["digest"]) == (1, SECONDS, None)
    assert ours["bit_rate"] == pytest.approx(told(BY_NAME[name])["bit_rate"], rel=0.2)


def test_the_track_that_was_taken_is_told() -> None:
    """The second of two, which is marked as the default."""
    file = io.BytesIO()
    forms = [BY_NAME["opus"], BY_NAME["mka-flac"]]
    sources = [av.open(io.BytesIO(encoded(form, SECONDS)), "r") for form in forms]
    with av.open(file, "w", format="matroska", options={"default_mode": "passthrough"}) as out:
        streams = [out.add_stream_from_template(source.streams.audio[0]) for source in sources]
        streams[0].disposition = Disposition(0)
        streams[1].disposition = Disposition.default
        for source, stream in zip(sources, streams, strict=True):
            for packet in source.demux(audio=0):
                if packet.size:
                    packet.stream = stream
                    out.mux(packet)
    ours = facts(file.getvalue())
    assert (ours["track"], ours["tracks"], ours["codec"]) == (2, 2, "flac")
    assert ours["digest"] == told(BY_NAME["flac-16"])["digest"]


def test_a_big_endian_wav_is_a_wav() -> None:
    wav = encoded(BY_NAME["wav-mono"], 1.0)
    pcm = np.frombuffer(wav[-2 * RATE :], "<i2").astype(">i2").tobytes()
    form = (16).to_bytes(4, "big") + b"".join(
        value.to_bytes(size, "big") for value, size in ((1, 2), (1, 2), (RATE, 4), (2 * RATE, 4), (2, 2), (16, 2))
    )
    body = b"WAVEfmt " + form + b"data" + len(pcm).to_bytes(4, "big") + pcm
    ours = facts(b"RIFX" + len(body).to_bytes(4, "big") + body)
    assert (ours["container"], ours["codec"], ours["declared_duration"]) == ("wav", "pcm_s16be", 1)
    assert ours["digest"] == facts(wav)["digest"]
