"""The MNIST data set: where its four files may lie, and the three sets of images that they hold."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from convfilter.errors import DataError
from convfilter.library import shipped
from convfilter.mnist.download import fetch
from convfilter.mnist.idx import FILES, File, read_samples

VALIDATION = 5_000
"""The first images of the training set, which training looks at only to tell how it is getting on."""

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]


@dataclass(frozen=True)
class Split:
    """Images (n, 28, 28), uint8, white on black, and the digit of each, (n,), uint8."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Mnist:
    """55,000 images to learn from, 5,000 to watch the learning by, 10,000 that are looked at once, at the end."""

    training: Split
    validation: Split
    test: Split


def cache_folder() -> Path:
    """Where downloaded files are kept; the variable CONVFILTER_CACHE names another folder."""
    return Path(os.environ.get("CONVFILTER_CACHE") or platformdirs.user_cache_dir("convfilter")) / "mnist"


def load_mnist(folder: Path | None = None) -> Mnist:
    """Read and check the data set.

    Args:
        folder: where its four files lie, packed with gzip or not. Without it they are looked for in the
            samples of a checkout, then in `cache_folder`, and fetched into that.

    Raises:
        DataError: a file is missing, cannot be read or fetched, or does not hold what MNIST's own holds.
    """
    images, labels, test_images, test_labels = _load(FILES, folder)
    return Mnist(
        Split(images[VALIDATION:], labels[VALIDATION:]),
        Split(images[:VALIDATION], labels[:VALIDATION]),
        Split(test_images, test_labels),
    )


def load_test(folder: Path | None = None) -> Split:
    """Read the test set alone; arguments and errors as for `load_mnist`."""
    return Split(*_load(FILES[2:], folder))


def fetch_missing(folder: Path) -> list[tuple[Path, bool]]:
    """Make a folder hold all of MNIST: what is missing is fetched, what is damaged set aside and fetched.

    Returns:
        The path of every file, and whether it was fetched.

    Raises:
        DataError: a file cannot be fetched or written.
    """
    return [_whole(folder, file)[:2] for file in FILES]


def usual_folder() -> Path:
    """Where the data is, when nobody says where: a checkout's samples if they are all there, else the cache.

    The checkout is that of the code, or where it was installed from one, the one that the command runs in.
    """
    checkouts = (shipped("mnist", "samples/mnist"), Path("samples/mnist"))
    whole = (samples for samples in checkouts if all(find_file(samples, file) for file in FILES))
    return next(whole, cache_folder())


def _load(files: tuple[File, ...], folder: Path | None) -> list[NDArray[np.uint8]]:
    if folder is None:
        folder = usual_folder()
        if folder == cache_folder():
            return [_whole(folder, file)[2] for file in files]
    for file in files:
        if find_file(folder, file) is None:
            raise DataError(
                f"{folder}: there is no {file.name}[.gz] in it; --data is the folder with MNIST's four files"
            )
    return [_read(folder, file)[1] for file in files]


def find_file(folder: Path, file: File) -> Path | None:
    """The path of one of the four files in a folder, under any of its names."""
    return next(_found(folder, file), None)


def _found(folder: Path, file: File) -> Iterator[Path]:
    return (folder / name for name in file.names if os.path.lexists(folder / name))


def _read(folder: Path, file: File) -> tuple[Path, NDArray[np.uint8]]:
    """A file of a folder: the first of its names under which it is whole; DataError of the first where none is."""
    failures = []
    for path in _found(folder, file):
        try:
            return path, read_samples(path, file)
        except DataError as error:
            failures.append(error)
    raise failures[0]


def _whole(folder: Path, file: File) -> tuple[Path, bool, NDArray[np.uint8]]:
    """A file of a folder, fetched if need be: its path, whether it was fetched, its samples."""
    found = find_file(folder, file)
    if found is not None:
        with contextlib.suppress(DataError):
            whole, samples = _read(folder, file)
            return whole, False, samples
    path = fetch(file, folder, damaged=found)
    return path, True, read_samples(path, file)
