"""From a Picture to a file's bytes: fits it to the format, then hands it to the format's writer."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from convfilter.errors import ImageError
from convfilter.images.fitting import fit
from convfilter.images.jp2_boxes import embedded
from convfilter.images.pillow_frames import image_of
from convfilter.images.quiet import one_line, quiet

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from convfilter.images.formats import Format
    from convfilter.images.picture import Picture

_MARKER = 65533 - 29  # the most bytes of EXIF, XMP or comment that one JPEG marker holds


def encode(picture: Picture, format_: Format, file: BinaryIO, *, quality: int | None = None) -> tuple[str, ...]:
    """Writes a picture to an open, seekable file, which stays open.

    Without quality, a JPEG from a JPEG keeps its tables, subsampling and progression (another gets
    quality 95 without subsampling), WebP is lossless where the source was (otherwise quality 90), JPEG
    2000 is lossless, and AVIF gets quality 90. GIF, PNG, TIFF, BMP and Netpbm have no quality.

    Args:
        picture: what to write; it is fitted to the format first.
        format_: from `formats.FORMATS`.
        file: opened for writing in binary mode.
        quality: 1 to 100.

    Returns:
        What could not be kept, beyond `picture.notes`.

    Raises:
        ImageError: the format cannot hold the picture at all, or its encoder fails.
        OSError: the file cannot be written.
    """
    fitted = fit(picture, format_)
    try:
        with quiet():
            notes = _WRITERS[format_.name](fitted, format_, file, quality)
    except MemoryError:
        raise ImageError(f"does not fit into memory while it is written as {format_.name}") from None
    except (ValueError, RuntimeError, struct.error) as error:  # how encoders refuse
        raise ImageError(f"cannot be written as {format_.name} ({one_line(error)}); write it as PNG or TIFF") from error
    said = dict.fromkeys((*fitted.notes, *notes))
    return tuple(note for note in said if note not in picture.notes)


def _save(file: BinaryIO, name: str, image: Image.Image, **options: Any) -> None:
    """Encodes through memory, so that an encoder's error is told from the disk's."""
    out = io.BytesIO()
    try:
        image.save(out, name, **options)
    except OSError as error:
        raise ValueError(str(error)) from error
    file.write(out.getbuffer())


def _jpeg(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    meta, notes = picture.meta, []
    for field, label in (("exif", "EXIF"), ("xmp", "XMP"), ("comment", "comment")):
        if len(getattr(meta, field) or b"") > _MARKER:
            gone: dict[str, Any] = {field: None}
            meta = replace(meta, **gone)
            notes.append(f"the {label} is too long for JPEG: dropped")
    options: dict[str, Any] = {"quality": 95, "subsampling": 0}
    if quality is not None:
        options = {"quality": quality, "subsampling": 0 if quality >= 90 else 2}
    elif meta.jpeg:
        tables = [meta.jpeg.tables[key] for key in sorted(meta.jpeg.tables)]
        tables = tables[:1] if picture.frames[0].mode == "L" else tables
        # libjpeg, as Pillow drives it, cannot make samplings other than 0, 1 and 2: those lose none
        options = {"qtables": tables, "subsampling": max(meta.jpeg.subsampling, 0)}
        options["progressive"] = meta.jpeg.progressive
    if picture.frames[0].mode != "RGB":
        del options["subsampling"]
    if meta.dpi:
        options["dpi"] = meta.dpi
    _save(
        file,
        "JPEG",
        image_of(picture.frames[0]),
        exif=b"Exif\0\0" + meta.exif if meta.exif else b"",
        icc_profile=meta.icc,
        xmp=meta.xmp or b"",
        comment=meta.comment,
        **options,
    )
    return notes


def _avif(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    meta = picture.meta
    quality = 90 if quality is None else quality
    images = [image_of(frame) for frame in picture.frames]
    options: dict[str, Any] = {"quality": quality}
    if picture.frames[0].mode in ("RGB", "RGBA"):  # grey needs no colour planes at all
        options["subsampling"] = "4:4:4" if quality >= 90 else "4:2:0"
    if len(images) > 1:
        durations = [round(frame.duration) for frame in picture.frames]
        options |= {"save_all": True, "append_images": images[1:], "duration": durations}
    _save(file, "AVIF", images[0], exif=meta.exif or b"", icc_profile=meta.icc or b"", xmp=meta.xmp or b"", **options)
    return []


def _bmp(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    options = {"dpi": picture.meta.dpi} if picture.meta.dpi else {}
    _save(file, "BMP", image_of(picture.frames[0]), **options)
    return []


def _jpeg2000(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    import imagecodecs

    pixels = picture.frames[0].pixels
    pixels = np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    options: dict[str, Any] = {"level": 0, "reversible": True}
    if quality is not None:  # OpenJPEG asks for a signal-to-noise ratio in decibels
        options = {"level": 25 + round(quality / 4), "reversible": False}
    data = bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="jp2", **options))
    file.write(embedded(picture.meta, data))
    return []


def _netpbm(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    from convfilter.images import netpbm

    netpbm.write(picture.frames[0], format_.name, file)
    return []


def _png(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    from convfilter.images import png_writing

    return png_writing.write(picture, file)


def _gif(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    from convfilter.images import gif_writing

    return gif_writing.write(picture, file)


def _webp(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    from convfilter.images import webp_writing

    return webp_writing.write(picture, file, quality)


def _tiff(picture: Picture, format_: Format, file: BinaryIO, quality: int | None) -> list[str]:
    from convfilter.images import tiff_writing

    return tiff_writing.write(picture, file)


_WRITERS: dict[str, Callable[[Picture, Format, BinaryIO, int | None], list[str]]] = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "TIFF": _tiff,
    "GIF": _gif,
    "BMP": _bmp,
    "AVIF": _avif,
    "PPM": _netpbm,
    "PFM": _netpbm,
    "JPEG2000": _jpeg2000,
}
