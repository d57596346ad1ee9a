"""Convolution that adds its products in the order and the precision of another tool, to the last bit.

`tf.nn.conv2d` promises no order. Where a tool cuts numbers off or meets ties, the last bit decides between two
levels: `scipy.ndimage.gaussian_filter` turns some even areas darker by one level, and which ones depends on it.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import numpy as np

from convfilter.engine.levels import Levels
from convfilter.operations import Convolve
from convfilter.runtime import tf_operations


def in_order(part: Any, operation: Convolve, levels: Levels) -> Any:
    """Filter every channel of a part that already holds its halo, alpha as any other.

    ``double``: float64, row by row, as `scipy.ndimage.correlate` and ImageMagick do, the bias first.
    ``pairs``: float64, a symmetric row or column; its middle first, then the sums of the two outermost pixels and
    so on inwards, as `scipy.ndimage.correlate1d` does.
    ``single``: float32, each row of the kernel by itself, then these on top of the bias, the last row first, as
    Pillow does.
    ``fused``: float32, row by row on top of the bias, product and sum rounded together, as OpenCV does.

    Args:
        part: (rows + halo, columns + halo, channels, lanes), float64.
        operation: the convolution, of a single kernel; its border has been applied.
        levels: what the numbers mean.

    Returns:
        (rows, columns, channels, lanes), float64.
    """
    tf = tf_operations()
    weights = operation.kernel.correlation_weights[:, :, 0]
    height, width = weights.shape

    def under(row: int, column: int) -> Any:
        return pixels_under(part, operation, row * operation.dilation, column * operation.dilation)

    def single(number: Any) -> Any:
        return tf.cast(number, "float32")

    def double(number: Any) -> Any:
        return tf.cast(number, "float64")

    bias = operation.kernel.bias * levels.white
    match operation.sums:
        case "pairs":
            line, middle = weights.ravel(), weights.size // 2
            places = [(0, index) if height == 1 else (index, 0) for index in range(weights.size)]
            total = under(*places[middle]) * line[middle]
            for index in range(middle):
                total = total + (under(*places[index]) + under(*places[-1 - index])) * line[index]
            return total + bias if bias else total
        case "single":
            total = np.float32(bias)
            for row in reversed(range(height)):
                products = [single(under(row, column)) * np.float32(weights[row, column]) for column in range(width)]
                total = reduce(add, products) + total
            return double(total)
        case _:
            fused = operation.sums == "fused"
            total = under(0, 0) * 0.0 + (float(np.float32(bias)) if fused else bias)
            for (row, column), weight in np.ndenumerate(weights):
                if abs(weight) > (0 if fused else np.finfo(float).eps):  # scipy and ImageMagick leave such weights out
                    total = under(row, column) * float(weight) + total
                    total = double(single(total)) if fused else total
            return total


def pixels_under(part: Any, operation: Convolve, top: int, left: int) -> Any:
    """The pixels of a part, with its halo, so far below and right of the first one under each kernel."""
    rows, columns = (
        slice(first, first - window.before - window.after or None, window.stride)
        for first, window in zip((top, left), operation.windows, strict=True)
    )
    return part[rows, columns]
