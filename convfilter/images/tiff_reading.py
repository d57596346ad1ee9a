"""Reads TIFF through tifffile, which keeps 16 bits and floats; a few old codings go to Pillow."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import imagecodecs
import tifffile
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import exif
from convfilter.images.integrity import truncated
from convfilter.images.metadata import turned
from convfilter.images.picture import Frame, Meta, Picture
from convfilter.images.pillow_frames import to_frame
from convfilter.images.tiff_pixels import frame_of
from convfilter.images.tiff_structure import directories

if TYPE_CHECKING:
    from convfilter.images.limits import Limit

# What tifffile cannot decode: old JPEG, ThunderScan; YCbCr without JPEG, Lab; CCITT by an older imagecodecs
# (Pillow's libtiff complains about damaged CCITT on stderr, so it comes second there).
_FOR_PILLOW = (6, 32809) if hasattr(imagecodecs, "ccittfax4_decode") else (2, 3, 4, 6, 32809)
_YCBCR, _LAB, _JPEG = 6, 8, 7
COMPRESSIONS = {
    1: "raw", 2: "tiff_ccitt", 3: "group3", 4: "group4", 5: "tiff_lzw", 6: "tiff_jpeg", 7: "jpeg",
    8: "tiff_adobe_deflate", 32773: "packbits", 32809: "tiff_thunderscan", 32946: "tiff_deflate",
    34925: "lzma", 50000: "zstd", 50001: "webp",
}  # fmt: skip
"""TIFF's numbers for compressions, with Pillow's names."""
_LOSSY = (6, 7, 33007, 34712, 34892, 50001, 50002)
# Descriptions, makers, dates, copyright, ratings: what EXIF puts into its first directory
DESCRIPTIVE = (269, 270, 271, 272, 285, 305, 306, 315, 316, 18246, 18249, 33432, *range(40091, 40096))


def read(data: bytes, name: str, limit: Limit) -> Picture:
    """The picture in a TIFF, a frame for each page: uint8, uint16 or float32.

    Raises:
        ImageError: it is truncated, over the limit, or of a kind that is not supported.
        Exception: whatever the decoder says of damaged data.
    """
    count = len(list(directories(data)))
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        if len(tiff.pages) != count:
            raise ImageError("damaged: not all of its pages can be found; get a whole copy of it")
        pages: list[Any] = list(tiff.pages)
        _check(pages, data, limit)
        frames, notes = [], []
        for index, page in enumerate(pages):
            frame, said = _frame(page, data, index)
            frames.append(frame)
            notes += said
        meta, said = _meta(pages[0], data)
    return Picture(tuple(frames), name, meta).noting(*notes, *said)


def _check(pages: list[Any], data: bytes, limit: Limit) -> None:
    if not pages:
        raise ImageError("damaged: it has no pages; get a whole copy of it")
    if 50706 in pages[0].tags or (330 in pages[0].tags and pages[0].subfiletype & 1):
        raise ImageError("is a camera's raw file, of which only a preview could be read; develop it to TIFF first")
    if not all(isinstance(side, int) for page in pages for side in (page.imagewidth, page.imagelength)):
        raise ImageError("damaged: its size is no number; get a whole copy of it")
    sizes = {(page.imagewidth, page.imagelength) for page in pages}
    if len(sizes) == 1:
        limit.check(*sizes.pop(), len(pages))
    limit.check(sum(page.imagewidth * page.imagelength for page in pages), 1)
    for page in pages:
        limit.check(page.imagewidth, page.imagelength)
        if page.is_tiled:
            limit.check(page.tilewidth, page.tilelength)
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
            return to_frame(image), ["Lab colour was converted to sRGB"] if photometric == _LAB else []
    frame, notes = frame_of(page)
    orientation = page.tags.valueof(274, 1)
    return turned(frame, orientation if orientation in range(1, 9) else 1), notes


def _meta(page: Any, data: bytes) -> tuple[Meta, list[str]]:
    tags, notes = page.tags, []
    icc, xmp = tags.valueof(34675), tags.valueof(700)
    block = None
    if data[2:4] in (b"+\0", b"\0+"):
        notes += ["the EXIF data of a BigTIFF is not kept"] if exif.EXIF_IFD in tags else []
    else:
        block = _exif(data)
    if 33723 in tags:
        notes.append("IPTC data is not kept")
    compression = int(page.compression)
    return Meta(
        exif=block,
        icc=icc if isinstance(icc, bytes) and icc else None,
        xmp=xmp if isinstance(xmp, bytes) and xmp else None,
        dpi=_dpi(tags),
        lossless=compression not in _LOSSY,
        compression=COMPRESSIONS.get(compression),
    ), notes


def _exif(data: bytes) -> bytes | None:
    """A block of its own of what the first page says about the picture rather than about its coding."""
    entries = exif.first(data)[0]
    kept = [entry for entry in entries if entry.tag in DESCRIPTIVE]
    subs = {tag: exif.sub_directory(data, entries, tag) for tag in (exif.EXIF_IFD, exif.GPS_IFD)}
    return exif.built(exif.order_of(data), kept, subs) if kept or any(subs.values()) else None


def _dpi(tags: Any) -> tuple[float, float] | None:
    unit = {2: 1.0, 3: 2.54}.get(tags.valueof(296, 2))
    try:
        across, down = (n / d for n, d in (tags.valueof(282), tags.valueof(283)))
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if unit is None or not (0 < across < 1e6 and 0 < down < 1e6):
        return None
    return across * unit, down * unit
