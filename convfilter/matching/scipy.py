"""What scipy.ndimage computes (1.17)."""

from __future__ import annotations

import numpy as np

from convfilter.errors import OptionError
from convfilter.kernel_makers import DEFAULT_SIGMA, gaussian_kernel, mean_kernel, sigma_of
from convfilter.kernels import Kernel
from convfilter.matching.passes import column_and_row, is_exact
from convfilter.names import Sums
from convfilter.operations import Convolve, Operations, Round


def gaussian(size: int | None, sigma: float | None, depth: int) -> Operations:
    """`scipy.ndimage.gaussian_filter`: down the columns, cut off to whole levels, along the rows, cut off again."""
    gaussian_kernel(sigma, size)  # refuses what is out of range
    if sigma is None:
        sigma = DEFAULT_SIGMA if size is None else sigma_of(size)
    radius = int(4 * sigma + 0.5) if size is None else size // 2
    line = np.exp(-0.5 / (sigma * sigma) * np.arange(-radius, radius + 1) ** 2)
    column, row = column_and_row(line / line.sum(), "scipy's Gaussian", "symmetric", "pairs")
    return column, Round("down"), row, Round("down")


def mean(size: int, depth: int) -> Operations:
    """`scipy.ndimage.uniform_filter`: as its Gaussian, with exact sums."""
    mean_kernel(size)  # refuses what is out of range
    column, row = column_and_row(np.full(size, 1 / size), "scipy's mean", "symmetric")
    return column, Round("down"), row, Round("down")


def slide(kernel: Kernel, depth: int) -> Operations:
    """`scipy.ndimage.correlate`, with `flip` its `convolve`: float64, row by row, cut off to whole levels."""
    if kernel.bias:
        raise OptionError(f"{kernel.name} has a bias, and scipy adds none; leave the bias or --match out")
    sums: Sums = "any" if is_exact(kernel, 16, 53) else "double"
    return Convolve(kernel, border="symmetric", sums=sums), Round("down")
