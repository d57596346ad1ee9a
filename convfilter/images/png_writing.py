"""Write PNG and APNG: 8 or 16 bits, every frame with its own time, no two frames merged."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO

import imagecodecs
import numpy as np
from PIL import Image, PngImagePlugin

from convfilter.images import chunks
from convfilter.images.picture import Frame, Meta, Picture

_LONGEST = 2**20
"""What Pillow unpacks of a profile or text when reading; longer ones would shut the file."""
_LEVEL = 6


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write L, LA, RGB or RGBA frames of uint8 or uint16, all alike; return notes."""
    file.writelines(chunks.pieces(_file(picture)))
    notes = {
        "the ICC profile is too long for PNG: dropped": len(picture.meta.icc or b"") >= _LONGEST,
        "text under a keyword that PNG cannot hold: dropped": not all(map(_is_keyword, picture.meta.text)),
    }
    return [note for note, true in notes.items() if true]


def _is_keyword(key: str) -> bool:
    return 0 < len(key) < 80 and all(ord(letter) < 256 and letter != "\0" for letter in key)


def _file(picture: Picture) -> Iterator[tuple[bytes, bytes | memoryview]]:
    frames, sequence = picture.frames, 0
    for index, frame in enumerate(frames):
        header, *data = _pixels(frame)
        if index == 0:
            yield header
            yield from _ancillary(picture.meta)
            if len(frames) > 1:
                yield b"acTL", struct.pack(">II", len(frames), picture.meta.plays)
        if len(frames) > 1:
            yield b"fcTL", _control(frame, sequence)
            sequence += 1
        for name, content in data:
            if index == 0:
                yield name, content
            else:
                yield b"fdAT", struct.pack(">I", sequence) + content
                sequence += 1
    yield b"IEND", b""


def _pixels(frame: Frame) -> Iterator[tuple[bytes, memoryview]]:
    """The header and the data chunks of one frame."""
    pixels = frame.pixels[..., 0] if frame.mode == "L" else frame.pixels
    data = imagecodecs.png_encode(np.ascontiguousarray(pixels), level=_LEVEL)
    return ((name, content) for name, content in chunks.split(data) if name in (b"IHDR", b"IDAT"))


def _ancillary(meta: Meta) -> Iterator[tuple[bytes, bytes | memoryview]]:
    """The chunks of the metadata, as Pillow makes them for a picture of one pixel."""
    yield from meta.colorimetry
    text = PngImagePlugin.PngInfo()
    for key, value in meta.text.items():
        if _is_keyword(key):
            text.add_text(key, value, zip=2000 < len(value) < _LONGEST // 4)
    if meta.xmp:
        text.add(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + meta.xmp)
    out = io.BytesIO()
    options = {"dpi": meta.dpi} if meta.dpi else {}
    icc = meta.icc if meta.icc and len(meta.icc) < _LONGEST else None
    Image.new("L", (1, 1)).save(out, "PNG", pnginfo=text, exif=meta.exif or b"", icc_profile=icc, **options)
    yield from (
        (name, content) for name, content in chunks.split(out.getvalue()) if name not in (b"IHDR", b"IDAT", b"IEND")
    )


def _control(frame: Frame, sequence: int) -> bytes:
    """A full frame that replaces what was there, for its time in seconds as a fraction."""
    height, width = frame.pixels.shape[:2]
    seconds = Fraction(min(frame.duration, 65_535_000) / 1000).limit_denominator(1000 if frame.duration < 65535 else 1)
    return struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0, seconds.numerator, seconds.denominator, 0, 0)
