"""A chain of operations over one tile: each operation asks the one before it for the part that it needs.

A part is a tensor (rows, columns, channels, lanes). Lanes are runs of rows, side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import OUTSIDE, source_indices
from convfilter.engine.colour import decode_srgb, encode_srgb, grayscale
from convfilter.engine.convolution import convolve
from convfilter.engine.levels import Levels
from convfilter.engine.tiling import Tile, first_window
from convfilter.operations import (
    Convolve,
    DecodeSrgb,
    EncodeSrgb,
    Grayscale,
    Operation,
    Operations,
    output_size,
)
from convfilter.runtime import operations as tf_operations

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Chain:
    """Operations over the pixels of a frame, (height, width, channels)."""

    pixels: NDArray[Any]
    operations: Operations
    levels: Levels

    def compute(self, tile: Tile) -> Any:
        """A part of what all operations make of the pixels."""
        return self._part(len(self.operations), tile.rows, np.arange(*tile.columns))

    def _part(self, count: int, rows: Index, columns: Index) -> Any:
        """Rows (lanes, n) and columns (n,), without gaps, of what the first operations make."""
        first = first_window(self.operations)
        if count <= first:
            return self._pixels(rows, columns)
        operation = self.operations[count - 1]
        height, width = output_size(self.operations[: count - 1], *self.pixels.shape[:2])
        down, across = operation.windows
        rows = source_indices(down, height, rows[:, :1], rows.shape[1])
        columns = source_indices(across, width, columns[:1], len(columns))
        inner = self._pixels if count == first + 1 else lambda *needed: self._bordered(count - 1, *needed)
        return _apply(inner(rows, columns), operation, self.levels)

    def _bordered(self, count: int, rows: Index, columns: Index) -> Any:
        """As `_part`, at any indices where there is one lane, with zeros for `OUTSIDE`."""
        tf = tf_operations()
        row_runs = [rows] if len(rows) > 1 else [run[np.newaxis] for run in _runs(rows[0])]
        column_runs = _runs(columns)
        part = tf.concat(
            [tf.concat([self._part(count, down, across) for across in column_runs], 1) for down in row_runs], 0
        )
        if len(rows) == 1:
            part = _take(part, rows[0], np.concatenate(row_runs, 1)[0], axis=0)
        return _take(part, columns, np.concatenate(column_runs), axis=1)

    def _pixels(self, rows: Index, columns: Index) -> Any:
        """Pixels at any indices, zero for `OUTSIDE`, after the operations that come before every border."""
        tf = tf_operations()
        samples = np.empty((*rows.shape, len(columns), self.pixels.shape[2]), self.pixels.dtype)
        inside = columns.clip(0)
        near = self.pixels[:, inside.min() : inside.max() + 1]
        pieces = _pieces(inside - inside.min())
        runs = (np.diff(rows) == 1).all(axis=1)
        for lane, index, run in zip(samples, rows, runs, strict=True):
            source = near[index[0] : index[-1] + 1] if run else near[index.clip(0)]
            for place, across in pieces:
                lane[:, place] = source[:, across]
        if rows.min() == OUTSIDE or columns.min() == OUTSIDE:
            samples[rows == OUTSIDE] = 0
            samples[:, :, columns == OUTSIDE] = 0
        lanes, *shape = samples.shape
        numbers = tf.cast(tf.constant(samples.reshape(lanes, -1)), self.levels.compute_dtype)
        part = tf.reshape(tf.transpose(numbers), (*shape, lanes))
        for operation in self.operations[: first_window(self.operations)]:
            part = _apply(part, operation, self.levels)
        return part


def _runs(index: Index) -> list[Index]:
    """The indices of an axis that are there, in order and each once, as runs without gaps; at least one."""
    there = np.unique(index[index != OUTSIDE])
    return np.split(there, np.flatnonzero(np.diff(there) > 1) + 1) if there.size else [np.zeros(1, np.int64)]


def _take(part: Any, index: Index, there: Index, axis: int) -> Any:
    """The rows or columns of an index from those that are there, zero for `OUTSIDE`; a plain run is not copied."""
    if np.array_equal(index, there):
        return part
    tf = tf_operations()
    places = np.searchsorted(there, index)
    if (index == OUTSIDE).any():
        padding = [[0, 0]] * 4
        padding[axis] = [0, 1]
        part, places = tf.pad(part, padding), np.where(index == OUTSIDE, len(there), places)
    return tf.gather(part, places, axis=axis)


def _pieces(index: Index) -> list[tuple[slice, slice | Index]]:
    """An index cut before and after its longest run without gaps: where each piece stands, and what it takes.

    A run is taken as a slice, as inside the picture.
    """
    begins = np.flatnonzero(np.diff(index, prepend=index[0] - 2, append=index[-1] + 2) != 1)
    longest = int(np.diff(begins).argmax())
    first, last = int(begins[longest]), int(begins[longest + 1])
    pieces: list[tuple[slice, slice | Index]] = [(slice(first, last), slice(index[first], index[last - 1] + 1))]
    pieces += [(slice(start, stop), index[start:stop]) for start, stop in ((0, first), (last, len(index)))]
    return [(place, source) for place, source in pieces if place.start < place.stop]


def _apply(part: Any, operation: Operation, levels: Levels) -> Any:
    """One operation on a part that holds its halo."""
    match operation:
        case Convolve():
            return convolve(part, operation, levels)
        case Grayscale(method=method):
            return grayscale(part, method, levels)
        case DecodeSrgb():
            return decode_srgb(part, levels)
        case EncodeSrgb():
            return encode_srgb(part, levels)
