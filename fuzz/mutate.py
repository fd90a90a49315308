"""One case of damage: a file of the corpus, changed as broken transfers, bad tools and hostile people change files.

A case is a seed and a number, and the same ones give the same bytes for the same corpus.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from fuzz.corpus import Corpus

_HEAD = 4096
_EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF, 1 << 62, -1)
_FIELDS = (
    *(b"RIFF", b"RF64", b"ds64", b"fmt ", b"data", b"fact", b"LIST", b"FORM", b"COMM", b"SSND", b"fLaC", b"OggS"),
    *(b"moov", b"mvhd", b"trak", b"mdhd", b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"esds", b"alac", b"moof"),
    *(b"mdat", b"trun", b"tfhd", b"ftyp", b"desc", b"pakt", b"kuki", b"OpusHead", b"vorbis", b"Xing", b"Info"),
    *(b"TTA1", b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x16\x54\xae\x6b", b"\x1f\x43\xb6\x75"),
)
"""What stands beside a length or a count in the containers' headers."""


def case(corpus: Corpus, seed: int, number: int) -> tuple[str, bytes]:
    """What it was made of, and the bytes."""
    random = Random(f"{seed}:{number}")
    name = random.choice(sorted(corpus))
    data = bytearray(corpus[name])
    done = [name]
    for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
        mutation = random.choice(_MUTATIONS)
        other = corpus[random.choice(sorted(corpus))]
        mutation(data, random, other)
        done.append(mutation.__name__.strip("_"))
    return " ".join(done), bytes(data)


def _flip_bits(data: bytearray, random: Random, other: bytes) -> None:
    for _ in range(min(random.choice((1, 8, 100, 3000)), len(data))):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _flip_bits_of_the_head(data: bytearray, random: Random, other: bytes) -> None:
    end = min(len(data), random.choice((64, 256, _HEAD)))
    for _ in range(min(random.choice((1, 4, 20)), end)):
        data[random.randrange(end)] ^= 1 << random.randrange(8)


def _overwrite(data: bytearray, random: Random, other: bytes) -> None:
    start, end = _slice(data, random)
    kind = random.choice(("zeros", "ones", "noise", "other"))
    size = end - start
    data[start:end] = {
        "zeros": bytes(size),
        "ones": b"\xff" * size,
        "noise": random.randbytes(size),
        "other": other[start:end],
    }[kind]


def _truncate(data: bytearray, random: Random, other: bytes) -> None:
    del data[random.choice((random.randrange(_HEAD), random.randrange(len(data) + 1))) :]


def _cut_the_beginning(data: bytearray, random: Random, other: bytes) -> None:
    del data[: random.choice((random.randrange(64), random.randrange(len(data) + 1)))]


def _delete(data: bytearray, random: Random, other: bytes) -> None:
    start, end = _slice(data, random)
    del data[start:end]


def _duplicate(data: bytearray, random: Random, other: bytes) -> None:
    start, end = _slice(data, random)
    data[end:end] = data[start:end] * random.choice((1, 1, 5))


def _insert(data: bytearray, random: Random, other: bytes) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = random.randbytes(random.choice((1, 3, 100, 20_000)))


def _splice(data: bytearray, random: Random, other: bytes) -> None:
    data[random.randrange(len(data) + 1) :] = other[random.randrange(len(other)) :]


def _concatenate(data: bytearray, random: Random, other: bytes) -> None:
    data += other


def _set_a_number(data: bytearray, random: Random, other: bytes) -> None:
    for _ in range(random.choice((1, 2, 8))):
        _write_extreme(data, random, random.randrange(min(len(data), _HEAD) + 1))


def _set_a_length(data: bytearray, random: Random, other: bytes) -> None:
    """Lengths stand before a name in MP4, after it in RIFF, and counts a few bytes behind."""
    places = [place for field in _FIELDS if (place := data.find(field)) >= 0]
    for _ in range(random.choice((1, 2, 4))):
        if places:
            _write_extreme(data, random, max(0, random.choice(places) + random.choice((-4, 4, 8, 12, 16, 20))))


def _write_extreme(data: bytearray, random: Random, at: int) -> None:
    size = random.choice((1, 2, 4, 4, 8))
    value = random.choice((*_EXTREMES, len(data), len(data) - at, random.randrange(1 << 32)))
    number = (value % (1 << (8 * size))).to_bytes(size, random.choice(("big", "little")))
    data[at : at + size] = number


def _slice(data: bytearray, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 16, 500, 10_000, 100_000)))


_MUTATIONS: tuple[Callable[[bytearray, Random, bytes], None], ...] = (
    _flip_bits,
    _flip_bits_of_the_head,
    _overwrite,
    _truncate,
    _cut_the_beginning,
    _delete,
    _duplicate,
    _insert,
    _splice,
    _concatenate,
    _set_a_number,
    _set_a_length,
)
