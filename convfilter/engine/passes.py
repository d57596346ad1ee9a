"""How the weights of a kernel are slid: in one pass, as columns and rows, or in strips of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel
from convfilter.runtime import tf_operations

Weights = NDArray[np.float64]

LOST = 1e-9
"""What a sum of columns and rows may differ from the kernel, as a share of its weights: 0.00007 of a 16-bit level."""

PAIR_COST = 2.5
"""What a weight of a column or a row costs, beside one of a kernel in one pass."""

STRIP = 1024
"""Weights that are summed in one pass. Sums of sums keep more digits than one long float32 sum."""

TURNED = 16
"""Longer columns are slid over the image on its side, where the pixels under them are neighbours in memory; so are all
over a single plane."""


@lru_cache(maxsize=8)  # asked for by every graph, and by -v
def passes_of(kernel: Kernel) -> list[list[tuple[Weights, ...]]]:
    """For each kernel of a bank, what is to be added up: kernels that are slid one after another.

    They are those of `Kernel.whole_weights`: the kernel itself, or a column and a row, or several such pairs,
    whichever costs least.
    """
    weights = kernel.whole_weights
    each: list[list[tuple[Weights, ...]]] = []
    for n in range(weights.shape[2]):
        pairs = pairs_of(weights[:, :, n])
        each.append([*pairs] if pairs else [(weights[:, :, n],)])
    return each


def described(kernel: Kernel) -> str:
    """How a kernel is slid, in a few words."""
    each = []
    for terms in passes_of(kernel):
        if len(terms[0]) == 2:
            each.append("a column and a row" if len(terms) == 1 else f"{len(terms)} columns and rows")
        else:
            strips = len(_strips(terms[0][0]))
            each.append("one pass" if strips == 1 else f"{strips} strips of rows")
    return ", ".join(dict.fromkeys(each))


def correlate(part: Any, terms: list[tuple[Weights, ...]], stride: int, dilation: int) -> Any:
    """Slide a kernel over a part, VALID, through `tf.nn.conv2d`.

    Args:
        part: (rows, columns, channels, lanes).
        terms: of `passes_of`.
        stride: every stride-th pixel is kept.
        dilation: the weights lie this many pixels apart.

    Returns:
        (rows, columns, channels, lanes), without the halo.
    """
    tf = tf_operations()
    channels, lanes = part.shape[2:]
    # In lanes every channel of every lane is a channel of the convolution, with a filter of its own. Else one plane a
    # call: with several, oneDNN ends the process on kernels of 150 x 150 and more.
    image = to_image(part)
    images = [image] if lanes > 1 else tf.split(image, channels, axis=3)
    found = [in_turn(add, (_slid(image, term, stride, dilation) for term in terms)) for image in images]
    return from_image(found[0] if len(found) == 1 else tf.concat(found, 3), part)


def in_turn(combine: Callable[[Any, Any], Any], tensors: Iterator[Any]) -> Any:
    """All tensors combined; each is computed when those before are combined, as all at once would need their memory.

    Args:
        combine: gives one tensor for two.
        tensors: at least one, made as they are taken.
    """
    total = next(tensors)
    while True:
        with tf_operations().control_dependencies([total]):
            tensor = next(tensors, None)
        if tensor is None:
            return total
        total = combine(total, tensor)


def to_image(part: Any) -> Any:
    """(rows, columns, channels, lanes) as (1, rows, columns, channels x lanes), as operations on images take it."""
    tf = tf_operations()
    channels, lanes = part.shape[2:]
    return tf.reshape(part, tf.concat([[1], tf.shape(part)[:2], [channels * lanes]], 0))


def from_image(image: Any, part: Any) -> Any:
    """The inverse of `to_image`, with the channels and lanes of a part."""
    tf = tf_operations()
    channels, lanes = part.shape[2:]
    return tf.reshape(image, tf.concat([tf.shape(image)[1:3], [channels, lanes]], 0))


def pairs_of(weights: Weights) -> list[tuple[Weights, Weights]] | None:
    """Columns (height, 1) and rows (1, width) whose outer products add up to the weights; None if that costs more.

    The products may be off by `LOST` of the sum of magnitudes. Whole weights are only taken apart into whole
    ones, so that they are still summed exactly.
    """
    height, width = weights.shape
    most = int((height * width - 1) / (PAIR_COST * (height + width)))
    if most < 1 or not weights.any():
        return None
    row, column = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    whole = not (weights % 1).any()
    across = weights[row] / (np.gcd.reduce(weights[row].astype(np.int64)) if whole else weights[row, column])
    down = weights[:, column] / across[column]
    exact = [(down[:, np.newaxis], across[np.newaxis])]
    if _is_sum(weights, exact):
        return None if whole and (down % 1).any() else exact
    if whole:
        return None
    left, strengths, right = np.linalg.svd(weights)
    # What the pairs after a rank would add is no less than the root of the sum of their squares.
    rest = np.append(np.cumsum(strengths[::-1] ** 2)[::-1] ** 0.5, 0.0)
    least = int(np.argmax(rest <= LOST * np.abs(weights).sum()))
    for rank in range(least, most + 1):
        columns = left[:, :rank] * strengths[:rank]
        pairs = [(columns[:, [index]], right[[index]]) for index in range(rank)]
        if _is_sum(weights, pairs):
            return pairs
    return None


def _is_sum(weights: Weights, pairs: list[tuple[Weights, Weights]]) -> bool:
    difference = weights - sum(down @ across for down, across in pairs)
    return bool(np.abs(difference).sum() <= LOST * np.abs(weights).sum())


def _slid(image: Any, term: tuple[Weights, ...], stride: int, dilation: int) -> Any:
    """The kernels of a term one after another over an image (1, height, width, n)."""
    if len(term) == 1:
        return _in_strips(image, term[0], stride, stride, dilation)
    column, row = term
    found = _in_strips(image, row, 1, stride, dilation)
    if len(column) <= TURNED and image.shape[3] > 1:
        return _in_strips(found, column, stride, 1, dilation)
    return _turned(_in_strips(_turned(found), column.T, 1, stride, dilation))


def _turned(image: Any) -> Any:
    """Rows as columns."""
    return tf_operations().transpose(image, (0, 2, 1, 3))


def _in_strips(image: Any, weights: Weights, down: int, across: int, dilation: int) -> Any:
    """One kernel over an image with strides, as a sum over strips of its rows."""

    def found(top: int, strip: Weights) -> Any:
        below = (len(weights) - top - len(strip)) * dilation
        under = image[:, top * dilation : -below or None] if top or below else image
        return _conv2d(under, strip, down, across, dilation)

    return in_turn(add, (found(*strip) for strip in _strips(weights)))


def _strips(weights: Weights) -> list[tuple[int, Weights]]:
    """A kernel cut into strips: the first row of each, and its weights."""
    step = max(1, STRIP // weights.shape[1])
    return [(top, weights[top : top + step]) for top in range(0, len(weights), step)]


def _conv2d(image: Any, weights: Weights, down: int, across: int, dilation: int) -> Any:
    """`tf.nn.conv2d`, VALID; where TensorFlow takes stride and dilation not together, the stride comes after."""
    tf = tf_operations()
    filter_ = tf.constant(weights[:, :, np.newaxis, np.newaxis], image.dtype)
    filters = tf.tile(filter_, (1, 1, 1, image.shape[3]))
    if dilation == 1 and down == across:
        return tf.nn.conv2d(image, filters, strides=down, padding="VALID")
    maps = tf.nn.conv2d(image, filters, strides=1, padding="VALID", dilations=dilation)
    return maps[:, ::down, ::across]
