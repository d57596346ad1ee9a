"""A chain of operations over one tile: each operation asks the one before it for the part that it needs.

These are indices alone; `graphs` computes with them. Parts that are computed alike are equal, whatever their place
in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import OUTSIDE, source_indices
from convfilter.engine.beside import Index, Mask, beside, masks_of
from convfilter.engine.tiling import Tile, first_window
from convfilter.operations import Operation, Operations, output_size


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
class Bordered:
    """Parts beside and below one another, and what is taken of them.

    Attributes:
        grid: rows of parts.
        picks: whether rows, and whether columns, are picked; else they are taken as they lie.
        rows: which rows; the one after the last is zeros.
        columns: which columns, the same.
    """

    grid: tuple[tuple[Part, ...], ...]
    picks: tuple[bool, bool]
    rows: Index = field(compare=False)
    columns: Index = field(compare=False)


@dataclass(frozen=True)
class Applied:
    """What an operation makes of a part that holds its halo, and of what it is told `beside`."""

    operation: Operation
    inner: Part
    beside: tuple[NDArray[Any], ...] = field(compare=False)


Part = Pixels | Bordered | Applied


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
        return self._part(len(self.operations), tile.rows, np.arange(*tile.columns))

    def _part(self, count: int, rows: Index, columns: Index) -> Part:
        """Rows (lanes, n) and columns (n,), without gaps, of what the first operations make."""
        first = first_window(self.operations)
        if count <= first:
            return self._pixels(rows, columns)
        operation = self.operations[count - 1]
        height, width = output_size(self.operations[: count - 1], self.height, self.width)
        told = beside(operation, (height, width), self.masks.get(count - 1), rows, columns)
        down, across = operation.windows
        rows = source_indices(down, height, rows[:, :1], rows.shape[1])
        columns = source_indices(across, width, columns[:1], len(columns))
        inner = self._pixels(rows, columns) if count == first + 1 else self._bordered(count - 1, rows, columns)
        return Applied(operation, inner, told)

    def _pixels(self, rows: Index, columns: Index) -> Pixels:
        return Pixels(self.operations[: first_window(self.operations)], len(rows), rows, columns)

    def _bordered(self, count: int, rows: Index, columns: Index) -> Part:
        """As `_part`, at any columns, and at any rows where there is one lane."""
        down = [rows] if len(rows) > 1 else [run[np.newaxis] for run in _runs(rows[0])]
        across = _runs(columns)
        row_places = np.arange(rows.shape[1]) if len(rows) > 1 else _places(rows[0], np.concatenate(down, 1)[0])
        column_places = _places(columns, np.concatenate(across))
        picks = (_picks(row_places, sum(run.shape[1] for run in down)), _picks(column_places, sum(map(len, across))))
        grid = tuple(tuple(self._part(count, some, others) for others in across) for some in down)
        if len(down) == len(across) == 1 and not any(picks):
            return grid[0][0]
        return Bordered(grid, picks, row_places, column_places)


def chain_of(operations: Operations, height: int, width: int, colours: int) -> Chain:
    """The chain over a picture with so many channels of colour."""
    return Chain(operations, height, width, masks_of(operations, height, width, colours))


def _runs(index: Index) -> list[Index]:
    """The indices of an axis that are there, in order and each once, as runs without gaps; at least one."""
    there = np.unique(index[index != OUTSIDE])
    return np.split(there, np.flatnonzero(np.diff(there) > 1) + 1) if there.size else [np.zeros(1, np.int64)]


def _places(index: Index, there: Index) -> Index:
    """Where the entries of an index are among those that are there; `OUTSIDE` is after the last."""
    return np.where(index == OUTSIDE, len(there), np.searchsorted(there, index))


def _picks(places: Index, count: int) -> bool:
    return not np.array_equal(places, np.arange(count))
