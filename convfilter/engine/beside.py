"""What an operation is told beside the pixels: where in the picture it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import is_beyond
from convfilter.operations import Convolve, Dropout, Operation, Operations, Pool, makes_gray, output_size
from convfilter.runtime import graph_function, tf_operations
from convfilter.windows import Window

Index = NDArray[np.int64]

_PHILOX = 1
"""TensorFlow's number for this generator, which makes four random numbers of each count."""

_BAND = 64
"""Rows of a mask that are made at once, a multiple of four."""


class Mask(NamedTuple):
    """The samples of a whole picture that a dropout keeps.

    Attributes:
        bits: (height, bytes), uint8: the samples of a row, pixel by pixel, as bits.
        channels: of colour.
    """

    bits: NDArray[np.uint8]
    channels: int


def masks_of(operations: Operations, height: int, width: int, colours: int) -> dict[int, Mask]:
    """The masks of all dropouts of a chain over a picture, by their places."""
    masks = {}
    for place, operation in enumerate(operations):
        if isinstance(operation, Dropout):
            before = operations[:place]
            masks[place] = _mask(operation, *output_size(before, height, width), 1 if makes_gray(before) else colours)
    return masks


def _mask(operation: Dropout, height: int, width: int, channels: int) -> Mask:
    """What `tf.nn.experimental.stateless_dropout` keeps of (1, height, width, channels), in bands of rows."""
    row = width * channels
    bits = np.empty((height, -(-row // 8)), np.uint8)
    for top in range(0, height, _BAND):
        rows = min(_BAND, height - top)
        kept = _uniform()([operation.seed, 0], [rows, row], [top * row // 4, 0]) >= np.float32(operation.rate)
        bits[top : top + rows] = np.packbits(kept, axis=1)
    return Mask(bits, channels)


@cache
def _uniform() -> Callable[..., Any]:
    """A function of a seed, a shape, and how many counts are left out, in a graph of its own."""
    tf = tf_operations()

    def built() -> tuple[Any, list[Any]]:
        seed, shape = tf.compat.v1.placeholder("int64", (2,)), tf.compat.v1.placeholder("int32", (2,))
        begin = tf.compat.v1.placeholder("uint64", (2,))
        key, counter = tf.raw_ops.StatelessRandomGetKeyCounter(seed=seed)
        counter = tf.raw_ops.AddV2(x=counter, y=begin)
        numbers = tf.raw_ops.StatelessRandomUniformV2(shape=shape, key=key, counter=counter, alg=_PHILOX)
        return numbers, [seed, shape, begin]

    return graph_function(built, "/CPU:0")


def beside(
    operation: Operation, size: tuple[int, int], mask: Mask | None, rows: Index, columns: Index
) -> tuple[NDArray[Any], ...]:
    """What an operation is told for a part of its output.

    Args:
        operation: the one that is to be applied.
        size: height and width of its input.
        mask: of the picture, for a dropout.
        rows: (lanes, n): the rows of its output.
        columns: (m,): its columns.

    Returns:
        Arrays that fit parts (rows, columns, channels, lanes). For a mean with padding ``same`` how many pixels of
        the window lie inside, of every row and every column. For border ``keep`` whether the kernel
        stays inside, of every row and every column. For a dropout whether every sample is kept. Else none.
    """
    places = (rows.T[:, None, None], columns[None, :, None, None])
    axes = [*zip(operation.windows, size, places, strict=True)]
    match operation:
        case Pool(method="mean", padding="same"):
            return tuple(_inside_count(*axis) for axis in axes)
        case Convolve(border="keep"):
            return tuple(_inside(*axis) for axis in axes)
        case Dropout() if mask is not None:
            samples = (columns[:, None] * mask.channels + np.arange(mask.channels)).ravel()
            kept = mask.bits[rows[:, :, None], samples // 8] >> (7 - samples % 8) & 1
            kept = kept.reshape(*rows.shape, len(columns), mask.channels)
            return (kept.transpose(1, 2, 3, 0).astype(np.bool_),)
    return ()


def _inside_count(window: Window, size: int, index: Index) -> Index:
    """How many pixels of a window lie inside, for output positions."""
    first, last = window.source(index, index, size)
    count: Index = last.clip(max=size - 1) - first.clip(0) + 1
    return count


def _inside(window: Window, size: int, index: Index) -> NDArray[np.bool_]:
    """Whether a window lies inside, for output positions."""
    first, last = window.source(index, index, size)
    return ~(is_beyond(first, size) | is_beyond(last, size))
