"""What ImageMagick computes (6.9, Q16 without HDRI)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from convfilter.errors import OptionError
from convfilter.kernel_makers import DEFAULT_SIGMA, gaussian_kernel, mean_kernel
from convfilter.kernels import Kernel
from convfilter.matching.passes import column_and_row, is_exact
from convfilter.names import Sums
from convfilter.operations import Convolve, Operations, Round

QUANTUM = 65535
"""White inside ImageMagick Q16, whatever the depth of the picture."""


def gaussian(size: int | None, sigma: float | None, depth: int) -> Operations:
    """``-blur 0xSIGMA``, or with a size ``-blur RADIUSxSIGMA``, where sigma is 1 unless given: along the rows first.

    The Gaussian is sampled at thirds of pixels (AcquireKernelBuiltIn), as wide as its outermost weight is at least
    one level (GetOptimalKernelWidth1D).
    """
    gaussian_kernel(sigma, size)  # refuses what is out of range
    if size == 1:
        raise OptionError("ImageMagick takes radius 0 for a width of its own choice; give a size of 3 or more")
    if sigma is None:
        sigma = DEFAULT_SIGMA if size is None else 1.0
    width = size or _width(sigma)
    reach = (3 * width - 1) // 2
    fine = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * (3 * sigma) ** 2))
    line = fine.reshape(width, 3).sum(axis=1)
    column, row = column_and_row(line / line.sum(), "ImageMagick's Gaussian", "edge", "pairs")
    return row, Round("half_up", QUANTUM), column, Round("half_up", QUANTUM)


def _width(sigma: float) -> int:
    """The greatest odd width from 3 on whose outermost sample is at least a level of all samples together."""
    width, total = 3, 1 + 2 * math.exp(-1 / (2 * sigma**2))
    while True:
        outermost = math.exp(-(((width + 1) // 2) ** 2) / (2 * sigma**2))
        total += 2 * outermost
        if outermost / total < 1 / QUANTUM:
            return width
        width += 2


def mean(size: int, depth: int) -> Operations:
    """``-statistic Mean SIZExSIZE``: cut off to whole levels of 16 bits."""
    mean_kernel(size)  # refuses what is out of range
    column, row = column_and_row(np.ones(size), "ImageMagick's sum", "edge")
    # Divided twice, as a mean that is a whole number then comes out whole at every size.
    row = replace(row, kernel=Kernel(row.kernel.weights / size, name="ImageMagick's mean"))
    share = Kernel(np.full((1, 1), 1 / size), name="a share of the sum")
    return column, row, Convolve(share), Round("down", QUANTUM)


def slide(kernel: Kernel, depth: int) -> Operations:
    """``-bias BIAS% -morphology Convolve``: the kernel turned, its origin at ``size // 2`` after that.

    The bias is a share of 65,536. Numbers of 8 bits are put on a scale that is ImageMagick's but for a power of two, as
    sums then end on the same side of a half.
    """
    weights = kernel.correlation_weights[::-1, ::-1, 0]
    if depth == 16:
        turned = Kernel(weights, name=kernel.name, bias=kernel.bias * 65536 / QUANTUM)
        sums: Sums = "any" if is_exact(turned, depth, 53) else "double"
        return Convolve(turned, border="edge", sums=sums), Round("half_up", QUANTUM)
    turned = Kernel(weights, name=kernel.name, bias=kernel.bias * 128 / 255)
    return (
        Convolve(Kernel(np.full((1, 1), 257 / 512), name="half of ImageMagick's levels")),
        Convolve(turned, border="edge", sums="any" if is_exact(turned, 16, 43) else "double"),
        Round("half_up", 255 * 512),
        Convolve(Kernel(np.full((1, 1), 512 / 257), name="the levels of 8 bits")),
    )


def to_depth(depth: int, png: bool) -> Operations:
    """What ImageMagick does to write its 16 bits as a picture of a depth."""
    return (Round("down" if png else "half_up"),) if depth == 8 else ()
