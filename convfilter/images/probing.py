"""The size of a picture, from the headers in its file."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO, NamedTuple

from PIL import Image
from tifffile import TiffFile

from convfilter.errors import ImageError
from convfilter.images import exif
from convfilter.images.formats import HEAD, sniff
from convfilter.images.pillow_frames import frame_count
from convfilter.images.quiet import quiet


class Size(NamedTuple):
    """What the headers of a file say.

    Attributes:
        format: a key of `formats.FORMATS`.
        frames: width and height of each, upright, in pixels; at least one.
    """

    format: str
    frames: tuple[tuple[int, int], ...]

    @property
    def pixels(self) -> int:
        """Those of all frames."""
        return sum(width * height for width, height in self.frames)

    def __str__(self) -> str:
        (width, height), count = self.frames[0], len(self.frames)
        if len({*self.frames}) > 1:
            return f"{count} frames, the first {width} x {height}"
        return f"{width} x {height}" + (f" x {count} frames" if count > 1 else "")


def probe(file: BinaryIO) -> Size:
    """Read the size of a picture without decoding it.

    Raises:
        ImageError: it is no picture, or its header cannot be read.
    """
    format_ = sniff(file.read(HEAD))
    if format_ is None:
        raise ImageError("not a recognised image")
    file.seek(0)
    try:
        with quiet():
            if format_.name == "TIFF":
                with TiffFile(file, name="picture") as tiff:  # an open descriptor's own name is a number
                    return Size("TIFF", tuple(map(_page_size, tiff.pages)))
            with Image.open(file) as image:
                size = _upright(image.width, image.height, _orientation(image.info.get("exif")))
                return Size(format_.name, (size,) * frame_count(image, format_.name))
    except Exception as error:  # decoders answer damaged data with errors of every type there is
        raise ImageError(f"damaged {format_.name}; get a whole copy of it") from error


def _page_size(page: Any) -> tuple[int, int]:
    return _upright(int(page.imagewidth), int(page.imagelength), page.tags.valueof(exif.ORIENTATION, 1))


def _orientation(block: object) -> int:
    """What the EXIF data of a picture says; 1 where it says nothing sound."""
    try:
        return exif.orientation(exif.without_prefix(block)) if isinstance(block, bytes) else 1
    except (ValueError, struct.error):
        return 1


def _upright(width: int, height: int, orientation: int) -> tuple[int, int]:
    return (height, width) if orientation in exif.ON_ITS_SIDE else (width, height)
