"""Walks the directories of a TIFF: tifffile leaves out in silence what a cut has taken, be it pages or tags."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from convfilter.errors import ImageError
from convfilter.images.integrity import truncated

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIZES = {
    1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8,
}  # fmt: skip


def directories(data: bytes) -> Iterator[int]:
    """Where each directory starts, checked to lie within the file with all that its entries point to.

    Raises:
        ImageError: a directory or a value lies beyond the end of the file, or the directories run in a circle.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    count_code, entry_code, pointer = ("Q", "HHQ", "Q") if big else ("H", "HHI", "I")
    seen: set[int] = set()
    try:
        (at,) = struct.unpack_from(order + pointer, data, 8 if big else 4)
        while at:
            if at in seen:
                raise ImageError("damaged: its pages run in a circle; get a whole copy of it")
            seen.add(at)
            yield at
            (entries,) = struct.unpack_from(order + count_code, data, at)
            first, step = at + struct.calcsize(count_code), struct.calcsize("=" + entry_code + pointer)
            (following,) = struct.unpack_from(order + pointer, data, first + step * entries)
            for position in range(first, first + step * entries, step):
                _check_value(data, position, order + entry_code, order + pointer)
            at = following
    except struct.error:
        raise ImageError(truncated(data)) from None


def _check_value(data: bytes, position: int, entry_code: str, pointer: str) -> None:
    _, kind, count = struct.unpack_from(entry_code, data, position)
    size = _SIZES.get(kind, 0) * count
    if size > struct.calcsize(pointer):
        (place,) = struct.unpack_from(pointer, data, position + struct.calcsize(entry_code))
        if place + size > len(data):
            raise ImageError(truncated(data))
