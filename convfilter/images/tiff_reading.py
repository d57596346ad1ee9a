"""Read TIFF through tifffile, which keeps 16 bits and floats; a few old codings go to Pillow."""

from __future__ import annotations

import io
import math
from typing import Any

import imagecodecs
import tifffile
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import exif
from convfilter.images.integrity import truncated
from convfilter.images.limits import check_frames, check_pixels
from convfilter.images.metadata import sound_dpi, turned
from convfilter.images.picture import Frame, Meta, Picture
from convfilter.images.pillow_frames import frame_of_image
from convfilter.images.tiff_pixels import frame_of_page
from convfilter.images.tiff_structure import count_directories, is_big, order_of

_FOR_PILLOW = (6, 32809) if hasattr(imagecodecs, "ccittfax4_decode") else (2, 3, 4, 6, 32809)
"""The compressions that tifffile cannot decode: old JPEG, ThunderScan; CCITT by an older imagecodecs.

Pillow's libtiff complains about damaged CCITT on stderr, so it comes second there. YCbCr without JPEG
and Lab are for Pillow as well.
"""
_YCBCR, _LAB, _JPEG = 6, 8, 7
_COMPRESSIONS = {
    1: "none", 5: "lzw", 8: "adobe_deflate", 32773: "packbits", 34925: "lzma", 50000: "zstd",
}  # fmt: skip
"""TIFF's numbers for the compressions that lose nothing and are written again, with tifffile's names."""
_LOSSY = (6, 7, 33007, 34712, 34892, 50001, 50002)


_PRIVATE, _IPTC = 32768, 33723
_KEPT = (exif.EXIF_IFD, exif.GPS_IFD, exif.INTEROP_IFD, 34675, *exif.DESCRIPTIVE)
"""Tags from the private range that are kept."""


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in a TIFF, a frame for each page: uint8, uint16 or float32.

    Raises:
        ImageError: it is truncated, over the limit, or of a kind that is not supported.
        Exception: whatever the decoder says of damaged data.
    """
    count = count_directories(data)
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        if len(tiff.pages) != count:
            raise ImageError("damaged: not all of its pages can be found; get a whole copy of it")
        pages: list[Any] = list(tiff.pages)
        _check(pages, data, max_pixels)
        frames, notes = [], []
        for index, page in enumerate(pages):
            frame, said = _frame(page, data, index)
            frames.append(frame)
            notes += said
        meta, said = _meta(pages[0], data)
        notes += [*said, *_lost(pages)]
    return Picture(tuple(frames), name, meta).noting(*notes)


def _check(pages: list[Any], data: bytes, max_pixels: int) -> None:
    if not pages:
        raise ImageError("damaged: it has no pages; get a whole copy of it")
    if 50706 in pages[0].tags or (330 in pages[0].tags and pages[0].subfiletype & 1):
        raise ImageError("is a camera's raw file, of which only a preview could be read; develop it to TIFF first")
    if not all(isinstance(side, int) for page in pages for side in (page.imagewidth, page.imagelength)):
        raise ImageError("damaged: its size is no number; get a whole copy of it")
    check_frames(max_pixels, [(page.imagewidth, page.imagelength) for page in pages])
    for page in pages:
        if page.is_tiled:
            check_pixels(max_pixels, page.tilewidth, page.tilelength)
        for offset, length in zip(page.dataoffsets, page.databytecounts, strict=False):
            if offset + length > len(data):
                raise ImageError(truncated(data))
        if len(page.dataoffsets) < math.prod(page.chunked) or 0 in page.databytecounts:
            raise ImageError("damaged or truncated: pixels are missing; get a whole copy of it")


def _frame(page: Any, data: bytes, index: int) -> tuple[Frame, list[str]]:
    compression, photometric = int(page.compression), int(page.photometric)
    if compression in _FOR_PILLOW or photometric == _LAB or (photometric == _YCBCR and compression != _JPEG):
        with Image.open(io.BytesIO(data), formats=["TIFF"]) as image:
            image.seek(index)
            image.load()  # Pillow turns it upright itself
            return frame_of_image(image), ["Lab colour was converted to sRGB"] if photometric == _LAB else []
    frame, notes = frame_of_page(page)
    orientation = page.tags.valueof(exif.ORIENTATION, 1)
    return turned(frame, orientation if orientation in range(1, 9) else 1), notes


def _meta(page: Any, data: bytes) -> tuple[Meta, list[str]]:
    tags, notes = page.tags, []
    icc, xmp = tags.valueof(34675), tags.valueof(700)
    block = None
    if is_big(data):
        if any(tag in tags for tag in (exif.EXIF_IFD, exif.GPS_IFD, *exif.DESCRIPTIVE)):
            notes.append("the EXIF data and descriptions of a BigTIFF are not kept")
    else:
        block = _exif(data)
    compression = int(page.compression)
    return Meta(
        exif=block,
        icc=icc if isinstance(icc, bytes) and icc else None,
        xmp=xmp if isinstance(xmp, bytes) and xmp else None,
        dpi=_dpi(tags),
        lossless=compression not in _LOSSY,
        compression=_COMPRESSIONS.get(compression),
    ), notes


def _lost(pages: list[Any]) -> list[str]:
    """What the pages tell beside their pixels that has no place in `Meta`."""
    told = {tuple(page.tags.valueof(tag) for tag in (270, 282, 283, 305)) for page in pages}
    private = {tag.code for page in pages for tag in page.tags if tag.code >= _PRIVATE} - set(_KEPT)
    notes = {
        "only the first page's description and resolution are kept": len(told) > 1,
        "IPTC data is not kept": _IPTC in private,
        "private tags are not kept": bool(private - {_IPTC}),
    }
    return [note for note, true in notes.items() if true]


def _exif(data: bytes) -> bytes | None:
    """A block of its own of what the first page says about the picture rather than about its coding."""
    entries = exif.first(data)[0]
    kept = [entry for entry in entries if entry.tag in exif.DESCRIPTIVE]
    subs = {tag: exif.sub_directory(data, entries, tag) for tag in (exif.EXIF_IFD, exif.GPS_IFD)}
    return exif.built(order_of(data), kept, subs) if kept or any(subs.values()) else None


def _dpi(tags: Any) -> tuple[float, float] | None:
    unit = {2: 1.0, 3: 2.54}.get(tags.valueof(296, 2))
    found = sound_dpi(n / d for n, d in map(tags.valueof, (282, 283)))
    return (found[0] * unit, found[1] * unit) if found and unit else None
