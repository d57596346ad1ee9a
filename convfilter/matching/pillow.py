"""What Pillow computes (13.0)."""

from __future__ import annotations

import math

import numpy as np

from convfilter.errors import OptionError
from convfilter.kernel_makers import DEFAULT_SIGMA, gaussian_kernel, mean_kernel
from convfilter.kernels import Kernel
from convfilter.matching.passes import column_and_row
from convfilter.operations import Convolve, Operations, Round


def gaussian(size: int | None, sigma: float | None, depth: int) -> Operations:
    """`PIL.ImageFilter.GaussianBlur`: three boxes of a fractional radius along the rows, three down the columns.

    Their radius follows Gwosdek and others, "Theoretical Foundations of Gaussian Convolution by Extended Box
    Filtering" (SSVM 2011), in float32 (BoxBlur.c).
    """
    if size is not None:
        raise OptionError("Pillow's Gaussian has a radius alone, which is sigma; leave --size or --match pillow out")
    gaussian_kernel(sigma)  # refuses what is out of range
    one, two, three = np.float32(1), np.float32(2), np.float32(3)
    deviation = np.float32(DEFAULT_SIGMA if sigma is None else sigma)
    variance = deviation * deviation / three
    length = np.float32(math.sqrt(12 * float(variance) + 1))
    whole = np.float32(math.floor((float(length) - 1) / 2))
    part = (two * whole + one) * (whole * (whole + one) - three * variance)
    part /= np.float32(6) * (variance - (whole + one) * (whole + one))
    row, column = _boxes(whole + part)
    return row * 3 + column * 3


def mean(size: int, depth: int) -> Operations:
    """`PIL.ImageFilter.BoxBlur` with a radius of half the size."""
    mean_kernel(size)  # refuses what is out of range
    if size % 2 == 0:
        raise OptionError(f"Pillow's mean has odd sizes alone, not {size}; take {size + 1}")
    row, column = _boxes(np.float32(size // 2))
    return row + column


def _boxes(radius: np.float32) -> tuple[Operations, Operations]:
    """A box along the rows, and one down the columns, in weights of 2**24, each rounded half up (BoxBlur.c)."""
    reach = int(radius)
    inner = int(np.float32(1 << 24) / (radius * np.float32(2) + np.float32(1)))
    outer = ((1 << 24) - (2 * reach + 1) * inner) // 2
    line = np.array([outer, *[inner] * (2 * reach + 1), outer]) / (1 << 24)
    column, row = column_and_row(line, "Pillow's box", "edge", "pairs")
    return (row, Round("half_up")), (column, Round("half_up"))


def slide(kernel: Kernel, depth: int) -> Operations:
    """`PIL.ImageFilter.Kernel` with scale 1: rows from below, float32, and a rim that stays as it is (Filter.c)."""
    if kernel.size not in ((3, 3), (5, 5)):
        height, width = kernel.size
        raise OptionError(
            f"Pillow slides 3 x 3 and 5 x 5 alone, and {kernel.name} is {height} x {width}; write zeros around it"
        )
    # Pillow adds the half that rounds before it adds anything else; then it cuts off.
    upside_down = Kernel(kernel.correlation_weights[::-1, :, 0], name=kernel.name, bias=kernel.bias + 0.5 / 255)
    return Convolve(upside_down, border="keep", sums="single"), Round("down")
