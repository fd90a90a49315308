"""What people send that is not audio, by its first bytes, so that a refusal can say what it is.

Archives and a few other formats are refused before FFmpeg sees them: it would find frames of MP3 in a ZIP of MP3s, or
in a form. All others are looked at when FFmpeg has found no audio, because it finds audio behind junk of any kind.
"""

from __future__ import annotations

import re

from tonearm.errors import NotAudio

HEAD = 512
"""How many first bytes are looked at; a tar says what it is at 257."""

_UNPACK = "Unpack it and analyse each file in it."
_DECOMPRESS = "Decompress it first."
_CONVERT = "Convert it to FLAC or WAV first."
_RENDER = "It has notes and no sound: render it to FLAC or WAV first."
_DECODE = "Decode it first."
_ITSELF = "Audio is read as a file of its own, byte for byte."
_FILES_IN_IT = "Analyse the files that it names."

_Pattern = tuple[str, str, str]
"""What it is, what to do, and a regular expression that its first bytes match; letters stand for bytes in Latin-1."""

_CERTAIN: tuple[_Pattern, ...] = (
    ("a ZIP archive", _UNPACK, r"PK(\x03\x04|\x05\x06|\x07\x08)"),
    ("a RAR archive", _UNPACK, r"Rar!\x1a\x07"),
    ("a 7z archive", _UNPACK, r"7z\xbc\xaf\x27\x1c"),
    ("a tar archive", _UNPACK, r".{257}ustar"),
    ("gzip-compressed data", _DECOMPRESS, r"\x1f\x8b\x08[\x00-\x1f]"),
    ("bzip2-compressed data", _DECOMPRESS, r"BZh[1-9](1AY&SY|\x17rE8P\x90)"),
    ("xz-compressed data", _DECOMPRESS, r"\xfd7zXZ\x00"),
    ("Zstandard-compressed data", _DECOMPRESS, r"\x28\xb5\x2f\xfd"),
    ("a DSD recording (.dsf)", _CONVERT, r"DSD \x1c\x00{7}"),
    ("a DSD recording (.dff)", _CONVERT, r"FRM8.{8}DSD "),
    ("a MIDI file", _RENDER, r"MThd\x00{3}\x06|RIFF....RMID"),
    ("a form (multipart/form-data)", _ITSELF, r"--[^\r\n]{1,256}\r\n[Cc]ontent-[Dd]isposition: form-data"),
    ("an image (HEIC or AVIF)", "", r"....ftyp(hei[cx]|mif1|msf1|avi[fs])"),
)

_LIKELY: tuple[_Pattern, ...] = (
    ("an image (PNG)", "", r"\x89PNG\r\n\x1a\n"),
    ("an image (JPEG)", "", r"\xff\xd8\xff"),
    ("an image (GIF)", "", r"GIF8[79]a"),
    ("an image (WebP)", "", r"RIFF....WEBP"),
    ("an image (TIFF)", "", r"II\*\x00|MM\x00\*"),
    ("a PDF document", "", r"%PDF-"),
    ("a video file (AVI)", "", r"RIFF....AVI "),
    ("a video file (FLV)", "", r"FLV\x01"),
    ("a RealAudio or RealMedia file", _CONVERT, r"\.ra\xfd|\.RMF"),
    ("an AMR recording", _CONVERT, r"#!AMR"),
    ("a Shorten file (.shn)", _CONVERT, r"ajkg"),
    ("an OptimFROG file (.ofr)", _CONVERT, r"OFR "),
    ("a tracker module", _RENDER, r"Extended Module: |IMPM|.{44}SCRM"),
    ("a SoundFont", "", r"RIFF....sfbk"),
)

_SPACE = r"(?>(\xef\xbb\xbf)?\s*)"
_FIELD = r"[\w.*%+\[\]-]+=[\w.*%+:/,()-]*"
_PROLOGUE = _SPACE + r"(?>((<!--.*?-->|<\?xml[^>]*>)\s*)*)"
"""Atomic, so that a file made of comments costs no more than any other."""
_TEXTS: tuple[_Pattern, ...] = (
    ("a web page", "", _PROLOGUE + r"<(!doctype html|html|head|body|title|meta|script)\b"),
    ("an SVG image", "", _PROLOGUE + r"(<!doctype svg[^>]*>\s*)?<svg\b"),
    ("a playlist", _FILES_IN_IT, _SPACE + r"(#EXTM3U|\[playlist\]|ffconcat |<asx\b|\[Reference\]|<playlist\b)"),
    ("an XML document", "", _SPACE + r"<(\?xml|[a-z][\w:.-]*[\s>/])"),
    ("JSON", _ITSELF, _SPACE + r"(\{\s*([\"}]|$)|\[\s*([\"{\[\]]|-?[\d.]+\s*(,|\]?\s*$)|true\b|false\b|null\b|$))"),
    ("base64 text", _DECODE, r"\s*(data:[\w/+.;=-]*;base64,|[\w+/-]{60,}(\r?\n[\w+/-]+)*={0,2}\s*$)"),
    ("a form (application/x-www-form-urlencoded)", _ITSELF, rf"{_FIELD}(&{_FIELD})*\s*$"),
)


def certain(head: bytes) -> NotAudio | None:
    """What these first bytes are, whatever else may be found in the file."""
    return _first(_CERTAIN, head)


def likely(head: bytes) -> NotAudio | None:
    """What the file is, where there is no audio in it; None for what is not known."""
    return _first(_LIKELY, head) or (_first(_TEXTS, head) or NotAudio("text") if _is_text(head) else None)


def is_free_format(head: bytes) -> bool:
    """Whether it is MPEG audio at a bit rate that no table has (ISO 11172-3, 2.4.2.3). FFmpeg does not read it."""
    return _FREE_FORMAT.match(head) is not None


# Sync word, a version and a layer that exist, and the bit rate index 0 with a sample rate that exists.
_FREE_FORMAT = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][\x00-\x0b]")


def is_empty_wav(head: bytes) -> bool:
    """Whether it is a WAV without samples, behind whose data others follow: FFmpeg would read those as sound."""
    return _EMPTY_WAV.match(head) is not None or (
        len(head) < HEAD and head[:4] == b"RIFF" and head[8:12] == b"WAVE" and b"data" not in head
    )


_EMPTY_WAV = re.compile(
    rb"RIFF.{4}WAVE.*?data\0\0\0\0(LIST|id3 |ID3 |JUNK|junk|bext|cue |smpl|fact|PEAK|_PMX)", re.DOTALL
)


def _first(patterns: tuple[_Pattern, ...], head: bytes) -> NotAudio | None:
    text = head.decode("latin-1")
    for name, advice, pattern in patterns:
        if re.match(pattern, text, re.DOTALL | re.ASCII | re.IGNORECASE if patterns is _TEXTS else re.DOTALL):
            return NotAudio(name, advice)
    return None


def _is_text(head: bytes) -> bool:
    """In UTF-8, of which the last letter may be cut off, and without control characters other than white space."""
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if not head[: error.start] or len(head) - error.start > 3:
            return False
        text = head[: error.start].decode()
    return bool(text) and not _CONTROL.search(text)


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
