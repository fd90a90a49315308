"""Tags written to files of every kind and read back by FFmpeg, with every packet of sound as it was."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
from pathlib import Path

import av
import pytest
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, COMM, ID3, TALB, TIT2, TXXX, TYER
from mutagen.mp4 import MP4, MP4FreeForm

from tests.support import shared
from tests.support.ffmpeg import packets, read_by_ffmpeg
from tests.support.media import BY_NAME, encoded
from tonearm import tags
from tonearm.sample import sample_track
from tonearm.tags import TagError, Values
from tonearm.tags.wav_sizes import fill_in

VALUES = Values(
    119.97, "C#m", -11.5, -0.3, -12.25, -0.1, "party", "House", 8, "0.488 s, 4 beats; 2.488 s, 119.9700 bpm"
)
GAIN = {
    "REPLAYGAIN_TRACK_GAIN": "-6.50 dB",
    "REPLAYGAIN_TRACK_PEAK": "0.966051",
    "REPLAYGAIN_ALBUM_GAIN": "-5.75 dB",
    "REPLAYGAIN_ALBUM_PEAK": "0.988553",
}
ID3_TAGS = {"TBPM": "120", "TKEY": "C#m", "TMOO": "party", "genre": "House", "EnergyLevel": "8", **GAIN}
OTHER_TAGS = {"BPM": "120", "KEY": "C#m", "INITIALKEY": "C#m", "MOOD": "party", "GENRE": "House", "ENERGYLEVEL": "8"}
VORBIS_TAGS = {**OTHER_TAGS, **GAIN}
OPUS_TAGS = {**OTHER_TAGS, "R128_TRACK_GAIN": "-2944", "R128_ALBUM_GAIN": "-2752"}
"""(-23 + 11.5) * 256 and (-23 + 12.25) * 256, which RFC 7845 wants."""
MP4_TAGS = {
    "initialkey": "C#m",
    "MOOD": "party",
    "genre": "House",
    "energylevel": "8",
    **{name.lower(): value for name, value in GAIN.items()},
}
APE_TAGS = {"BPM": "120", "KEY": "C#m", "INITIALKEY": "C#m", "Mood": "party", "EnergyLevel": "8", **GAIN}
ASF_TAGS = {
    "WM/BeatsPerMinute": "120",
    "WM/InitialKey": "C#m",
    "WM/Mood": "party",
    "genre": "House",
    "EnergyLevel": "8",
    **GAIN,
}

KINDS = [
    ("mp3-cbr", ".mp3", ID3_TAGS),
    ("mp3-vbr", ".mp3", ID3_TAGS),
    ("wave", ".wav", ID3_TAGS),
    ("aiff", ".aiff", ID3_TAGS),
    ("flac-16", ".flac", VORBIS_TAGS),
    ("ogg-vorbis", ".ogg", VORBIS_TAGS),
    ("opus", ".opus", OPUS_TAGS),
    ("m4a-aac", ".m4a", MP4_TAGS),
    ("m4a-aac-index-in-front", ".m4a", MP4_TAGS),
    ("m4a-aac-fragmented", ".m4a", MP4_TAGS),
    ("alac", ".m4a", MP4_TAGS),
    ("wavpack", ".wv", APE_TAGS),
    ("wma", ".wma", ASF_TAGS),
]


def made(folder: Path, kind: str, suffix: str) -> Path:
    file = folder / f"track{suffix}"
    # FFmpeg's own WAV has a list of information too, beside which FFmpeg before version 6 passes other tags over.
    file.write_bytes(sample_track(3) if kind == "wave" else encoded(BY_NAME[kind]))
    return file


def write(file: Path, values: Values = VALUES) -> None:
    tags.write(str(file), tags.opened(str(file)).wanted(values))


def samples(file: Path) -> str:
    digest = hashlib.sha256()
    with av.open(str(file)) as container:
        for frame in container.decode(audio=0):
            digest.update(frame.to_ndarray().tobytes())
    return digest.hexdigest()


@pytest.mark.parametrize(("kind", "suffix", "expected"), KINDS, ids=[kind for kind, _, _ in KINDS])
def test_ffmpeg_reads_what_was_written_and_the_sound_is_the_same(
    tmp_path: Path, kind: str, suffix: str, expected: dict[str, str]
) -> None:
    file = made(tmp_path, kind, suffix)
    before = packets(file), samples(file)
    write(file)
    assert expected.items() <= read_by_ffmpeg(file).items()
    assert (packets(file), samples(file)) == before
    assert len(before[0]) > 1
    assert os.listdir(tmp_path) == [file.name]


@pytest.mark.release
@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="needs the program ffprobe")
@pytest.mark.parametrize(("kind", "suffix", "expected"), KINDS, ids=[kind for kind, _, _ in KINDS])
def test_ffprobe_reads_what_was_written(tmp_path: Path, kind: str, suffix: str, expected: dict[str, str]) -> None:
    file = made(tmp_path, kind, suffix)
    write(file)
    probe = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "default=nw=1", str(file)]
    told = subprocess.run(probe, capture_output=True, text=True, check=True).stdout.splitlines()
    assert {f"TAG:{name}={value}" for name, value in expected.items()} <= set(told)


def test_the_tempo_of_an_mp4_is_an_integer_atom(tmp_path: Path) -> None:
    """FFmpeg passes it over, so the atom is read here: a size, `tmpo`, and within it `data` of type 21, an integer."""
    file = made(tmp_path, "m4a-aac", ".m4a")
    write(file)
    data = file.read_bytes()
    atom = data[data.index(b"tmpo") + 4 :]
    assert atom[4:8] == b"data"
    assert int.from_bytes(atom[8:12], "big") == 21
    assert int.from_bytes(atom[16 : int.from_bytes(atom[:4], "big")], "big") == 120


def test_writing_twice_changes_nothing_more(tmp_path: Path) -> None:
    for kind, suffix, _ in KINDS:
        file = made(tmp_path, kind, suffix)
        write(file)
        first = file.read_bytes()
        found = tags.opened(str(file))
        assert {name: found.get(name) for name in found.wanted(VALUES)} == found.wanted(VALUES)
        write(file)
        assert file.read_bytes() == first


def test_only_what_the_values_have_is_written(tmp_path: Path) -> None:
    for kind, suffix, expected in KINDS:
        found = tags.opened(str(made(tmp_path, kind, suffix)))
        assert found.wanted(Values()) == {}
        assert len(found.wanted(Values(loudness=-70.0))) == (1 if "R128_TRACK_GAIN" in expected else 0)


def test_other_tags_of_an_mp3_stay_and_its_version_too(tmp_path: Path) -> None:
    file = made(tmp_path, "mp3-cbr", ".mp3")
    old = ID3()
    cover = b"\x89PNG" + bytes(5000)
    picture = APIC(encoding=0, mime="image/png", type=3, desc="cover", data=cover)
    own = TXXX(encoding=0, desc="replaygain_track_gain", text=["+3.00 dB"])
    custom = TXXX(encoding=0, desc="SHELF", text=["7"])
    for frame in (
        TIT2(encoding=1, text=["Ä title"]),
        TALB(encoding=0, text=["a/b"]),
        TYER(encoding=0, text=["1999"]),
        COMM(encoding=0, lang="eng", desc="", text=["said"]),
        picture,
        own,
        custom,
    ):
        old.add(frame)
    old.save(file, v1=2, v2_version=3)
    version_1 = file.read_bytes()[-128:]
    write(file)
    new = ID3(file, translate=False)
    assert new.version == (2, 3, 0)
    assert (str(new["TIT2"]), str(new["TALB"]), str(new["TYER"])) == ("Ä title", "a/b", "1999")
    assert str(new["COMM::eng"]) == "said"
    assert new["APIC:cover"].data == cover
    described = {frame.desc: str(frame) for frame in new.getall("TXXX")}
    # ID3v2.3 has no frame for a mood.
    assert described == {"SHELF": "7", "MOOD": "party", "EnergyLevel": "8", **GAIN}
    # Its last byte is the genre, and 35 is House.
    assert file.read_bytes()[-128:] == version_1[:-1] + bytes([35])


def test_other_comments_and_pictures_of_a_flac_stay(tmp_path: Path) -> None:
    file = made(tmp_path, "flac-16", ".flac")
    old = FLAC(file)
    old["title"] = ["Ä title"]
    old["artist"] = ["one", "another"]
    old["replaygain_track_gain"] = ["+3.00 dB"]
    picture = Picture()
    picture.data, picture.mime, picture.type = b"\x89PNG" + bytes(5000), "image/png", 3
    old.add_picture(picture)
    old.save()
    write(file)
    new = FLAC(file)
    assert (new["title"], new["artist"]) == (["Ä title"], ["one", "another"])
    assert new["replaygain_track_gain"] == ["-6.50 dB"]
    assert new.pictures[0].data == picture.data


def test_other_atoms_of_an_mp4_stay(tmp_path: Path) -> None:
    file = made(tmp_path, "m4a-aac", ".m4a")
    old = MP4(file)
    old["\xa9nam"] = ["Ä title"]
    old["tmpo"] = [90]
    old["----:com.apple.iTunes:REPLAYGAIN_TRACK_GAIN"] = [MP4FreeForm(b"+3.00 dB")]
    old.save()
    write(file)
    new = MP4(file)
    assert (new["\xa9nam"], new["tmpo"]) == (["Ä title"], [120])
    assert [key for key in new if key.lower().endswith("track_gain")] == ["----:com.apple.iTunes:replaygain_track_gain"]


def test_permissions_stay_and_the_time_is_new(tmp_path: Path) -> None:
    file = made(tmp_path, "flac-16", ".flac")
    file.chmod(0o640)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    write(file)
    assert file.stat().st_mode & 0o777 == 0o640
    assert file.stat().st_mtime > 1_000_000_000


def test_the_time_stays_if_that_is_wanted(tmp_path: Path) -> None:
    file = made(tmp_path, "flac-16", ".flac")
    os.utime(file, ns=(1_000_000_000_123_456_789, 1_000_000_000_123_456_789))
    tags.write(str(file), {"BPM": "120"}, preserve_mtime=True)
    assert FLAC(file)["bpm"] == ["120"]
    assert file.stat().st_mtime_ns == 1_000_000_000_123_456_789


@shared.needed
def test_musepack_has_the_tags_of_ape(tmp_path: Path) -> None:
    """FFmpeg has no encoder for it."""
    file = tmp_path / "track.mpc"
    shutil.copyfile(shared.ROOT / "cases" / "b12_sv8.mpc", file)
    before = packets(file)
    write(file)
    assert APE_TAGS.items() <= dict(APEv2(file)).items()
    assert packets(file) == before


def test_monkeys_audio_has_the_tags_of_ape(tmp_path: Path) -> None:
    """FFmpeg has no encoder for it either."""
    file = tmp_path / "track.ape"
    file.write_bytes(monkeys_audio(3))
    sound = file.read_bytes()
    write(file)
    assert APE_TAGS.items() <= dict(APEv2(file)).items()
    assert file.read_bytes().startswith(sound)


def monkeys_audio(frames: int) -> bytes:
    """Silence in Monkey's Audio 3.99: so many frames of 1.7 s. A header, where each frame is, and the frames."""
    # A checksum whose highest bit says that flags follow, and those that say that both channels are silent.
    frame = struct.pack("<4I", 1 << 31, 3, 0, 0)
    table = 4 * frames
    begin = 52 + 24 + table
    descriptor = struct.pack("<4sHHIIIIIII16x", b"MAC ", 3990, 0, 52, 24, table, 0, len(frame) * frames, 0, 0)
    header = struct.pack("<HHIIIHHI", 2000, 0x20, 73_728, 73_728, frames, 16, 2, 44_100)
    places = struct.pack(f"<{frames}I", *range(begin, begin + len(frame) * frames, len(frame)))
    return descriptor + header + places + frame * frames


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    file = made(tmp_path / "music", "flac-16", ".flac")
    link = tmp_path / "link.flac"
    link.symlink_to(file)
    write(link)
    assert link.is_symlink()
    assert FLAC(file)["bpm"] == ["120"]
    assert os.listdir(tmp_path / "music") == [file.name]


def test_a_file_that_is_read_only_is_left_alone(tmp_path: Path) -> None:
    file = made(tmp_path, "flac-16", ".flac")
    file.chmod(0o444)
    before = file.read_bytes()
    with pytest.raises(TagError, match="read-only"):
        write(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(("kind", "suffix"), [("webm-opus", ".webm"), ("mka-flac", ".mka"), ("aac-adts", ".aac")])
def test_other_kinds_are_refused(tmp_path: Path, kind: str, suffix: str) -> None:
    with pytest.raises(TagError, match="Tags can be written to MP3"):
        tags.opened(str(made(tmp_path, kind, suffix)))


def test_what_is_no_audio_is_refused(tmp_path: Path) -> None:
    for name in ("track.mp3", "track.flac", "track.m4a", "track.wav", "track.ogg"):
        (tmp_path / name).write_bytes(b"no audio " * 100)
        with pytest.raises(TagError):
            tags.opened(str(tmp_path / name))
    with pytest.raises(FileNotFoundError):
        tags.opened(str(tmp_path / "missing.mp3"))


def streamed_wav(riff_size: int, data_size: int, more: bytes = b"") -> bytes:
    """The samples of the sample under a header with these sizes."""
    data = bytearray(sample_track(3) + more)
    struct.pack_into("<I", data, 4, riff_size)
    struct.pack_into("<I", data, data.index(b"data") + 4, data_size)
    return bytes(data)


STREAMED = {
    "ffmpeg": streamed_wav(0xFFFFFFFF, 0xFFFFFFFF),
    "sox": streamed_wav(0x7FFFF024, 0x7FFFF000),
    "python": streamed_wav(36, 0),
    "zeros": streamed_wav(0, 0),
    "half a sample at the end": streamed_wav(0xFFFFFFFF, 0xFFFFFFFF, b"\1"),
    "only the length of the file unknown": streamed_wav(0, len(sample_track(3)) - 44),
}


@pytest.mark.parametrize("name", STREAMED)
def test_a_wav_that_was_streamed_gets_its_sizes_and_its_tags(tmp_path: Path, name: str) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(STREAMED[name])
    before = packets(file), samples(file)
    tag = tags.opened(str(file))
    assert tag.get("TBPM") is None
    assert file.read_bytes() == STREAMED[name]
    write(file)
    assert ID3_TAGS.items() <= read_by_ffmpeg(file).items()
    assert (packets(file), samples(file)) == before
    written = file.read_bytes()
    assert int.from_bytes(written[4:8], "little") == len(written) - 8
    write(file)
    assert file.read_bytes() == written


def test_a_wav_that_is_cut_off_stays_one_that_says_so(tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(sample_track(3)[:100_000])
    with pytest.raises(TagError, match="it is cut off"):
        write(file)
    assert file.read_bytes() == sample_track(3)[:100_000]
    assert os.listdir(tmp_path) == [file.name]


def test_a_streamed_wav_over_4_gib_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "track.wav"
    file.write_bytes(STREAMED["ffmpeg"])
    os.truncate(file, (1 << 32) + 100)
    with pytest.raises(TagError, match="more than 4 GiB"):
        fill_in(str(file))
    assert file.stat().st_size == (1 << 32) + 100


def test_a_file_whose_sound_would_change_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What mutagen has never been seen to do, so the comparison is made to fail."""
    file = made(tmp_path, "mp3-cbr", ".mp3")
    before = file.read_bytes()
    monkeypatch.setattr("tonearm.tags.writing._packets", lambda path: path)
    with pytest.raises(TagError, match="was not changed"):
        write(file)
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == [file.name]
