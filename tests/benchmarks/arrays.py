"""Filters on arrays beside OpenCV, scipy and Pillow."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from timing import Case

from convfilter import Convolve, Kernel, apply, gaussian_kernel

Pixels = NDArray[np.uint8]


def cases(megapixels: float) -> Iterator[Case]:
    """An RGB picture of uint8 in memory, and out again."""
    random = np.random.default_rng(0)
    height = max(64, round((megapixels * 1e6 * 3 / 4) ** 0.5))
    pixels = random.integers(0, 256, (height, height * 4 // 3, 3), np.uint8)
    for size, aim in ((3, 2.0), (5, 2.0), (9, 1.0), (15, 1.0), (31, 1.0)):
        weights = random.random((size, size))
        kernel = Kernel(weights / weights.sum())
        yield Case(
            f"array, random {size} x {size}",
            "cv2.filter2D",
            _ours(pixels, kernel),
            _opencv_filter(pixels, kernel.weights),
            aim,
        )
    for sigma in (1, 3, 10):
        ours = _ours(pixels, gaussian_kernel(sigma))
        what = f"array, Gaussian sigma {sigma}"
        yield Case(what, "cv2.GaussianBlur", ours, _opencv_blur(pixels, sigma), 3.0)
        yield Case(what, "scipy gaussian_filter", ours, _scipy_blur(pixels, sigma), 0.2)
        yield Case(what, "Pillow GaussianBlur", ours, _pillow_blur(pixels, sigma), 0.5)


def _ours(pixels: Pixels, kernel: Kernel) -> Callable[[], object]:
    return lambda: apply(pixels, Convolve(kernel))


def _opencv_filter(pixels: Pixels, weights: NDArray[np.float64]) -> Callable[[], object] | None:
    if importlib.util.find_spec("cv2") is None:
        return None
    import cv2

    narrow = weights.astype(np.float32)
    return lambda: cv2.filter2D(pixels, -1, narrow, borderType=cv2.BORDER_REFLECT_101)


def _opencv_blur(pixels: Pixels, sigma: float) -> Callable[[], object] | None:
    if importlib.util.find_spec("cv2") is None:
        return None
    import cv2

    return lambda: cv2.GaussianBlur(pixels, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)


def _scipy_blur(pixels: Pixels, sigma: float) -> Callable[[], object]:
    import scipy.ndimage

    return lambda: scipy.ndimage.gaussian_filter(pixels, (sigma, sigma, 0), mode="mirror")


def _pillow_blur(pixels: Pixels, sigma: float) -> Callable[[], object]:
    from PIL import Image, ImageFilter

    image = Image.fromarray(pixels)
    return lambda: image.filter(ImageFilter.GaussianBlur(sigma))
