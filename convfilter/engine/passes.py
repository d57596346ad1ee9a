"""How the weights of a kernel are slid over planes: in one pass, in two of one dimension, or in strips of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel
from convfilter.runtime import tensorflow

SEPARATE_FROM = 64
"""Weights from which on a kernel that separates is run as a column and a row."""

STRIP = 1024
"""Weights that are summed in one pass. Sums of sums keep more digits than one long float32 sum."""


def correlate(planes: Any, kernel: Kernel, stride: int, dilation: int) -> Any:
    """Slide a kernel over planes, VALID, through `tf.nn.conv2d`.

    Args:
        planes: (n, height, width).
        kernel: its `correlation_weights`, times its `divisor`, are what slides.
        stride: every stride-th pixel is kept.
        dilation: the weights lie this many pixels apart.

    Returns:
        (n, rows, columns, k), one map for each of the k kernels of a bank.
    """
    tf = tensorflow()
    weights = kernel.correlation_weights * kernel.divisor
    factors = separated(weights[:, :, 0]) if weights.shape[2] == 1 and weights.size >= SEPARATE_FROM else None
    passes = [(factors[0], stride, 1), (factors[1], 1, stride)] if factors else [(weights, stride, stride)]
    maps = []
    # One plane a call: with several, oneDNN ends the process on kernels of 150 x 150 and more.
    for plane in tf.unstack(planes):
        image = plane[tf.newaxis, :, :, tf.newaxis]
        for part, down, across in passes:
            image = _in_strips(image, part, down, across, dilation)
        maps.append(image[0])
    return tf.stack(maps)


def separated(weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """A column (height, 1, 1) and a row (1, width, 1) whose outer product the weights are; None if there is none.

    The product may be off by 1e-12 of the greatest weight, far below half a level of 16 bits. Whole
    weights are only taken apart into whole ones, so that they are still summed exactly.
    """
    row, column = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    down, across = weights[:, column], weights[row] / weights[row, column]
    if np.abs(np.outer(down, across) - weights).max() > 1e-12 * abs(weights[row, column]):
        return None
    if not (weights % 1).any() and (across % 1).any():
        return None
    return down[:, np.newaxis, np.newaxis], across[np.newaxis, :, np.newaxis]


def _in_strips(image: Any, weights: NDArray[np.float64], down: int, across: int, dilation: int) -> Any:
    """One pass over an image (1, height, width, 1) with strides, as a sum over strips of the kernel's rows."""
    tf = tensorflow()
    height, width, _ = weights.shape
    rows = -(-(image.shape[1] - (height - 1) * dilation) // down)
    step = max(1, STRIP // width)
    strips = []
    for top in range(0, height, step):
        strip = tf.constant(weights[top : top + step, :, tf.newaxis, :], image.dtype)
        first = top * dilation
        last = first + (rows - 1) * down + (strip.shape[0] - 1) * dilation + 1
        strips.append(_conv2d(image[:, first:last], strip, down, across, dilation))
    return tf.add_n(strips)


def _conv2d(image: Any, filters: Any, down: int, across: int, dilation: int) -> Any:
    """`tf.nn.conv2d`, VALID; where TensorFlow takes stride and dilation not together, the stride comes after."""
    tf = tensorflow()
    if dilation == 1 and down == across:
        return tf.nn.conv2d(image, filters, strides=down, padding="VALID")
    maps = tf.nn.conv2d(image, filters, strides=1, padding="VALID", dilations=dilation)
    return maps[:, ::down, ::across]
