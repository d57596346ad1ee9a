"""The four files of MNIST: their names, and whether a file is one of them, to the last byte."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from convfilter.errors import DataError, ImageError
from convfilter.images.sources import open_regular


@dataclass(frozen=True)
class File:
    """One of the four files.

    Attributes:
        name: as published, without ``.gz``.
        size: bytes when unpacked.
        sha256: of the unpacked bytes.
        header: bytes before the samples: a magic number, and a count for every axis.
        shape: what one sample is.
    """

    name: str
    size: int
    sha256: str
    header: int
    shape: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names it may have in a folder, the more usual first."""
        dotted = self.name.replace("-idx", ".idx")
        return f"{self.name}.gz", self.name, f"{dotted}.gz", dotted


_IMAGES = (28, 28)
FILES = (
    File(
        "train-images-idx3-ubyte",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        16,
        _IMAGES,
    ),
    File("train-labels-idx1-ubyte", 60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 8, ()),
    File(
        "t10k-images-idx3-ubyte",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        16,
        _IMAGES,
    ),
    File("t10k-labels-idx1-ubyte", 10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 8, ()),
)


def read_samples(path: Path, file: File) -> NDArray[np.uint8]:
    """The samples of a file, (n, 28, 28) or (n,).

    Raises:
        DataError: it cannot be read, or is something else; the message begins with the path.
    """
    try:
        with open_regular(path, folders=False) as stream:
            return samples(stream, file)
    except (ImageError, DataError) as error:
        advice = f"`convfilter mnist data --data {path.parent}` gets a whole copy"
        raise DataError(f"{path}: {error}; {advice}") from None


def samples(stream: BinaryIO, file: File) -> NDArray[np.uint8]:
    """The samples in a stream that can seek, packed with gzip or not.

    Never more bytes are unpacked than MNIST has, however many there are.

    Raises:
        DataError: it cannot be read, or is something else.
    """
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    try:
        data = (gzip.GzipFile(fileobj=stream) if packed else stream).read(file.size + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"damaged or truncated gzip ({error})") from None
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}") from None
    if len(data) != file.size:
        found = f"more than {file.size:,}" if len(data) > file.size else f"{len(data):,}"
        raise DataError(f"holds {found} bytes, not the {file.size:,} of {file.name}")
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != file.sha256:
        raise DataError(f"is not {file.name}: its SHA-256 is {sha256[:12]}..., not {file.sha256[:12]}...")
    return np.frombuffer(data, np.uint8, offset=file.header).reshape(-1, *file.shape)
