"""PNG files as a row of chunks: taken apart, and put together."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"


COLORIMETRY = (b"gAMA", b"cHRM", b"sRGB", b"cICP", b"mDCV", b"cLLI")
"""The chunks that say which light the samples stand for, beside an ICC profile."""


def split(data: bytes | bytearray) -> Iterator[tuple[bytes, memoryview]]:
    """The name and content of each chunk up to the end chunk; struct.error where the file is cut."""
    at, name = len(SIGNATURE), b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        yield name, memoryview(data)[at + 8 : at + 8 + length]
        at += 12 + length


def pieces(chunks: Iterable[tuple[bytes, bytes | memoryview]]) -> Iterator[bytes | memoryview]:
    """A PNG file of these chunks, with their checksums, piece by piece."""
    yield SIGNATURE
    for name, content in chunks:
        yield struct.pack(">I", len(content)) + name
        yield content
        yield struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))


def join(chunks: Iterable[tuple[bytes, bytes | memoryview]]) -> bytes:
    """A PNG file of these chunks, whole."""
    return b"".join(pieces(chunks))
