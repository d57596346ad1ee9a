"""Writes TIFF: any depth, any channels, a page for each frame, EXIF in directories of its own."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import tifffile

from convfilter.images import exif
from convfilter.images.tiff_reading import DESCRIPTIVE

if TYPE_CHECKING:
    from convfilter.images.picture import Frame, Meta, Picture

_PHOTOMETRIC = {"L": "minisblack", "LA": "minisblack", "RGB": "rgb", "RGBA": "rgb", "CMYK": "separated"}
_DEFLATE = "adobe_deflate"
_COMPRESSIONS = {
    "raw": None, "packbits": "packbits", "tiff_lzw": "lzw", "lzma": "lzma", "zstd": "zstd",
}  # fmt: skip
_PREDICTED = (_DEFLATE, "lzw", "lzma", "zstd")
_BIG = 3_900_000_000  # from here on, offsets need BigTIFF
_XMP = 700


def write(picture: Picture, file: BinaryIO) -> list[str]:
    """Writes frames of uint8, uint16 or float32; returns notes.

    The compression of the source is kept where it loses nothing, otherwise it is deflate.
    """
    meta, notes = picture.meta, []
    block = meta.exif
    big = sum(frame.pixels.nbytes for frame in picture.frames) > _BIG
    if big and block:
        block, notes = None, ["EXIF is not written into a TIFF of this size: dropped"]
    out = io.BytesIO()
    with tifffile.TiffWriter(out, bigtiff=big, byteorder=exif.order_of(block) if block else "<") as writer:
        for index, frame in enumerate(picture.frames):
            _page(writer, frame, meta, first=index == 0)
    if block:
        _attach(out, block)
    file.write(out.getbuffer())
    return notes


def _page(writer: Any, frame: Frame, meta: Meta, first: bool) -> None:
    compression = _COMPRESSIONS.get(meta.compression or "", _DEFLATE)
    options: dict[str, Any] = {}
    if frame.has_alpha:
        options["extrasamples"] = ["unassalpha"]
    if compression in _PREDICTED:
        options["predictor"] = True
    if meta.dpi:
        options |= {"resolution": meta.dpi, "resolutionunit": "INCH"}
    if meta.xmp and first:
        options["extratags"] = [(_XMP, 1, len(meta.xmp), meta.xmp, True)]
    if meta.icc:
        options["iccprofile"] = meta.icc
    pixels = frame.pixels[..., 0] if frame.mode == "L" else frame.pixels
    writer.write(
        np.ascontiguousarray(pixels),
        photometric=_PHOTOMETRIC[frame.mode],
        planarconfig=None if frame.mode == "L" else "contig",
        compression=compression,
        contiguous=False,
        metadata=None,
        software=False,
        **options,
    )


def _attach(out: io.BytesIO, block: bytes) -> None:
    """Replaces the first directory by one behind the file that has the entries of an EXIF block as well.

    tifffile writes no EXIF or GPS directories. All other offsets in the file stay as they are.
    """
    data = out.getvalue()
    order = exif.order_of(data)
    entries, following = exif.first(data)
    told = exif.first(block)[0]
    entries += [entry for entry in told if entry.tag in DESCRIPTIVE]
    at = out.seek(0, io.SEEK_END)
    for tag in (exif.EXIF_IFD, exif.GPS_IFD):
        sub = [entry for entry in exif.sub_directory(block, told, tag) if entry.tag != exif.INTEROP_IFD]
        if sub:
            at += out.write(b"\0" * (at % 2))
            entries.append(exif.Entry(tag, 4, 1, struct.pack(order + "I", at), 0))
            at += out.write(exif.packed(order, sub, at))
    at += out.write(b"\0" * (at % 2))
    out.write(exif.packed(order, entries, at, following))
    out.seek(4)
    out.write(struct.pack(order + "I", at))
