"""Pictures behind URLs, such as s3://bucket/a.jpg, through fsspec: found, read, and written as whole objects.

A `Location` is a path of this machine, or a `upath.UPath`, which has the same names and parents. All that asks the
system about one goes through here.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, BinaryIO, TypeAlias

from convfilter.errors import ImageError, OptionError
from convfilter.images.sources import open_regular
from convfilter.text import one_line

Location: TypeAlias = Path
"""A `upath.UPath` is one as well, to whoever asks its name, suffix or parent."""

_URL = re.compile(r"[a-z][a-z0-9+.:-]+://", re.IGNORECASE)


def is_url(name: str) -> bool:
    """Whether a name on the command line is a URL."""
    return _URL.match(name) is not None


def is_remote(path: Location) -> bool:
    """Whether a path lies elsewhere."""
    return not isinstance(path, Path)


def locate(name: str) -> Location:
    """The location that a name stands for.

    Raises:
        OptionError: it is a URL of a kind that nothing here can reach.
    """
    if not is_url(name):
        return Path(name)
    if name.lower().startswith(("file:", "local:")) or "::" in name:
        raise OptionError(f"{name}: give the path itself, without file:// and the like")
    upath = _upath(name)
    try:
        location: Location = upath.UPath(name)
        _ = location.fs  # type: ignore[attr-defined]  # made now, so that what is missing is told now
    except (ImportError, ValueError) as error:
        raise OptionError(f"{name}: cannot be reached ({one_line(error, 160)})") from None
    return location


def exists(path: Location) -> bool:
    """Whether there is anything under a name, be it a link without a target.

    Raises:
        ImageError: the other side does not answer.
    """
    if not is_remote(path):
        return os.path.lexists(path)
    with _told("cannot be looked for"):
        return path.exists()


def identity_of(path: Location) -> object:
    """What is the same for every name of a file: its device and inode; for a new one its real path, or its URL."""
    if is_remote(path):
        fs: Any = path.fs  # type: ignore[attr-defined]
        name = fs._strip_protocol(str(path))  # s3:// and s3a:// are one
        return type(fs).__name__, re.sub("/+", "/", name)
    real = str(path)
    try:
        real = os.path.realpath(path)
        status = os.stat(real)  # noqa: PTH116, the path may have no end
    except (OSError, ValueError):
        return real
    return status.st_dev, status.st_ino


@contextmanager
def open_picture(path: Location, *, folders: bool = True) -> Iterator[BinaryIO]:
    """Open a picture for reading.

    Args:
        path: where it is.
        folders: whether a folder of pictures could have been named.

    Raises:
        ImageError: it is not there, cannot be read, or is no regular file.
    """
    if not is_remote(path):
        with open_regular(path, folders=folders) as file:
            yield file
        return
    with _told("cannot be read"):
        data = path.read_bytes()
    yield io.BytesIO(data)


def write_object(path: Location, data: bytes) -> None:
    """Put all of an object in its place at once; ImageError where the other side does not take it."""
    with _told("cannot be written"):
        path.fs.pipe_file(path.path, data)  # type: ignore[attr-defined]


def found_in(url: str, *, recursive: bool, pattern: bool) -> Iterator[tuple[Location, PurePath]]:
    """The objects below a URL, or that match one with wildcards: each with the folders above it.

    Raises:
        OptionError: the other side does not answer, or cannot be reached.
    """
    root = locate(url)
    fs: Any = root.fs  # type: ignore[attr-defined]
    base: str = root.path.rstrip("/")  # type: ignore[attr-defined]
    try:
        if pattern:
            fixed = re.split(r"[*?\[]", base)[0].rpartition("/")[0]
            names = [name for name in fs.glob(base) if fs.isfile(name)]
        elif fs.isdir(base):
            fixed, names = base, fs.find(base, maxdepth=None if recursive else 1)
        else:
            return
    except Exception as error:  # every backend has errors of its own
        raise OptionError(f"{url}: cannot be looked into ({one_line(error, 160)})") from None
    for name in sorted(names):
        below = PurePath(name).relative_to(fixed).parent
        yield locate(fs.unstrip_protocol(name)), below


def _upath(name: str) -> Any:
    try:
        import upath
    except ImportError:
        raise OptionError(f"{name}: URLs need more packages; in the clone, pip install '.[remote]'") from None
    return upath


@contextmanager
def _told(what: str) -> Iterator[None]:
    """For a block that talks to the other side: its errors become ImageErrors."""
    try:
        yield
    except FileNotFoundError:
        raise ImageError(f"{what}: there is no such object, folder or bucket; check the name") from None
    except Exception as error:  # every backend has errors of its own
        raise ImageError(f"{what}: {one_line(error, 160) or type(error).__name__}") from None
