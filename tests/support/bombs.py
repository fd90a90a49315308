"""Small files that mean much: what they claim, or what comes out of them, is out of all proportion to their size."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import reduce
from itertools import chain, islice, product, repeat
from operator import xor

from tests.support.media import BY_NAME, encoded


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind: bytes, *content: bytes) -> bytes:
    return box(kind, bytes(4), *content)


def mp4(samples: int, tracks: int = 1, in_fragment: bool = False) -> bytes:
    """An MP4 of a few KB whose index speaks of so many samples (packets) in each track."""
    listed = 0 if in_fragment else samples
    moov = box(
        b"moov",
        full(b"mvhd", struct.pack(">IIII", 0, 0, 1000, 0xFFFFFFFF), bytes(80)),
        *(track(index + 1, listed) for index in range(tracks)),
        *([box(b"mvex", full(b"trex", struct.pack(">IIIII", 1, 1, 1024, 1, 0)))] * in_fragment),
    )
    trun = full(b"trun", struct.pack(">I", samples))
    moof = box(b"moof", full(b"mfhd", bytes(4)), box(b"traf", full(b"tfhd", struct.pack(">I", 1)), trun))
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + moov + moof * in_fragment + box(b"mdat", bytes(4000))


def track(number: int, samples: int, reference: bytes = b"") -> bytes:
    """A track of an MP4; `reference` says where else its samples are."""
    entry = box(b"mp4a", bytes(6), struct.pack(">HQHHIH2x", 1, 0, 2, 16, 0, 44_100), esds())
    chunks = 1 if samples else 0
    stbl = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), entry),
        full(b"stts", struct.pack(">I", chunks), struct.pack(">II", samples, 1024) * chunks),
        full(b"stsc", struct.pack(">I", chunks), struct.pack(">III", 1, samples, 1) * chunks),
        full(b"stsz", struct.pack(">II", 1, samples)),
        full(b"stco", struct.pack(">I", chunks), struct.pack(">I", 40) * chunks),
    )
    mdhd = full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 44_100, 0xFFFFFFFF, 0, 0))
    hdlr = full(b"hdlr", bytes(4), b"soun", bytes(13))
    dinf = box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", reference))) if reference else b""
    tkhd = full(b"tkhd", struct.pack(">III", 0, 0, number), bytes(68))
    return box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", full(b"smhd", bytes(4)), dinf, stbl)))


def mp4_elsewhere(url: str) -> bytes:
    """An MP4 that says its sound is at that address."""
    moov = box(
        b"moov", full(b"mvhd", struct.pack(">IIII", 0, 0, 1000, 3), bytes(80)), track(1, 3, url.encode() + b"\0")
    )
    return box(b"ftyp", b"M4A \0\0\0\0M4A ") + moov + box(b"mdat", bytes(4000))


def mp4_without_index(mebibytes: int) -> Iterator[bytes]:
    """An MP4 that has to be held until its index comes, and it never does."""
    yield box(b"ftyp", b"M4A \0\0\0\0M4A ") + struct.pack(">I4sQ", 1, b"mdat", mebibytes << 20)
    yield from repeat(bytes(1 << 20), mebibytes)


def esds() -> bytes:
    config = b"\x05\x02\x12\x10"
    decoder = b"\x04" + bytes([13 + len(config)]) + b"\x40\x15" + bytes(11) + config
    return full(b"esds", b"\x03" + bytes([3 + len(decoder) + 3]) + b"\0\x01\0" + decoder + b"\x06\x01\x02")


def wav_header(rate: int = 44_100, channels: int = 2, data: int = 0xFFFFFFFF) -> bytes:
    """The head of a WAV of 16 bits that claims `data` bytes of sound."""
    format_ = struct.pack(
        "<IHHIIHH", 16, 1, channels, rate, (rate * channels * 2) % (1 << 32), channels * 2 % 65536, 16
    )
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + format_ + b"data" + struct.pack("<I", data)


def flac_silence(rate: int = 44_100, channels: int = 2) -> Iterator[bytes]:
    """FLAC frames of digital silence without end: 65535 samples in a dozen bytes (RFC 9639, constant subframes)."""
    info = struct.pack(">HH", 16, 65535) + bytes(6)
    info += ((rate << 44) | ((channels - 1) << 41) | (15 << 36)).to_bytes(8, "big") + bytes(16)
    frames = [flac_frame(number, channels) for number in range(128)]
    return chain([b"fLaC\x80\0\0\x22" + info], repeat(b"".join(frames)))


def comments(count: int) -> bytes:
    """Vorbis comments of that many names, none of them twice."""
    listed = b"".join(struct.pack("<I", 12) + f"N{number:07d}=abc".encode() for number in range(count))
    return struct.pack("<II", 0, count) + listed


def flac_with_tags(count: int) -> bytes:
    block = comments(count)
    stream = b"".join(piece for piece, _ in zip(flac_silence(), range(2), strict=False))
    # fLaC and STREAMINFO, which says that it is the last block.
    info = bytearray(stream[:42])
    info[4] &= 0x7F
    return bytes(info) + b"\x84" + len(block).to_bytes(3, "big") + block + stream[42:]


def opus_with_tags(count: int) -> bytes:
    sound = encoded(BY_NAME["opus"], 1.0)
    second = sound.index(b"OggS", 4)
    third = sound.index(b"OggS", second + 4)
    packet = b"OpusTags" + comments(count)
    pages, most = [], 255 * 255
    for number, start in enumerate(range(0, len(packet) + 1, most)):
        piece = packet[start : start + most]
        segments = [255] * (len(piece) // 255) + [len(piece) % 255] * (len(piece) < most)
        granule = b"\0" * 8 if len(piece) < most else b"\xff" * 8
        head = b"OggS\0" + bytes([number > 0]) + granule + sound[14:18] + struct.pack("<I", number + 1)
        rest = bytes([len(segments), *segments]) + piece
        pages.append(head + struct.pack("<I", ogg_crc(head + bytes(4) + rest)) + rest)
    return sound[:second] + b"".join(pages) + sound[third:]


def mp4_with_tags(count: int) -> bytes:
    """With its index at the end, and that many free-form tags in it."""
    sound = encoded(BY_NAME["m4a-aac"], 1.0)
    index = sound.index(b"moov") - 4
    names = (full(b"name", f"{number:x}".encode()) for number in range(count))
    domain, value = full(b"mean", b"com.apple.iTunes"), full(b"data", bytes([0, 0, 0, 1]), bytes(4), b"v")
    items = [box(b"----", domain, name, value) for name in names]
    meta = full(b"meta", full(b"hdlr", bytes(4), b"mdirappl", bytes(9)), box(b"ilst", *items))
    return sound[:index] + box(b"moov", sound[index + 8 :], box(b"udta", meta))


def matroska_with_tags(count: int) -> bytes:
    """That many names in front of the tracks."""
    names = (ebml(b"\x45\xa3", f"{number:x}".encode()) for number in range(count))
    items = b"".join(ebml(b"\x67\xc8", name + ebml(b"\x44\x87", b"v")) for name in names)
    tags = ebml(b"\x12\x54\xc3\x67", ebml(b"\x73\x73", items))
    sound = encoded(BY_NAME["mka-flac"], 1.0)
    tracks = sound.index(b"\x16\x54\xae\x6b")
    segment = sound.index(b"\x18\x53\x80\x67")
    return sound[:segment] + ebml(b"\x18\x53\x80\x67", tags + sound[tracks:], (1 << 56) - 2)


def wav_with_tags(count: int) -> bytes:
    """A LIST of that many names, none of them twice, in front of the sound."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    names = islice(product(letters, repeat=4), count)
    tags = b"INFO" + b"".join("".join(name).encode() + struct.pack("<I", 2) + b"x\0" for name in names)
    head = wav_header()
    fmt = head.index(b"data")
    return head[:fmt] + b"LIST" + struct.pack("<I", len(tags)) + tags + head[fmt:] + bytes(1 << 18)


def flac_frame(number: int, channels: int, rate: int | None = None, samples: int = 65535) -> bytes:
    """One frame of silence; a rate in Hz where it is not that of the stream."""
    code = 0 if rate is None else 13
    head = b"\xff\xf8" + bytes([(7 << 4) | code, ((channels - 1) << 4) | 8, number])
    head += struct.pack(">H", samples - 1) + (b"" if rate is None else struct.pack(">H", rate))
    body = head + bytes([crc(head, 8, 0x07)]) + b"\0\0\0" * channels
    return body + crc(body, 16, 0x8005).to_bytes(2, "big")


def crc(data: bytes, width: int, polynomial: int) -> int:
    value = 0
    for byte in data:
        value ^= byte << (width - 8)
        for _ in range(8):
            value = ((value << 1) ^ (polynomial if value >> (width - 1) else 0)) & ((1 << width) - 1)
    return value


def many_rates(count: int) -> bytes:
    """A FLAC in which each frame has another rate."""
    head = next(flac_silence(44_100, 1))
    return head + b"".join(flac_frame(index % 128, 1, 8_001 + index, 400) for index in range(count))


def ebml(identifier: bytes, body: bytes, size: int | None = None) -> bytes:
    """An element of Matroska; `size` is what it claims."""
    return identifier + ((1 << 56) | (len(body) if size is None else size)).to_bytes(8, "big") + body


def matroska(claimed: int) -> bytes:
    """A Matroska whose codec's setup claims to be of that size."""
    head = ebml(b"\x1a\x45\xdf\xa3", ebml(b"\x42\x82", b"matroska"))
    track = ebml(b"\xd7", b"\1") + ebml(b"\x73\xc5", b"\1") + ebml(b"\x83", b"\2") + ebml(b"\x86", b"A_FLAC")
    track += ebml(b"\x63\xa2", bytes(1000), claimed)
    segment = ebml(b"\x16\x54\xae\x6b", ebml(b"\xae", track, (1 << 56) - 2), (1 << 56) - 2)
    return head + ebml(b"\x18\x53\x80\x67", segment, (1 << 56) - 2)


def asf(claimed: int) -> bytes:
    """A WMA whose second object claims to be of that size."""
    sound = bytearray(encoded(BY_NAME["wma"], 1.0))
    struct.pack_into("<Q", sound, 30 + 16, claimed)
    return bytes(sound)


def id3(size: int) -> bytes:
    """The head of a tag that claims to be of that size."""
    return b"ID3\x04\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def wavpack_without_a_last_block() -> Iterator[bytes]:
    """The first block of a 5.1 packet again and again: the packet never ends."""
    sound = encoded(BY_NAME["wavpack-5.1"], 0.5)
    return repeat(sound[: 8 + struct.unpack_from("<I", sound, 4)[0]])


def ogg_packet_without_end() -> Iterator[bytes]:
    """An Ogg Opus whose third packet goes on from page to page."""
    sound = encoded(BY_NAME["opus"], 0.5)
    second = sound.index(b"OggS", 4)
    third = sound.index(b"OggS", second + 4)
    serial = sound[14:18]

    def unsigned(number: int, continued: bool) -> bytes:
        head = b"OggS\0" + bytes([continued]) + b"\xff" * 8 + serial + struct.pack("<I", number)
        return head + bytes(4) + b"\xff" * 256 + bytes(255 * 255)

    def signed(page: bytes, checksum: int) -> bytes:
        return page[:22] + struct.pack("<I", checksum) + page[26:]

    # The checksum is linear: each bit of a page's number changes it by the same, whatever the others are.
    zero = ogg_crc(unsigned(0, continued=True))
    bits = [ogg_crc(unsigned(1 << bit, continued=True)) ^ zero for bit in range(15)]

    def further(number: int) -> bytes:
        own = (change for bit, change in enumerate(bits) if number >> bit & 1)
        return signed(unsigned(number, continued=True), reduce(xor, own, zero))

    begun = unsigned(2, continued=False)
    return chain([sound[:third], signed(begun, ogg_crc(begun))], map(further, range(3, 20_000)))


def ogg_crc(page: bytes) -> int:
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _OGG[(value >> 24) ^ byte]
    return value


_OGG = [crc(bytes([index]), 32, 0x04C11DB7) for index in range(256)]
