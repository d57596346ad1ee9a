"""What OpenCV computes (5.0)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from convfilter.kernel_makers import DEFAULT_SIGMA, gaussian_kernel, mean_kernel
from convfilter.kernels import Kernel
from convfilter.matching.passes import column_and_row, is_exact
from convfilter.names import Sums
from convfilter.operations import Convolve, Operations, Round

TABLE = {3: (64, 128), 5: (16, 64, 96), 7: (8, 28, 56, 72), 9: (4, 13, 30, 51, 60)}
"""OpenCV's Gaussians of a size without a sigma, in 256ths up to the middle (getGaussianKernel, smooth.dispatch.cpp)."""

DFT = {8: 130, 16: 50}
"""From so many weights on, `cv2.filter2D` multiplies spectra instead of summing (filter.dispatch.cpp)."""


def gaussian(size: int | None, sigma: float | None, depth: int) -> Operations:
    """`cv2.GaussianBlur`: whole weights that sum to 2**depth, both passes in whole numbers, one rounding at the end.

    From the ends to the middle, what rounding a weight leaves is added to the next (getGaussianKernelFixedPoint_ED).
    """
    gaussian_kernel(sigma, size)  # refuses what is out of range
    one = 1 << depth
    if size is None:
        sigma = sigma or DEFAULT_SIGMA
        size = round(sigma * (3 if depth == 8 else 4) * 2 + 1) | 1
    if sigma is None and size in TABLE:
        half = np.array(TABLE[size][:-1], np.float64) / 256
    else:
        scale = -0.125 / (0.15 * size + 0.35 if sigma is None else sigma) ** 2
        half = np.exp(np.arange(1 - size, 0, 2, dtype=np.float64) ** 2 * scale)
        half /= 2 * half.sum() + 1
    whole, left = [], 0.0
    for weight in half * one:
        whole.append(round(weight + left))
        left += weight - whole[-1]
    line = np.array([*whole, one - 2 * sum(whole), *whole[::-1]]) / one
    column, row = column_and_row(line, "OpenCV's Gaussian", "reflect", "pairs")
    return column, row, Round("half_up")


def mean(size: int, depth: int) -> Operations:
    """`cv2.blur`: the sum times a reciprocal, of 23 bits for up to 256 samples of 8 bits, else of float32."""
    area = mean_kernel(size).weights.size
    name = f"OpenCV's mean of {size} x {size}"
    if depth == 8 and 1 < area <= 256:
        reciprocal, left = divmod(1 << 23, area)
        half = area // 2
        if 2 * left < area:  # the reciprocal is rounded down, so the sum starts one higher (ColumnSum)
            half += 1
        else:
            reciprocal += 1
        # All sums are multiples of 2**-23; half a step more keeps the rounding of the bias itself off the levels.
        bias = (half * reciprocal + 0.5) / (1 << 23) / 255
        kernel = Kernel(np.full((size, size), reciprocal / (1 << 23)), name=name, bias=bias)
        return Convolve(kernel, border="reflect"), Round("down")
    share = Kernel(np.full((1, 1), 1 / area), name="a share of the sum")
    in_double = depth == 16 and area > 1 << 15
    whole = Kernel(np.ones((size, size)), name=name)
    return Convolve(whole, border="reflect"), Convolve(share, sums="any" if in_double else "single"), Round("half_even")


def slide(kernel: Kernel, depth: int) -> Operations:
    """`cv2.filter2D` with a flipped kernel and its anchor for `flip`: float32 weights, fused sums, half to even."""
    rounded = replace(kernel, weights=kernel.weights.astype(np.float32).astype(np.float64))
    spectral = rounded.weights.size >= DFT[depth]
    sums: Sums = "any" if spectral or is_exact(rounded, depth, 24) else "fused"
    return Convolve(rounded, border="reflect", sums=sums), Round("half_even")
