"""Convolution of a part of a picture: `tf.nn.conv2d`, banks, bias, and colour weighted by alpha."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import add
from typing import Any

from convfilter.engine.levels import Levels
from convfilter.engine.passes import correlate, in_turn, passes_of
from convfilter.engine.sums import in_order, pixels_under
from convfilter.kernels import Kernel
from convfilter.operations import VISIBLE, Convolve
from convfilter.runtime import tf_operations


def convolve(part: Any, operation: Convolve, levels: Levels, inside: list[Any]) -> Any:
    """Filter a part that already holds its halo.

    Args:
        part: (rows + halo, columns + halo, channels, lanes).
        operation: the convolution; its border has been applied.
        levels: what the numbers mean.
        inside: for border ``keep``, whether the kernel stays inside the picture in rows and in columns; else none.

    Returns:
        (rows, columns, channels, lanes).
    """
    found = _convolved(part, operation, levels)
    if not inside:
        return found
    return tf_operations().where(inside[0] & inside[1], found, _under_anchors(part, operation))


def _convolved(part: Any, operation: Convolve, levels: Levels) -> Any:
    """The convolution itself.

    Kernels with a non-zero sum filter colour weighted by alpha: with colour c, alpha a in [0, 1] and
    weights w, the result is ``sum(w) * (w * ca) / (w * a)``, so that transparent pixels lend no colour
    and an opaque picture comes out as if it had no alpha. Kernels that sum to zero have no such
    mean; they filter the colour as it is and keep alpha, as do kernels of a single pixel. Alpha is cut off at
    0 and 1 after every step: the next one would take a negative opacity for less than none.
    """
    kernel = operation.kernel
    if operation.sums != "any":
        return in_order(part, operation, levels)
    if not levels.alpha:
        return _combined(_feature_maps(part, operation), kernel, levels)
    tf = tf_operations()
    colour, alpha = part[:, :, :-1], part[:, :, -1:]
    if not kernel.weighs_by_alpha:
        filtered = _combined(_feature_maps(colour, operation), kernel, levels)
        return tf.concat([filtered, _under_anchors(alpha, operation)], 2)
    coverage = []

    def means() -> Iterator[Any]:
        # Alpha stays in levels, whose sums are exact; opaque pixels are as they are.
        maps = _feature_maps(tf.concat([colour * (alpha / levels.white), alpha], 2), operation)
        for map_, total in zip(maps, kernel.whole_weights.sum(axis=(0, 1)), strict=True):
            covered = map_[:, :, -1:] / total
            visible = covered > VISIBLE * levels.white
            coverage.append(covered)
            yield tf.where(visible, map_[:, :, :-1] / tf.where(visible, covered / levels.white, 1), 0)

    combined = _combined(means(), kernel, levels)
    mean = tf.clip_by_value(reduce(add, coverage) / len(coverage), 0, levels.white)
    return tf.concat([combined, mean], 2)


def _feature_maps(part: Any, operation: Convolve) -> Iterator[Any]:
    """A map (rows, columns, channels, lanes) for each kernel, times the kernel's divisor."""
    for terms in passes_of(operation.kernel):
        yield correlate(part, terms, operation.stride, operation.dilation)


def _combined(maps: Iterator[Any], kernel: Kernel, levels: Levels) -> Any:
    """The maps of a bank as one, without the divisor, and with the bias."""
    tf = tf_operations()
    match kernel.combine:
        case "magnitude":
            combined = tf.sqrt(in_turn(add, map(tf.square, maps)))
        case "max":
            combined = in_turn(tf.maximum, maps)
        case _:  # a single kernel, or a sum, which the kernel's weights have taken already
            (combined,) = maps
    if kernel.divisor != 1:
        combined = combined / kernel.divisor
    return combined + kernel.bias * levels.white if kernel.bias else combined


def _under_anchors(part: Any, operation: Convolve) -> Any:
    down, across = operation.windows
    return pixels_under(part, operation, down.before, across.before)
