"""Fit a picture to what a file format can hold, by stated rules, and say in notes what that cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from convfilter.errors import ImageError
from convfilter.images.channels import is_transparent, laid_on, widened_to
from convfilter.images.formats import Format
from convfilter.images.metadata import icc_fits, sized
from convfilter.images.picture import Picture, mode_of
from convfilter.images.samples import to_depth

_NAMES = {"exif": "EXIF", "icc": "ICC profile", "xmp": "XMP", "text": "text", "comment": "comment"}
_BITS = {"uint8": "8 bits", "uint16": "16 bits", "float32": "32-bit floats"}


def fit(picture: Picture, format_: Format) -> Picture:
    """The picture as the format can hold it.

    The rules: several frames become the first one; CMYK becomes sRGB; alpha is laid on white; 16 bits
    become 8 (v / 257), floats 16 or 8 bits (clipped to [0, 1], NaN to 0), always rounded half to even;
    metadata that has no place is dropped. Each leaves a note, save where nothing is lost.

    Raises:
        ImageError: a side is longer than the format allows.
    """
    picture = _with_frames(picture, format_)
    if "CMYK" not in format_.modes:
        picture = without_cmyk(picture)
    picture = _with_opacity(picture, format_)
    picture = _with_depth(picture, format_)
    if format_.name != "TIFF":
        picture = _with_one_mode(picture, gray="L" in format_.modes)
    return _with_meta(picture, format_)


def _with_frames(picture: Picture, format_: Format) -> Picture:
    count = len(picture.frames)
    sizes = {frame.pixels.shape[:2] for frame in picture.frames}
    check_side(format_, max(max(size) for size in sizes))
    if count > 1 and not format_.frames:
        return _first(picture, f"{count} frames, only the first is written")
    if len(sizes) > 1 and format_.name != "TIFF":
        return _first(picture, f"{count} frames of different sizes, only the first is written")
    if format_.name == "TIFF" and any(frame.duration for frame in picture.frames):
        return picture.noting("TIFF holds no timing of frames")
    return picture


def check_side(format_: Format, longest: int) -> None:
    """Refuse a picture with a side of so many pixels where a format holds none that is so long; ImageError."""
    if longest > format_.side:
        raise ImageError(
            f"{format_.name} holds no side over {format_.side} pixels, this one has {longest}; write it as PNG or TIFF"
        )


def _first(picture: Picture, note: str) -> Picture:
    return replace(picture, frames=picture.frames[:1]).noting(note)


def without_cmyk(picture: Picture) -> Picture:
    """The picture with CMYK frames as 8-bit sRGB, through its ICC profile where it has one, and a note of it."""
    if all(frame.mode != "CMYK" for frame in picture.frames):
        return picture
    from convfilter.images.colour import cmyk_to_rgb

    frames, notes = [], []
    for frame in picture.frames:
        if frame.mode == "CMYK":
            pixels, note = cmyk_to_rgb(to_depth(frame.pixels, "uint8"), picture.meta.icc)
            frame = replace(frame, pixels=pixels, mode="RGB")
            notes.append(note)
        frames.append(frame)
    # The new colours are sRGB, which a file without a profile is taken for
    return replace(picture, frames=tuple(frames), meta=replace(picture.meta, icc=None)).noting(*notes)


def _with_opacity(picture: Picture, format_: Format) -> Picture:
    if "RGBA" in format_.modes or not any(frame.has_alpha for frame in picture.frames):
        return picture
    lost = any(is_transparent(frame) for frame in picture.frames)
    picture = replace(picture, frames=tuple(laid_on(frame, "white") for frame in picture.frames))
    return picture.noting("transparency was flattened onto white") if lost else picture


def _with_depth(picture: Picture, format_: Format) -> Picture:
    frames, notes = [], []
    for frame in picture.frames:
        was = frame.pixels.dtype.name
        if was not in format_.depths:
            depth = format_.depths[-1]  # the deepest
            frame = replace(frame, pixels=to_depth(frame.pixels, depth))
            if depth != "float32":
                notes.append(f"{_BITS[was]} were rounded to {_BITS[depth]}")
        frames.append(frame)
    return replace(picture, frames=tuple(frames)).noting(*notes)


def _with_one_mode(picture: Picture, gray: bool) -> Picture:
    """All frames with the same channels and depth, in colour where the format knows no grey; nothing is lost."""
    if picture.frames[0].mode == "CMYK":  # a single frame, for JPEG
        return picture
    depth = max((frame.pixels.dtype for frame in picture.frames), key=lambda d: d.itemsize).name
    colours = max(frame.colours for frame in picture.frames) if gray else 3
    mode = mode_of(colours, alpha=any(frame.has_alpha for frame in picture.frames))
    if all(frame.mode == mode and frame.pixels.dtype == depth for frame in picture.frames):
        return picture
    return replace(picture, frames=tuple(widened_to(frame, depth, mode) for frame in picture.frames))


def _with_meta(picture: Picture, format_: Format) -> Picture:
    meta, notes = picture.meta, []
    if meta.icc and not icc_fits(meta.icc, picture.frames[0].mode):
        meta = replace(meta, icc=None)
        notes.append("the ICC profile is for other channels than the picture has, and was dropped")
    if format_.name != "PNG" and meta.colorimetry:
        if not any(name == b"sRGB" for name, _ in meta.colorimetry):  # which is what other formats are taken for
            notes.append(f"{format_.name} holds no gamma and primaries of PNG: dropped")
        meta = replace(meta, colorimetry=())
    lost = [field for field in _NAMES if field not in format_.carries and getattr(meta, field)]
    if lost:
        names = ", ".join(_NAMES[field] for field in lost)
        notes.append(f"{format_.name} holds no {names}: dropped")
        empty: dict[str, Any] = {field: {} if field == "text" else None for field in lost}
        meta = replace(meta, **empty)
    return replace(picture, meta=sized(meta, picture.frames[0])).noting(*notes)
