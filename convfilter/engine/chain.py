"""A chain of operations over one tile: each operation asks the one before it for the part that it needs.

These are indices alone; `graphs` computes with them. Parts that are computed alike are equal, whatever their place
in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import OUTSIDE, source_indices
from convfilter.engine.beside import Index, Mask, beside, masks_of
from convfilter.engine.tiling import Tile, first_window
from convfilter.operations import Operation, Operations, output_size
from convfilter.windows import Window


@dataclass(frozen=True)
class Pixels:
    """Pixels of the picture, after the operations that come before every border.

    Attributes:
        operations: these operations.
        lanes: runs of rows.
        rows: (lanes, n), with `OUTSIDE` for pixels of value zero.
        columns: (n,), the same.
    """

    operations: Operations
    lanes: int
    rows: Index = field(compare=False)
    columns: Index = field(compare=False)


@dataclass(frozen=True)
class Picked:
    """Rows and columns of a part.

    Attributes:
        inner: the part.
        picks: whether rows, and whether columns, are picked; else they are taken as they lie.
        rows: which rows, counted from 1; 0 is a row of zeros.
        columns: which columns, the same.
    """

    inner: Part
    picks: tuple[bool, bool]
    rows: Index = field(compare=False)
    columns: Index = field(compare=False)


@dataclass(frozen=True)
class Applied:
    """What an operation makes of a part that holds its halo, and of what it is told `beside`."""

    operation: Operation
    inner: Part
    beside: tuple[NDArray[Any], ...] = field(compare=False)


Part = Pixels | Picked | Applied


class Axis(NamedTuple):
    """What of an axis of a part was wanted.

    Attributes:
        places: where it is.
        length: of the axis; between pieces that lie apart there are windows over both, which nobody wants.
    """

    places: Index
    length: int


class Found(NamedTuple):
    """A part, and where in it the rows and columns are that were asked for."""

    part: Part
    rows: Axis
    columns: Axis


@dataclass(frozen=True)
class Chain:
    """Operations over a picture of a height and a width.

    Attributes:
        masks: of the dropouts, by their places.
    """

    operations: Operations
    height: int
    width: int
    masks: dict[int, Mask]

    def part(self, tile: Tile) -> Part:
        """A tile of what all operations make of the picture."""
        return self._part(len(self.operations), tile.rows, np.arange(*tile.columns)).part

    def picked(self, rows: Index, columns: Index) -> Part:
        """Any rows and columns of it, in any order, with `OUTSIDE` for zeros."""
        return self._picked(len(self.operations), rows[np.newaxis], columns)

    def _part(self, count: int, rows: Index, columns: Index) -> Found:
        """Rows (lanes, n) and columns (n,), rising, of what the first operations make; lanes have no gaps."""
        first = first_window(self.operations)
        if count <= first:
            return Found(self._pixels(rows, columns), _whole(rows.shape[1]), _whole(len(columns)))
        operation = self.operations[count - 1]
        size = output_size(self.operations[: count - 1], self.height, self.width)
        down, across = operation.windows
        row_axis, outputs, under = _slid(down, size[0], rows)
        column_axis, output_columns, under_columns = _slid(across, size[1], columns[np.newaxis])
        told = beside(operation, size, self.masks.get(count - 1), outputs, output_columns[0])
        take = self._pixels if count == first + 1 else partial(self._picked, count - 1)
        return Found(Applied(operation, take(under, under_columns[0]), told), row_axis, column_axis)

    def _pixels(self, rows: Index, columns: Index) -> Pixels:
        return Pixels(self.operations[: first_window(self.operations)], len(rows), rows, columns)

    def _picked(self, count: int, rows: Index, columns: Index) -> Part:
        """As `_part`, at any rows, if there is one lane, and at any columns."""
        wanted_rows = rows if len(rows) > 1 else _there(rows[0])[np.newaxis]
        wanted_columns = _there(columns)
        found = self._part(count, wanted_rows, wanted_columns)
        down = found.rows.places + 1 if len(rows) > 1 else _places(rows[0], wanted_rows[0], found.rows)
        across = _places(columns, wanted_columns, found.columns)
        picks = (_picks(down, found.rows), _picks(across, found.columns))
        return Picked(found.part, picks, down, across) if any(picks) else found.part


def chain_of(operations: Operations, height: int, width: int, colours: int) -> Chain:
    """The chain over a picture with so many channels of colour."""
    return Chain(operations, height, width, masks_of(operations, height, width, colours))


def _whole(length: int) -> Axis:
    return Axis(np.arange(length), length)


def _slid(window: Window, size: int, outputs: Index) -> tuple[Axis, Index, Index]:
    """What lies under the windows of outputs (lanes, n), rising; more than one lane has no gaps.

    Pieces without gaps are laid one after another. Each begins where a window does, so that some pixels may be laid
    twice, and windows over two pieces give outputs that nobody wants.

    Returns:
        Where the outputs are among those that come out, all that come out, and what lies under them, (lanes, n).
    """
    if len(outputs) > 1 or outputs[0, -1] - outputs[0, 0] == outputs.shape[1] - 1:
        under = source_indices(window, size, outputs[:, :1], outputs.shape[1])
        return _whole(outputs.shape[1]), outputs, under
    laid: list[Index] = []
    places: list[Index] = []
    length = 0
    for run in np.split(outputs[0], np.flatnonzero(np.diff(outputs[0]) > 1) + 1):
        under = source_indices(window, size, run[:1], len(run))
        laid.append(np.append(under, np.repeat(under[-1:], -len(under) % window.stride)))
        places.append(length // window.stride + np.arange(len(run)))
        length += len(laid[-1])
    under = np.concatenate(laid)
    place = np.concatenate(places)
    count = (length - window.before - window.after - 1) // window.stride + 1
    every = np.full(count, outputs[0, 0])
    every[place] = outputs[0]
    return Axis(place, count), every[np.newaxis], under[np.newaxis]


def _there(index: Index) -> Index:
    """The indices of an axis that are there, in order and each once; at least one."""
    there = np.unique(index[index != OUTSIDE])
    return there if there.size else np.zeros(1, np.int64)


def _places(index: Index, wanted: Index, axis: Axis) -> Index:
    """Where the entries of an index are in a part, counted from 1; 0 for `OUTSIDE`."""
    inside = axis.places[np.searchsorted(wanted, index).clip(max=len(wanted) - 1)]
    return np.where(index == OUTSIDE, 0, inside + 1)


def _picks(places: Index, axis: Axis) -> bool:
    return not np.array_equal(places, np.arange(1, axis.length + 1))
