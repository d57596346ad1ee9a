"""What the chains of all tools are made of: a column and a row, and when the order of sums does not matter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel
from convfilter.names import Sums, WindowBorder
from convfilter.operations import Convolve


def column_and_row(
    line: NDArray[np.float64], name: str, border: WindowBorder, sums: Sums = "any"
) -> tuple[Convolve, Convolve]:
    """The same weights down the columns, and along the rows; in ``pairs`` also where any order would do, for speed."""
    column, row = (Kernel(weights, name=name) for weights in (line[:, np.newaxis], line[np.newaxis]))
    return Convolve(column, border=border, sums=sums), Convolve(row, border=border, sums=sums)


def is_exact(kernel: Kernel, depth: int, digits: int) -> bool:
    """Whether every sum of products has so few binary digits that order and precision change nothing."""
    steps = np.append(kernel.weights.ravel(), kernel.bias * ((1 << depth) - 1)) * 65536
    if (steps % 1).any():
        return False
    common = np.gcd.reduce(np.append(np.abs(steps), 65536).astype(np.int64))
    return bool(np.abs(steps[:-1]).sum() * (1 << depth) + abs(steps[-1]) < common * 2.0**digits)
