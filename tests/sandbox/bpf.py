"""Runs the filter of system calls as the kernel does: the few instructions of Berkeley Packet Filter that it has."""

from __future__ import annotations

import struct
from collections.abc import Sequence


def outcome(program: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """What the filter returns for a system call, all of whose other arguments are 0."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    code = list(struct.iter_unpack("<HBBI", program))
    accumulator = at = 0
    while True:
        operation, if_true, if_false, value = code[at]
        at += 1
        match operation:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x15:
                at += if_true if accumulator == value else if_false
            case 0x35:
                at += if_true if accumulator >= value else if_false
            case 0x45:
                at += if_true if accumulator & value else if_false
            case 0x06:
                return int(value)
            case _:
                raise ValueError(f"no instruction of this filter: {operation:#x}")
