"""Convolution of a part of a picture: `tf.nn.conv2d`, banks, bias, and colour weighted by alpha."""

from __future__ import annotations

from typing import Any

from convfilter.engine.levels import Levels
from convfilter.engine.passes import correlate, passes_of
from convfilter.kernels import Kernel
from convfilter.operations import Convolve
from convfilter.runtime import operations as tf_operations


def convolve(part: Any, operation: Convolve, levels: Levels) -> Any:
    """Filter a part that already holds its halo.

    Kernels with a non-zero sum filter colour weighted by alpha: with colour c, alpha a in [0, 1] and
    weights w, the result is ``sum(w) * (w * ca) / (w * a)``, so that transparent pixels lend no colour
    and an opaque picture comes out as if it had no alpha. Kernels that sum to zero have no such
    mean; they filter the colour as it is and keep alpha, as do kernels of a single pixel.

    Args:
        part: (rows + halo, columns + halo, channels, lanes).
        operation: the convolution; its border has been applied.
        levels: what the numbers mean.

    Returns:
        (rows, columns, channels, lanes).
    """
    kernel = operation.kernel
    if not levels.alpha:
        return _finish(_feature_maps(part, operation), kernel, levels)
    tf = tf_operations()
    colour, alpha = part[:, :, :-1], part[:, :, -1:]
    if kernel.pointwise or not kernel.sums.all():
        return tf.concat([_finish(_feature_maps(colour, operation), kernel, levels), _kept(alpha, operation)], 2)
    opacity = alpha / levels.white
    means, weights = [], []
    maps = _feature_maps(tf.concat([colour * opacity, opacity], 2), operation)
    for map_, total in zip(maps, kernel.sums, strict=True):
        weight = map_[:, :, -1:] / (total * kernel.divisor)
        visible = weight > 1e-6
        means.append(tf.where(visible, map_[:, :, :-1] / tf.where(visible, weight, 1), 0))
        weights.append(weight)
    coverage = tf.add_n(weights) / len(weights) * levels.white
    return tf.concat([_finish(means, kernel, levels), coverage], 2)


def _feature_maps(part: Any, operation: Convolve) -> list[Any]:
    """A map (rows, columns, channels, lanes) for each kernel, times the kernel's divisor."""
    return [correlate(part, terms, operation.stride, operation.dilation) for terms in passes_of(operation.kernel)]


def _finish(maps: list[Any], kernel: Kernel, levels: Levels) -> Any:
    """Combine the maps of a bank, undo the divisor, add the bias."""
    tf = tf_operations()
    combined = maps[0]  # a single kernel, or a sum, which the kernel's weights have taken already
    match kernel.combine:
        case "magnitude":
            combined = tf.sqrt(tf.add_n([tf.square(one) for one in maps]))
        case "max":
            for one in maps[1:]:
                combined = tf.maximum(combined, one)
    if kernel.divisor != 1:
        combined = combined / kernel.divisor
    return combined + kernel.bias * levels.white if kernel.bias else combined


def _kept(alpha: Any, operation: Convolve) -> Any:
    """The alpha of the pixels under the anchors."""
    down, across = operation.windows
    rows, columns = alpha.shape[0] - down.after, alpha.shape[1] - across.after
    return alpha[down.before : rows : down.stride, across.before : columns : across.stride]
