"""Write TIFF: any depth, any channels, a page for each frame, EXIF in directories of its own."""

from __future__ import annotations

import io
import struct
from typing import Any, BinaryIO

import numpy as np
import tifffile

from convfilter.images import exif
from convfilter.images.picture import Frame, Meta, Picture
from convfilter.images.tiff_structure import order_of

_PHOTOMETRIC = {1: "minisblack", 3: "rgb", 4: "separated"}
"""By the number of colours."""
_UNPREDICTED = ("none", "packbits")
"""The compressions that gain nothing by coding differences."""
_BIG = 3_900_000_000
"""From so many bytes on, offsets need BigTIFF."""
_STRIP = 2**18
"""Bytes of a strip, before they are compressed; a row at least."""
_XMP = 700


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write frames of uint8, uint16 or float32; return notes.

    The compression of the source is kept where it loses nothing, otherwise it is deflate.
    """
    meta, notes = picture.meta, []
    block = meta.exif
    big = sum(frame.pixels.nbytes for frame in picture.frames) > _BIG
    if big and block:
        block, notes = None, ["EXIF is not written into a TIFF of this size: dropped"]
    order = order_of(block) if block else "<"
    with tifffile.TiffWriter(file, bigtiff=big, byteorder=order) as writer:
        for index, frame in enumerate(picture.frames):
            _page(writer, frame, meta, order, first=index == 0)
    if block:
        _attach(file, block)
    return notes


def _page(writer: Any, frame: Frame, meta: Meta, order: Any, *, first: bool) -> None:
    compression = meta.compression or "adobe_deflate"
    options: dict[str, Any] = {}
    if frame.has_alpha:
        options["extrasamples"] = ["unassalpha"]
    if compression not in _UNPREDICTED:
        options["predictor"] = True
    if meta.dpi:
        options |= {"resolution": meta.dpi, "resolutionunit": "INCH"}
    if meta.xmp and first:
        options["extratags"] = [(_XMP, 1, len(meta.xmp), meta.xmp, True)]
    if meta.icc:
        options["iccprofile"] = meta.icc
    pixels = frame.pixels[..., 0] if frame.mode == "L" else frame.pixels
    data: Any = np.ascontiguousarray(pixels)
    if compression == "none":  # strip by strip, as tifffile would copy the whole
        kind, rows = pixels.dtype.newbyteorder(order), max(1, _STRIP * len(pixels) // pixels.nbytes)
        options |= {"shape": pixels.shape, "dtype": kind, "rowsperstrip": rows}
        data = (np.ascontiguousarray(pixels[top : top + rows], kind) for top in range(0, len(pixels), rows))
    writer.write(
        data,
        photometric=_PHOTOMETRIC[frame.colours],
        planarconfig=None if frame.mode == "L" else "contig",
        compression=compression,
        contiguous=False,
        metadata=None,
        software=False,
        **options,
    )


def _attach(file: BinaryIO, block: bytes) -> None:
    """Replace the first directory by one behind the file that has the entries of an EXIF block as well.

    tifffile writes no EXIF or GPS directories. All other offsets in the file stay as they are.
    """
    file.seek(0)
    data = file.read()
    order = order_of(data)
    entries, following = exif.first(data)
    told = exif.first(block)[0]
    entries += [entry for entry in told if entry.tag in exif.DESCRIPTIVE]
    at = file.seek(0, io.SEEK_END)
    for tag in (exif.EXIF_IFD, exif.GPS_IFD):
        sub = [entry for entry in exif.sub_directory(block, told, tag) if entry.tag != exif.INTEROP_IFD]
        if sub:
            at += file.write(b"\0" * (at % 2))
            entries.append(exif.Entry(tag, 4, 1, struct.pack(order + "I", at), 0))
            at += file.write(exif.packed(order, sub, at))
    at += file.write(b"\0" * (at % 2))
    file.write(exif.packed(order, entries, at, following))
    file.seek(4)
    file.write(struct.pack(order + "I", at))
