"""Where the pixels beyond the edge of a picture come from, as indices along one axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.names import Border
from convfilter.operations import Window

OUTSIDE = -1
"""Stands for a pixel of value zero."""


def source_indices(window: Window, size: int, start: int, stop: int) -> NDArray[np.int64]:
    """The input pixels under the windows of the output pixels start to stop, in order.

    Args:
        window: how an output pixel looks at the input.
        size: length of the input axis, at least 1.
        start: first output pixel.
        stop: one past the last.

    Returns:
        Indices in [0, size), or `OUTSIDE`, of the whole stretch from the first pixel under the first
        window to the last one under the last.
    """
    first = start * window.stride
    last = (stop - 1) * window.stride + window.before + window.after
    if window.border != "valid":
        first, last = first - window.before, last - window.before
    return border_index(np.arange(first, last + 1), size, window.border)


def border_index(index: NDArray[np.int64], size: int, border: Border) -> NDArray[Any]:
    """Map positions on an endless axis to pixels in [0, size), by the borders that `numpy.pad` names.

    Works however far outside a position lies.
    """
    match border:
        case "edge":
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
            return np.where((index < 0) | (index >= size), OUTSIDE, index)
