"""From a file to a Picture: the one door through which pictures come in, and the one place decoders may fail."""

from __future__ import annotations

import importlib
import io
from typing import BinaryIO

from convfilter.errors import ImageError
from convfilter.images.formats import HEAD, Format, sniff
from convfilter.images.integrity import is_cut, truncated
from convfilter.images.metadata import upright
from convfilter.images.picture import Picture
from convfilter.images.quiet import quiet
from convfilter.images.sources import read_all, read_up_to
from convfilter.text import one_line


def read(file: BinaryIO, *, max_pixels: int) -> Picture:
    """Read a picture with all its frames, turned upright; the format is told by content, never by name.

    Args:
        file: a binary file or stream whose rest is the picture.
        max_pixels: the most pixels allowed over all frames, checked before decoding.

    Returns:
        Frames of (height, width, channels) in uint8, uint16 or float32, as deep as the file has them;
        what could not be kept is said in `notes`.

    Raises:
        ImageError: it cannot be read, is not a picture, truncated, damaged, over the limit, or of a kind that is
            not supported.
    """
    head = read_up_to(file, HEAD)
    if not head:
        raise ImageError("empty file; get a whole copy of it")
    format_ = sniff(head)
    if format_ is None:
        raise ImageError(_unknown(head))
    if file.seekable():
        file.seek(-len(head), io.SEEK_CUR)
        return upright(_decoded(read_all(file), format_, max_pixels))
    return upright(_decoded(head + read_all(file), format_, max_pixels))


def _decoded(data: bytes, format_: Format, max_pixels: int) -> Picture:
    reader = importlib.import_module(f"convfilter.images.{format_.reader}")
    cut = is_cut(format_.name, data)
    if cut and format_.lenient:
        raise ImageError(truncated(data))
    try:
        with quiet():
            picture: Picture = reader.read(data, format_.name, max_pixels)
            return picture
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("does not fit into memory; lower --max-pixels to refuse such files at once") from None
    except Exception as error:  # decoders answer damaged data with errors of every type there is
        if cut or "truncated" in str(error).lower():
            raise ImageError(truncated(data)) from error
        said = "" if isinstance(error, UnicodeError | LookupError) else str(error)  # of the decoder's own mistakes
        raise ImageError(_explained(said, format_.name)) from error


def _explained(message: str, name: str) -> str:
    """What to tell about an error of a decoder."""
    if "MAX_TEXT" in message:  # Pillow's guard against text and profiles that unpack without end
        return "a text or colour profile in it unpacks to more than 1 MiB; remove it first"
    said = one_line(message)
    if not said or "cannot identify image file" in said:
        return f"damaged or truncated, or a kind of {name} that is not supported; get a whole copy of it"
    return f"damaged {name} ({said}); get a whole copy of it"


def _unknown(head: bytes) -> str:
    if head.startswith(b"version https://git-lfs"):
        return "not a recognised image but a git-lfs pointer; run `git lfs pull`"
    return "not a recognised image; convert it to PNG, JPEG, TIFF, WebP, AVIF, GIF, BMP, PPM or JPEG 2000"
