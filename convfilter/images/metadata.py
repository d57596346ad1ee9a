"""What travels beside the pixels: turn the picture upright once, and keep EXIF, XMP and ICC true to it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from convfilter.images import exif
from convfilter.images.picture import Frame, Meta, Mode, Picture

_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|\s*>)\s*)[2-8]")
_ICC_SPACES: dict[Mode, bytes] = {"L": b"GRAY", "LA": b"GRAY", "RGB": b"RGB ", "RGBA": b"RGB ", "CMYK": b"CMYK"}


def turned(frame: Frame, orientation: int) -> Frame:
    """The frame as EXIF orientation (1 to 8) says it is to be seen."""
    pixels = frame.pixels
    if orientation in exif.ON_ITS_SIDE:
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return frame if pixels is frame.pixels else replace(frame, pixels=np.ascontiguousarray(pixels))


def upright(picture: Picture) -> Picture:
    """The picture turned as its EXIF asks, with EXIF and XMP then saying orientation 1, and no thumbnail.

    EXIF that cannot be read is dropped, with a note.
    """
    meta, orientation = picture.meta, 1
    notes: tuple[str, ...] = ()
    block: bytes | None
    if meta.exif:
        try:
            orientation = exif.orientation(meta.exif)
            block = exif.without_thumbnail(exif.patched(meta.exif, {exif.ORIENTATION: 1}))
        except (ValueError, struct.error):
            block, notes = None, ("the EXIF data is damaged and was dropped",)
        meta = replace(meta, exif=block)
    if meta.xmp:
        meta = replace(meta, xmp=_XMP_ORIENTATION.sub(rb"\g<1>1", meta.xmp))
    if orientation in exif.ON_ITS_SIDE and meta.dpi:
        meta = replace(meta, dpi=meta.dpi[::-1])
    frames = tuple(turned(frame, orientation) for frame in picture.frames)
    return replace(picture, frames=frames, meta=meta).noting(*notes)


def sized(meta: Meta, frame: Frame) -> Meta:
    """The metadata with the size that EXIF tells brought up to that of the frame."""
    if not meta.exif:
        return meta
    height, width = frame.pixels.shape[:2]
    try:
        return replace(meta, exif=exif.with_size(meta.exif, width, height))
    except (ValueError, struct.error):
        return meta


def icc_fits(icc: bytes, mode: Mode) -> bool:
    """Whether a profile is for pictures of this mode."""
    return icc[16:20] == _ICC_SPACES[mode]


def sound_dpi(values: Iterable[Any] | None) -> tuple[float, float] | None:
    """The two values of a resolution; None where they are not numbers that can be one."""
    try:
        across, down = (float(value) for value in values or ())
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None
