"""The metadata boxes of a JPEG 2000 file, which neither Pillow nor imagecodecs looks at."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace

from convfilter.images.exif import without_prefix
from convfilter.images.picture import Meta

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF = b"JpgTiffExif->JP2"
_SIGNATURE = b"\0\0\0\x0cjP  "
_ICC = b"\2\0\0"
"""How the colour box says that a profile follows."""


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name and content of each box; damaged ones end it."""
    at = 0
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            (length,), head = struct.unpack_from(">Q", data, at + 8), 16
        elif length == 0:
            length = len(data) - at
        if length < head:
            return
        yield name, data[at + head : at + length]
        at += length


def with_boxes(meta: Meta, data: bytes) -> Meta:
    """The metadata with what the boxes of a file say as well; a bare codestream has none."""
    if not data.startswith(_SIGNATURE):
        return meta
    for name, content in split(data):
        if name == b"jp2h":
            icc = [c[3:] for n, c in split(content) if n == b"colr" and c[:1] == b"\2"]
            meta = replace(meta, icc=icc[0] if icc else None)
        elif name == b"uuid" and content.startswith(_XMP):
            meta = replace(meta, xmp=content[16:])
        elif name == b"uuid" and content.startswith(_EXIF):
            meta = replace(meta, exif=without_prefix(content[16:]))
    return meta


def embedded(meta: Meta, data: bytes) -> bytes:
    """A JPEG 2000 file with the metadata in boxes of its own."""
    parts = []
    for name, content in split(data):
        if name == b"jp2h" and meta.icc:
            inner = [(n, _ICC + meta.icc if n == b"colr" else c) for n, c in split(content)]
            content = b"".join(_box(n, c) for n, c in inner)
        parts.append(_box(name, content))
    parts += [_box(b"uuid", _EXIF + meta.exif)] if meta.exif else []
    parts += [_box(b"uuid", _XMP + meta.xmp)] if meta.xmp else []
    return b"".join(parts)


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content
