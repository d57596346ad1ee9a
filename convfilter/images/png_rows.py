"""Count the rows in the compressed data of a PNG: Pillow shows missing ones as black and says nothing."""

from __future__ import annotations

import struct
import zlib

from convfilter.errors import ImageError
from convfilter.images import chunks

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by colour type."""
_PLAIN = ((0, 0, 1, 1),)
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column, first row, and the steps between columns and between rows (PNG specification, 8.2)."""


def require_all_rows(data: bytes) -> None:
    """Check that every frame of a PNG or APNG unpacks to all of its rows.

    Raises:
        ImageError: rows are missing.
        zlib.error, struct.error: the data is damaged or cut.
    """
    header = b""
    frames: list[tuple[int, int, list[bytes]]] = []  # width, height, compressed parts
    for name, content in chunks.split(data):
        if name == b"IHDR":
            header = content
            frames.append((*struct.unpack_from(">II", content), []))
        elif name == b"fcTL":
            frames.append((*struct.unpack_from(">II", content, 4), []))
        elif name in (b"IDAT", b"fdAT"):
            frames[-1][2].append(content[4:] if name == b"fdAT" else content)
    for width, height, parts in frames:
        if parts and not _unpacks_to(parts, _length(header, width, height)):
            raise ImageError("damaged: some of its rows are missing; get a whole copy of it")


def _length(header: bytes, width: int, height: int) -> int:
    """The bytes of a frame before compression: a filter byte and the samples, for each row of each pass."""
    bits, colour, interlaced = header[8], header[9], header[12]
    total = 0
    for left, top, across, down in _ADAM7 if interlaced else _PLAIN:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits * _SAMPLES[colour] + 7) // 8)
    return total


def _unpacks_to(parts: list[bytes], length: int) -> bool:
    """Whether a zlib stream holds at least so many bytes; looks at no more of it than that."""
    unpacking = zlib.decompressobj()
    for part in parts:
        while part and length > 0:
            length -= len(unpacking.decompress(part, 1 << 20))
            part = unpacking.unconsumed_tail
    return length <= 0
