"""Both ends of a picture's trip: what is read from, and what is written to, wherever that is."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from convfilter import atomic
from convfilter.errors import ImageError
from convfilter.images.picture import Picture
from convfilter.images.reading import read
from convfilter.inputs import STREAM
from convfilter.remote import Location, is_remote, open_picture, write_object


def read_source(source: Location, max_pixels: int, *, folders: bool = True) -> Picture:
    """Read a picture from wherever it is: a file, an object, or standard input for `STREAM`.

    Args:
        source: where it is.
        max_pixels: refuse more, before decoding them.
        folders: whether a folder of pictures could have been named.

    Raises:
        ImageError: as for `read` and `open_picture`.
    """
    if source != STREAM:
        with open_picture(source, folders=folders) as file:
            return read(file, max_pixels=max_pixels)
    if sys.stdin is None:
        raise ImageError("standard input is closed; name a file instead of -")
    return read(sys.stdin.buffer, max_pixels=max_pixels)


@contextmanager
def output_to(target: Path, overwrite: bool) -> Iterator[BinaryIO]:
    """A file to encode into, or standard output, which gets the picture in one piece."""
    where = "standard output" if target == STREAM else target
    with atomic.told_as(ImageError, where):
        if is_remote(target):
            content = io.BytesIO()
            yield content
            write_object(target, content.getvalue())
            return
        if target != STREAM:
            with atomic.output_file(target, overwrite=overwrite) as file:
                yield file
            return
        if sys.stdout is None:
            raise ImageError("standard output is closed; name a file with --output")
        whole = io.BytesIO()
        yield whole
        sys.stdout.buffer.write(whole.getbuffer())
        sys.stdout.buffer.flush()


@contextmanager
def naming(source: Path) -> Iterator[None]:
    """For a block that works on one picture: what fails in it is an ImageError that begins with the path."""
    try:
        yield
    except ImageError as error:
        raise ImageError(f"{source}: {error}") from None
    except MemoryError:
        raise ImageError(f"{source}: does not fit into memory; make it smaller first") from None
