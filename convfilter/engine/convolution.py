"""Convolution of a part of a picture: `tf.nn.conv2d`, banks, bias, and colour weighted by alpha."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convfilter.engine.levels import Levels
from convfilter.engine.passes import correlate, passes_of
from convfilter.engine.sums import in_order
from convfilter.kernels import Kernel
from convfilter.operations import Convolve
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
    kept = tf_operations().where(inside[0] & inside[1], found, _under(part, operation))
    kept.set_shape(found.shape)
    return kept


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
        return _finish(_all_combined(part, operation), kernel, levels)
    tf = tf_operations()
    colour, alpha = part[:, :, :-1], part[:, :, -1:]
    if not kernel.weighs_by_alpha:
        return tf.concat([_finish(_all_combined(colour, operation), kernel, levels), _under(alpha, operation)], 2)
    combined, coverage = None, 0.0
    # Alpha stays in levels, whose sums are exact; opaque pixels are as they are.
    maps = _feature_maps(tf.concat([colour * (alpha / levels.white), alpha], 2), operation)
    for map_, total in zip(maps, kernel.sums, strict=True):
        covered = map_[:, :, -1:] / (total * kernel.divisor)
        visible = covered > 1e-6 * levels.white
        mean = tf.where(visible, map_[:, :, :-1] / tf.where(visible, covered / levels.white, 1), 0)
        combined = _combined(combined, mean, kernel)
        coverage += covered
    coverage = tf.clip_by_value(coverage / len(kernel.sums), 0, levels.white)
    return tf.concat([_finish(combined, kernel, levels), coverage], 2)


def _feature_maps(part: Any, operation: Convolve) -> Iterator[Any]:
    """A map (rows, columns, channels, lanes) for each kernel, times the kernel's divisor."""
    for terms in passes_of(operation.kernel):
        yield correlate(part, terms, operation.stride, operation.dilation)


def _all_combined(part: Any, operation: Convolve) -> Any:
    combined = None
    for map_ in _feature_maps(part, operation):
        combined = _combined(combined, map_, operation.kernel)
    return combined


def _combined(before: Any, map_: Any, kernel: Kernel) -> Any:
    """The maps of a bank so far (None at first), and one more; `_finish` ends it."""
    tf = tf_operations()
    match kernel.combine:
        case "magnitude":
            square = tf.square(map_)
            return square if before is None else before + square
        case "max":
            return map_ if before is None else tf.maximum(before, map_)
        case _:  # a single kernel, or a sum, which the kernel's weights have taken already
            return map_


def _finish(combined: Any, kernel: Kernel, levels: Levels) -> Any:
    """End the magnitude of a bank, undo the divisor, add the bias."""
    if kernel.combine == "magnitude":
        combined = tf_operations().sqrt(combined)
    if kernel.divisor != 1:
        combined = combined / kernel.divisor
    return combined + kernel.bias * levels.white if kernel.bias else combined


def _under(part: Any, operation: Convolve) -> Any:
    """The pixels under the anchors."""
    down, across = operation.windows
    rows, columns = (slice(one.before, -one.after or None, one.stride) for one in (down, across))
    return part[rows, columns]
