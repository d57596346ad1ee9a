"""Write JPEG: coded again as the source was, unless a quality is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, BinaryIO

from convfilter.images.exif import PREFIX
from convfilter.images.picture import Meta, Mode, Picture
from convfilter.images.pillow_frames import image_of

_MARKER = 65533 - 29
"""The most bytes of EXIF, XMP or comment that one JPEG marker holds."""


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write an 8-bit L, RGB or CMYK frame; return notes."""
    frame = picture.frames[0]
    meta, notes = _without_long(picture.meta)
    options = _coding(meta, frame.mode, quality)
    if quality is None and picture.format == "JPEG":
        if meta.jpeg is None:
            notes.append("the JPEG's own tables cannot be made again: written at quality 95")
        elif meta.jpeg.subsampling < 0 and frame.mode == "RGB":
            notes.append("the JPEG's own subsampling cannot be made again: written as 4:4:4")
    if meta.dpi:
        options["dpi"] = meta.dpi
    image_of(frame).save(
        file,
        "JPEG",
        exif=PREFIX + meta.exif if meta.exif else b"",
        icc_profile=meta.icc,
        xmp=meta.xmp or b"",
        comment=meta.comment,
        **options,
    )
    return notes


def _without_long(meta: Meta) -> tuple[Meta, list[str]]:
    notes = []
    for field, label in (("exif", "EXIF"), ("xmp", "XMP"), ("comment", "comment")):
        if len(getattr(meta, field) or b"") > _MARKER:
            gone: dict[str, Any] = {field: None}
            meta = replace(meta, **gone)
            notes.append(f"the {label} is too long for JPEG: dropped")
    return meta, notes


def _coding(meta: Meta, mode: Mode, quality: int | None) -> dict[str, Any]:
    options: dict[str, Any] = {"quality": 95, "subsampling": 0}
    if quality is not None:
        options = {"quality": quality, "subsampling": 0 if quality >= 90 else 2}
    elif meta.jpeg:
        tables = [meta.jpeg.tables[key] for key in sorted(meta.jpeg.tables)]
        tables = tables[:1] if mode == "L" else tables
        # libjpeg, as Pillow drives it, cannot make samplings other than 0, 1 and 2: those lose none
        options = {"qtables": tables, "subsampling": max(meta.jpeg.subsampling, 0)}
        options["progressive"] = meta.jpeg.progressive
    if mode != "RGB":
        del options["subsampling"]
    return options
