"""From a Picture to a file's bytes: the one place where encoders may fail."""

from __future__ import annotations

import importlib
import io
from typing import BinaryIO

from convfilter.errors import ImageError, one_line
from convfilter.images.fitting import fit
from convfilter.images.formats import Format
from convfilter.images.picture import Picture
from convfilter.images.quiet import quiet

_WRITERS = {
    "JPEG": "jpeg_writing",
    "PNG": "png_writing",
    "WEBP": "webp_writing",
    "TIFF": "tiff_writing",
    "GIF": "gif_writing",
    "BMP": "bmp_writing",
    "AVIF": "avif_writing",
    "PPM": "netpbm",
    "PFM": "netpbm",
    "JPEG2000": "jpeg2000_writing",
}
"""The module that writes a format, with a function `write(picture, file, quality) -> notes`.

It gets a picture that is fitted to the format, and an empty file in memory; formats without a quality
leave that unused.
"""


def encode(picture: Picture, format_: Format, file: BinaryIO, *, quality: int | None = None) -> tuple[str, ...]:
    """Write a picture to an open file, all of it at once when all of it is encoded; the file stays open.

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
    writer = importlib.import_module(f"convfilter.images.{_WRITERS[format_.name]}")
    whole = io.BytesIO()  # in between, so that an encoder's error is told from the disk's
    try:
        with quiet():
            fitted = fit(picture, format_)
            notes = writer.write(fitted, whole, quality)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"does not fit into memory while it is written as {format_.name}") from None
    except Exception as error:  # encoders refuse with errors of every type there is
        said = one_line(error)
        raise ImageError(f"cannot be written as {format_.name} ({said}); write it as PNG or TIFF") from error
    file.write(whole.getbuffer())
    told = dict.fromkeys((*fitted.notes, *notes))
    return tuple(note for note in told if note not in picture.notes)
