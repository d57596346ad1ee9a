"""Write WebP: lossless where the source was, and every frame of an animation on its own, so that none merge."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from convfilter.images.picture import Frame, Picture
from convfilter.images.pillow_frames import image_of

_ANIMATION, _XMP, _EXIF, _ALPHA, _ICC = 0x02, 0x04, 0x08, 0x10, 0x20
_PIXELS = (b"ALPH", b"VP8 ", b"VP8L")


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write 8-bit frames of one size; without quality lossless if the source was, else at quality 90."""
    meta = picture.meta
    options: dict[str, Any] = {"quality": 90 if quality is None else quality}
    if quality is None and meta.lossless:
        options = {"lossless": True, "exact": True, "quality": 75}  # quality is the effort here
    if len(picture.frames) == 1:
        frame = picture.frames[0]
        file.write(_still(frame, icc_profile=meta.icc or b"", exif=meta.exif or b"", xmp=meta.xmp or b"", **options))
        return []
    flags = _ANIMATION | _ALPHA * picture.frames[0].has_alpha
    flags |= _ICC * bool(meta.icc) | _EXIF * bool(meta.exif) | _XMP * bool(meta.xmp)
    height, width = picture.frames[0].pixels.shape[:2]
    body = [_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + _three(width - 1) + _three(height - 1))]
    body += [_chunk(b"ICCP", meta.icc)] if meta.icc else []
    body.append(_chunk(b"ANIM", struct.pack("<IH", 0, min(meta.plays, 65535))))
    body += [_animated(frame, _still(frame, **options)) for frame in picture.frames]
    body += [_chunk(b"EXIF", meta.exif)] if meta.exif else []
    body += [_chunk(b"XMP ", meta.xmp)] if meta.xmp else []
    content = b"WEBP" + b"".join(body)
    file.write(b"RIFF" + struct.pack("<I", len(content)))
    file.write(content)
    return []


def _still(frame: Frame, **options: Any) -> bytes:
    out = io.BytesIO()
    image_of(frame).save(out, "WEBP", **options)
    return out.getvalue()


def _animated(frame: Frame, still: bytes) -> bytes:
    """A full frame that replaces what was there, from a file that holds only it."""
    height, width = frame.pixels.shape[:2]
    replaces = b"\x02"  # no blending, no disposal
    time = _three(min(round(frame.duration), 2**24 - 1))
    head = bytes(6) + _three(width - 1) + _three(height - 1) + time + replaces
    return _chunk(b"ANMF", head + b"".join(_chunk(n, c) for n, c in _chunks(still) if n in _PIXELS))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _three(value: int) -> bytes:
    return value.to_bytes(3, "little")
