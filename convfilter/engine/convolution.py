"""Convolution of a band of pixels: `tf.nn.conv2d`, banks, bias, and colour weighted by alpha."""

from __future__ import annotations

from typing import Any

from convfilter.engine.levels import Levels
from convfilter.engine.passes import correlate
from convfilter.kernels import Kernel
from convfilter.operations import Convolve
from convfilter.runtime import tensorflow


def convolve(band: Any, operation: Convolve, levels: Levels) -> Any:
    """Filter a band that already holds its halo.

    Kernels with a non-zero sum filter colour weighted by alpha: with colour c, alpha a in [0, 1] and
    weights w, the result is ``sum(w) * (w * ca) / (w * a)``, so that transparent pixels lend no colour
    and an opaque picture comes out as if it had no alpha. Kernels that sum to zero have no such
    mean; they filter the colour as it is and keep alpha, as do kernels of a single pixel.

    Args:
        band: (rows + halo, width + halo, channels).
        operation: the convolution; its border has been applied.
        levels: what the numbers of the band mean.

    Returns:
        (rows, width, channels).
    """
    kernel = operation.kernel
    if not levels.alpha:
        return _finish(_feature_maps(band, operation), kernel, levels)
    tf = tensorflow()
    colour, alpha = band[..., :-1], band[..., -1:]
    if kernel.pointwise or not kernel.sums.all():
        return tf.concat([_finish(_feature_maps(colour, operation), kernel, levels), _kept(alpha, operation)], -1)
    opacity = alpha / levels.white
    maps = _feature_maps(tf.concat([colour * opacity, opacity], -1), operation)
    weight = maps[..., -1:, :] / (kernel.sums * kernel.divisor)
    visible = weight > 1e-6
    mean = tf.where(visible, maps[..., :-1, :] / tf.where(visible, weight, 1), 0)
    coverage = tf.reduce_mean(weight, axis=-1) * levels.white
    return tf.concat([_finish(mean, kernel, levels), coverage], -1)


def _feature_maps(band: Any, operation: Convolve) -> Any:
    """(rows, width, channels) -> (rows, width, channels, n), one map a kernel, times the kernel's divisor."""
    tf = tensorflow()
    planes = tf.transpose(band, [2, 0, 1])
    maps = correlate(planes, operation.kernel, operation.stride, operation.dilation)
    return tf.transpose(maps, [1, 2, 0, 3])


def _finish(maps: Any, kernel: Kernel, levels: Levels) -> Any:
    """Combine the maps of a bank, undo the divisor, add the bias."""
    tf = tensorflow()
    match kernel.combine:
        case "magnitude":
            combined = tf.sqrt(tf.reduce_sum(tf.square(maps), axis=-1))
        case "max":
            combined = tf.reduce_max(maps, axis=-1)
        case _:  # a single kernel, or a sum, which the kernel's weights have taken already
            combined = maps[..., 0]
    return combined / kernel.divisor + kernel.bias * levels.white


def _kept(alpha: Any, operation: Convolve) -> Any:
    """The alpha of the pixels under the anchors."""
    down, across = operation.windows
    rows, columns = alpha.shape[0] - down.after, alpha.shape[1] - across.after
    return alpha[down.before : rows : down.stride, across.before : columns : across.stride]
