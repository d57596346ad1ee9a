"""Opens what holds a picture, and refuses at once whatever cannot: folders, pipes, devices, nothing."""

from __future__ import annotations

import errno
import io
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from convfilter.errors import ImageError
from convfilter.images.formats import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 4 * 2**30
"""The largest file or stream that is read; all of it is held in memory while it is decoded."""

# O_NONBLOCK: opening a pipe that nobody writes to must not wait. The others do not exist everywhere.
_FLAGS = os.O_RDONLY
for _name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)

_REASONS = {
    errno.EACCES: "permission denied; give yourself the right to read it",
    errno.EPERM: "permission denied; give yourself the right to read it",
    errno.ELOOP: "is a loop of symbolic links; name the picture itself",
    errno.ENAMETOOLONG: "the name is too long; rename the file or its folders",
    errno.ENOTDIR: "no such file: a part of its path is not a folder",
    errno.ENXIO: "not a regular file; name a picture file",
    errno.EISDIR: "is a directory; name the pictures in it",
}


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Opens a regular file for reading, without ever waiting for a pipe or a device.

    Raises:
        ImageError: it is missing, a dangling or looping link, unreadable, a directory, empty, or not a
            regular file.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise ImageError(_reason(path, error)) from None
    try:
        _require_regular(os.fstat(descriptor))
    except ImageError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        yield file


def _require_regular(found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ImageError(_REASONS[errno.EISDIR])
    if not stat.S_ISREG(found.st_mode):
        raise ImageError(_REASONS[errno.ENXIO])
    if found.st_size == 0:
        raise ImageError("empty file; get a whole copy of it")


def _reason(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):  # a NUL byte or a lone surrogate in the name
        return "no such file: the name is not one a file can have"
    if error.errno == errno.ENOENT:
        if path.is_symlink():
            return "is a symbolic link whose target is missing; repair the link or name the picture itself"
        return "no such file; check the name"
    return _REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror}")


def read_head(file: BinaryIO) -> bytes:
    """The first bytes of a file, enough to tell its format; ImageError if the system cannot read it."""
    try:
        return file.read(HEAD)
    except OSError as error:
        raise ImageError(f"cannot be read: {error.strerror}") from None


def read_all(file: BinaryIO, limit: int = MAX_BYTES) -> bytes:
    """All that is left in a file or stream.

    Decoders get these bytes, not the file: a file that shrinks meanwhile can then not pull a memory map
    from under them (SIGBUS), and their seeking costs nothing.

    Raises:
        ImageError: it holds more than limit bytes, or the system cannot read it.
    """
    try:
        data = file.read(limit + 1)
    except OSError as error:
        raise ImageError(f"cannot be read: {error.strerror}") from None
    except MemoryError:
        raise ImageError("is too large for the memory of this computer") from None
    if len(data) > limit:
        raise ImageError(f"holds more than {limit >> 20} MiB; split or shrink the picture first")
    return data


def read_stream(stream: BinaryIO, limit: int = 2**30) -> io.BytesIO:
    """Standard input, read to its end, as a seekable file.

    Args:
        stream: `sys.stdin.buffer`, a pipe or another stream.
        limit: the most bytes taken, 1 GiB unless told.

    Raises:
        ImageError: the stream is empty, longer than limit, or cannot be read.
    """
    data = read_all(stream, limit)
    if not data:
        raise ImageError("is empty; pipe a picture into it")
    return io.BytesIO(data)
