"""Open what holds a picture, and refuse at once whatever cannot: folders, pipes, devices."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from convfilter.errors import ImageError

MAX_BYTES = 4 * 2**30
"""The largest file or stream that is read; all of it is held in memory while it is decoded."""

PIECE = 2**24
"""Bytes of a stream that are read at once; the memory for them is taken before they come."""

_FLAGS = os.O_RDONLY
"""With O_NONBLOCK, as opening a pipe that nobody writes to must not wait. These do not exist everywhere."""
for _name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)

_REASONS = {
    errno.EACCES: "permission denied; give yourself the right to read it",
    errno.EPERM: "permission denied; give yourself the right to read it",
    errno.ELOOP: "is a loop of symbolic links; name the file itself",
    errno.ENAMETOOLONG: "the name is too long; rename the file or its folders",
    errno.ENOTDIR: "no such file: a part of its path is not a folder",
    errno.ENXIO: "not a regular file; name a file of your own",
    errno.EISDIR: "is a directory, not a picture; name pictures, or a folder that holds some",
}

DIRECTORY = "is a directory, not a file; name one file"
"""What to say of a folder where folders are not taken."""


@contextmanager
def open_regular(path: Path, *, folders: bool = True) -> Iterator[BinaryIO]:
    """Open a regular file for reading, without ever waiting for a pipe or a device.

    Args:
        path: the file.
        folders: whether a folder of pictures could have been named.

    Raises:
        ImageError: it is missing, a dangling or looping link, unreadable, a directory, or not a regular
            file.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise ImageError(_reason(path, error)) from None
    try:
        _require_regular(os.fstat(descriptor), folders)
    except ImageError:
        os.close(descriptor)
        raise
    with os.fdopen(descriptor, "rb") as file:
        yield file


def _require_regular(found: os.stat_result, folders: bool) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise ImageError(_REASONS[errno.EISDIR] if folders else DIRECTORY)
    if not stat.S_ISREG(found.st_mode):
        raise ImageError(_REASONS[errno.ENXIO])


def _reason(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, ValueError):  # a NUL byte or a lone surrogate in the name
        return "no such file: the name is not one a file can have"
    if error.errno == errno.ENOENT:
        if path.is_symlink():
            return "is a symbolic link whose target is missing; repair the link or name the file itself"
        return "no such file; check the name"
    return _REASONS.get(error.errno or 0, f"cannot be opened: {error.strerror}")


def read_up_to(file: BinaryIO, most: int) -> bytes:
    """So many bytes of a file or stream, or all that it has left; ImageError if the system cannot read it."""
    try:
        return file.read(most) or b""  # None: the kernel's own files may have nothing yet
    except OSError as error:
        raise ImageError(f"cannot be read: {error.strerror}") from None
    except MemoryError:
        raise ImageError("is too large for the memory of this computer") from None


def read_all(file: BinaryIO, limit: int = MAX_BYTES) -> bytes:
    """All that is left in a file or stream.

    Decoders get these bytes, not the file: a file that shrinks meanwhile can then not pull a memory map
    from under them (SIGBUS), and their seeking costs nothing.

    Raises:
        ImageError: it holds more than limit bytes, or the system cannot read it.
    """
    pieces, left = [], limit + 1
    while left > 0 and (piece := read_up_to(file, min(left, max(_known_size(file) + 1, PIECE)))):
        pieces.append(piece)
        left -= len(piece)
    if left == 0:
        raise ImageError(f"holds more than {limit >> 20} MiB; split or shrink the picture first")
    return b"".join(pieces)  # one piece is not copied


def _known_size(file: BinaryIO) -> int:
    """The bytes that are left in a regular file, so that they are read in one piece; 0 for others."""
    try:
        return os.fstat(file.fileno()).st_size - file.tell()
    except OSError:  # it is no file, or cannot say where it is
        return 0
