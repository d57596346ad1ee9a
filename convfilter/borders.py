"""Where the pixels beyond the edge of a picture come from, as indices along one axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.names import WindowBorder
from convfilter.windows import Window

OUTSIDE = -2
"""Stands for a pixel of value zero; not -1, which would seem to go on with 0."""


def source_indices(window: Window, size: int, first: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The input pixels under the windows of output pixels that follow one another, in order.

    Args:
        window: how an output pixel looks at the input.
        size: length of the input axis, at least 1.
        first: (..., 1): the first output pixel, of any number of runs.
        count: how many output pixels a run has.

    Returns:
        (..., n): indices in [0, size), or `OUTSIDE`, of the whole stretch from the first pixel under the first
        window to the last one under the last.
    """
    start, stop = window.source(0, count - 1, size)
    return border_index(first * window.stride + np.arange(start, stop + 1), size, window.border)


def is_beyond(index: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """Which positions on an endless axis lie beyond the pixels [0, size)."""
    return (index < 0) | (index >= size)


def border_index(index: NDArray[np.int64], size: int, border: WindowBorder) -> NDArray[Any]:
    """Map positions on an endless axis to pixels in [0, size), by the borders that `numpy.pad` names.

    Works however far outside a position lies.
    """
    match border:
        case "edge" | "keep":
            return index.clip(0, size - 1)
        case "wrap":
            return index % size
        case "symmetric":
            folded = index % (2 * size)
            return np.where(folded < size, folded, 2 * size - 1 - folded)
        case "reflect":
            period = max(2 * size - 2, 1)
            folded = index % period
            return np.where(folded < size, folded, period - folded)
        case "zero" | "valid":
            return np.where(is_beyond(index, size), OUTSIDE, index)
