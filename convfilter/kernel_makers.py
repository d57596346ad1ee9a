"""Kernels that are computed from a size: the mean and the Gaussian."""

from __future__ import annotations

import math

import numpy as np

from convfilter.errors import KernelError
from convfilter.kernels import MAX_SIZE, Kernel

DEFAULT_SIGMA = 2.0

LEAST_SIGMA = 1e-6
"""Smaller ones give the same Gaussian, a single pixel; the squares of the smallest would be 0."""


def mean_kernel(size: int = 3) -> Kernel:
    """The mean of ``size`` x ``size`` pixels (a box filter).

    Args:
        size: pixels on a side, at least 1. Even sizes reach one pixel further up and left.

    Raises:
        KernelError: a size out of range.
    """
    _check_size(size)
    return Kernel(np.full((size, size), 1 / size**2), name="mean")


def gaussian_kernel(sigma: float | None = None, size: int | None = None) -> Kernel:
    """A sampled Gaussian that sums to 1.

    Args:
        sigma: standard deviation in pixels. Without it: from the size, by OpenCV's
            ``0.3 * ((size - 1) * 0.5 - 1) + 0.8`` (getGaussianKernel); without either, 2.
        size: pixels on a side, odd. Without it: ``2 * floor(4 * sigma + 0.5) + 1``, the rule of
            `scipy.ndimage.gaussian_filter`.

    Raises:
        KernelError: sigma is not a positive number, or the size is even or out of range.
    """
    if size is not None:
        _check_size(size)
        if size % 2 == 0:
            raise KernelError(f"the size of a Gaussian is odd, not {size}; take {size + 1}")
    if sigma is None:
        sigma = DEFAULT_SIGMA if size is None else sigma_of(size)
    if not (math.isfinite(sigma) and sigma > 0):
        raise KernelError(f"sigma is a number of pixels above 0, not {sigma:g}")
    largest = (MAX_SIZE // 2 - 0.5) / 4
    if size is None and sigma > largest:
        raise KernelError(f"sigma is at most {largest:g} pixels, not {sigma:g}; make the picture smaller first")
    size = size or 2 * math.floor(4 * sigma + 0.5) + 1
    offsets = np.arange(size) - size // 2
    profile = np.exp(-0.5 * (offsets / max(sigma, LEAST_SIGMA)) ** 2)
    profile /= profile.sum()
    return Kernel(np.outer(profile, profile), name=f"gaussian, sigma {sigma:g}")


def sigma_of(size: int) -> float:
    """The sigma of a Gaussian of a size, by OpenCV's getGaussianKernel."""
    return 0.3 * ((size - 1) * 0.5 - 1) + 0.8


def _check_size(size: int) -> None:
    """Refuse a side that no kernel can have.

    Raises:
        KernelError: below 1 or above `MAX_SIZE`.
    """
    if not 1 <= size <= MAX_SIZE:
        raise KernelError(f"the size of a kernel is a whole number from 1 to {MAX_SIZE}, not {size}")
