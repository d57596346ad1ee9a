"""The structure of TIFF files, and of the EXIF blocks that are built like them: directories of entries."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from convfilter.errors import ImageError
from convfilter.images.integrity import truncated

_ORDERS: dict[bytes, Literal["<", ">"]] = {b"II*\0": "<", b"MM\0*": ">", b"II+\0": "<", b"MM\0+": ">"}
_SIZES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip
"""The bytes of a value, by TIFF type."""
_MOST = 65535
"""Entries of a directory; only a BigTIFF could say more, and no reader takes it."""


class Slot(NamedTuple):
    """One entry of a directory: its tag, TIFF type, number of values, and where they lie with how many bytes."""

    tag: int
    type: int
    length: int
    position: int
    size: int


def order_of(data: bytes) -> Literal["<", ">"]:
    """The byte order of a TIFF structure for `struct`; ValueError if it is none."""
    if data[:4] not in _ORDERS:
        raise ValueError("not a TIFF structure")
    return _ORDERS[data[:4]]


def is_big(data: bytes) -> bool:
    """Whether a TIFF structure is a BigTIFF, whose numbers have 64 bits."""
    return b"+" in data[2:4]


def first_at(data: bytes) -> int:
    """Where the first directory starts; ValueError or struct.error if damaged."""
    pointer, at = ("Q", 8) if is_big(data) else ("I", 4)
    return int(struct.unpack_from(order_of(data) + pointer, data, at)[0])


def slots(data: bytes, at: int) -> tuple[list[Slot], int | None]:
    """The entries of the directory at a place, and where the next directory is: 0 where it is the last.

    The values may lie beyond the end; so may the place of the next directory, which then is None.

    Raises:
        ValueError: it is no TIFF structure.
        struct.error: the directory itself lies beyond the end.
    """
    order = order_of(data)
    counter, entry, pointer = ("Q", order + "HHQ", order + "Q") if is_big(data) else ("H", order + "HHI", order + "I")
    head, room = struct.calcsize(entry), struct.calcsize(pointer)
    (count,) = struct.unpack_from(order + counter, data, at)
    if count > _MOST:
        raise struct.error(f"{count} entries")
    at += struct.calcsize(counter)
    found = []
    for _ in range(count):
        tag, kind, length = struct.unpack_from(entry, data, at)
        size = _SIZES.get(kind, 0) * length
        position = at + head if size <= room else struct.unpack_from(pointer, data, at + head)[0]
        found.append(Slot(tag, kind, length, position, size))
        at += head + room
    return found, struct.unpack_from(pointer, data, at)[0] if at + room <= len(data) else None


def count_directories(data: bytes) -> int:
    """The number of directories, all of them checked, with what their entries point to, to lie within the file.

    tifffile leaves out in silence what a cut has taken, be it pages or tags.

    Raises:
        ImageError: something lies beyond the end of the file, or the directories run in a circle.
    """
    seen: set[int] = set()
    try:
        at: int | None = first_at(data)
        while at:
            if at in seen:
                raise ImageError("damaged: its pages run in a circle; get a whole copy of it")
            seen.add(at)
            found, at = slots(data, at)
            if at is None or any(slot.position + slot.size > len(data) for slot in found if slot.size):
                raise ImageError(truncated(data))
    except struct.error:
        raise ImageError(truncated(data)) from None
    return len(seen)
