"""Kernel files: the YAML of a kernel becomes a Kernel, and every mistake in it a line number and a remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from convfilter.errors import KernelError
from convfilter.file_mistakes import checked
from convfilter.kernel_schema import KernelFile
from convfilter.kernels import Kernel
from convfilter.text import printable


def read_kernel_file(path: Path) -> Kernel:
    """Read a kernel file.

    Raises:
        KernelError: the file cannot be read or is not a kernel; the message names file, line and cell.
    """
    _, file = checked(path, KernelFile, KernelError)
    try:
        return kernel_of(file, path.stem)
    except KernelError as error:
        raise KernelError(f"{path}: {error}") from None


def kernel_of(file: KernelFile, name: str) -> Kernel:
    """The kernel that a file describes.

    Raises:
        KernelError: the weights are sound one by one, but not together.
    """
    filters: tuple[str, ...] = ()
    if isinstance(file.weights, dict):
        filters = tuple(map(printable, file.weights))
        weights = np.stack([np.array(rows) for rows in file.weights.values()], axis=-1)
    else:
        weights = np.array(file.weights)
    kernel = Kernel(
        weights * file.scale,
        name=printable(name),
        combine=file.combine,
        bias=file.bias,
        flip=file.flip,
        filters=filters,
        description=file.description,
        source=file.source,
    )
    return kernel.normalized() if file.normalize else kernel
