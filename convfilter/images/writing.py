"""From a Picture to a file's bytes: the one place where encoders may fail."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from convfilter.errors import ImageError
from convfilter.images.fitting import fit
from convfilter.images.formats import Format
from convfilter.images.picture import Picture
from convfilter.images.quiet import quiet
from convfilter.text import one_line


def encode(picture: Picture, format_: Format, file: BinaryIO, *, quality: int | None = None) -> tuple[str, ...]:
    """Write a picture to an open file, which stays open.

    Without quality, a JPEG from a JPEG keeps its tables, subsampling and progression (another gets
    quality 95 without subsampling), WebP is lossless where the source was (otherwise quality 90), JPEG
    2000 is lossless, and AVIF gets quality 90. GIF, PNG, TIFF, BMP and Netpbm have no quality.

    Args:
        picture: what to write; it is fitted to the format first.
        format_: from `formats.FORMATS`.
        file: empty, opened for writing and reading in binary mode.
        quality: 1 to 100.

    Returns:
        What could not be kept, beyond `picture.notes`.

    Raises:
        ImageError: the format cannot hold the picture at all, or its encoder fails.
        OSError: the file cannot be written.
    """
    writer = importlib.import_module(f"convfilter.images.{format_.writer}")
    target = _Target(file)
    try:
        with quiet():
            fitted = fit(picture, format_)
            notes = writer.write(fitted, target, quality)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError(f"does not fit into memory while it is written as {format_.name}") from None
    except Exception as error:  # encoders refuse with errors of every type there is
        if target.failure is not None:
            raise target.failure from None
        said = one_line(error)
        raise ImageError(f"cannot be written as {format_.name} ({said}); write it as PNG or TIFF") from error
    told = dict.fromkeys((*fitted.notes, *notes))
    return tuple(note for note in told if note not in picture.notes)


class _Target(io.RawIOBase):
    """An open file for an encoder; when the file itself fails, that is told from an encoder's errors by `failure`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def write(self, data: Any) -> int:
        with self._noting():
            return self._file.write(data)

    def readinto(self, buffer: Any) -> int:
        with self._noting():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        with self._noting():
            return self._file.seek(offset, whence)

    @contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:  # what was written before may fail only now
            self.failure = error
            raise

    def tell(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
