"""The size of a picture, from the beginning of its file."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from PIL import Image
from tifffile import TiffFile

from convfilter.errors import ImageError
from convfilter.images.formats import HEAD, sniff
from convfilter.images.quiet import quiet


class Size(NamedTuple):
    """What the header of a file says.

    Attributes:
        format: a key of `formats.FORMATS`.
        width: in pixels.
        height: the same.
        frames: their number.
    """

    format: str
    width: int
    height: int
    frames: int


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
                    page = tiff.pages.first
                    return Size("TIFF", page.imagewidth, page.imagelength, len(tiff.pages))
            with Image.open(file) as image:
                width, height = image.size
                return Size(format_.name, width, height, getattr(image, "n_frames", 1))
    except Exception as error:  # decoders answer damaged data with errors of every type there is
        raise ImageError(f"damaged {format_.name}; get a whole copy of it") from error
