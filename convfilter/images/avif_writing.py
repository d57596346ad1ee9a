"""Write AVIF, stills and animations."""

from __future__ import annotations

import io
import struct
from typing import Any, BinaryIO

from convfilter.images.picture import Picture
from convfilter.images.pillow_frames import image_of


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write 8-bit frames that are all alike, at quality 90 unless told; return notes."""
    quality = 90 if quality is None else quality
    meta, (first, *others) = picture.meta, [image_of(frame) for frame in picture.frames]
    options: dict[str, Any] = {}
    if picture.frames[0].colours == 3:  # grey needs no colour planes at all
        options["subsampling"] = "4:4:4" if quality >= 90 else "4:2:0"
    if others:
        durations = [round(frame.duration) for frame in picture.frames]
        options |= {"save_all": True, "append_images": others, "duration": durations}
    content = io.BytesIO()
    first.save(
        content,
        "AVIF",
        quality=quality,
        exif=meta.exif or b"",
        icc_profile=meta.icc or b"",
        xmp=meta.xmp or b"",
        **options,
    )
    file.write(_without_times(content.getbuffer()))
    return []


def _without_times(boxes: memoryview) -> memoryview:
    """Set the times of making in the boxes of an animation to 0 (ISO/IEC 14496-12): the same input, the same file."""
    at = 0
    while at + 8 <= len(boxes):
        length, name = struct.unpack_from(">I4s", boxes, at)
        if length < 8:  # to the end, or longer than 4 GiB: only pixels are
            break
        content = boxes[at + 8 : at + length]
        if name in (b"moov", b"trak", b"mdia"):
            _without_times(content)
        elif name in (b"mvhd", b"tkhd", b"mdhd"):  # version and flags, then the times of making and of changing
            size = 16 if content[0] == 1 else 8
            content[4 : 4 + size] = bytes(size)
        at += length
    return boxes
