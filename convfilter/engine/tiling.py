"""Which parts of the output are computed together: tiles of rows and columns, cut into lanes of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convfilter.operations import Operations, output_size, receptive_field

LANES = 16
"""Runs of rows that are filtered side by side on the channel axis: as many float32 as a vector register holds."""

TILE_SAMPLES = 3 * 2**19
"""Samples of a tile, 6 MB of float32. Smaller ones would stay nearer to the processor, but each takes half a
millisecond."""

TILE_WIDTH = 128
"""Columns of a tile of a tall picture: the rows under a usual kernel then stay near to the processor."""

HALO_SHARE = 4
"""A tile has so many times the columns of its halo, at least."""

LEAST_PIXELS = 1024
"""Pixels of the smallest tile: with a huge kernel, smaller ones would have no end."""

COPIES = 4
"""How often the samples of a tile, with its halo, are in memory while it is computed."""


@dataclass(frozen=True)
class Tile:
    """A part of the output.

    Attributes:
        rows: (lanes, n), int64: the rows of each lane, which follow one another.
        columns: the first, and one past the last.
    """

    rows: NDArray[np.int64]
    columns: tuple[int, int]


@dataclass(frozen=True)
class TileShape:
    """Lanes of a tile, rows of a lane, columns."""

    lanes: int
    rows: int
    columns: int


def tile_shape(
    operations: Operations, height: int, width: int, *, channels: int, sample_bytes: int, lanes: int, budget: int
) -> TileShape:
    """The tiles in which operations are computed.

    Args:
        operations: applied in order.
        height: of the picture.
        width: of the picture.
        channels: of the picture.
        sample_bytes: of the numbers that are computed with.
        lanes: as many as are wanted; there is one where more would burst the budget, or have no rows.
        budget: bytes for one tile with its halo and all that computing it takes; `LEAST_PIXELS` may need more.
    """
    (field_down, stride_down), (field_across, stride_across) = (receptive_field(operations, axis) for axis in (0, 1))
    down, across = field_down - 1, field_across - 1  # of the halo
    height_out, width_out = output_size(operations, height, width)
    lanes = lanes if height_out >= lanes else 1
    tallest, samples = -(-height_out // lanes), TILE_SAMPLES // (channels * lanes)
    columns = min(width_out, max(TILE_WIDTH, HALO_SHARE * across, samples // tallest))
    rows = min(tallest, max(samples // columns, down, 1))
    most = budget / (channels * lanes * sample_bytes * COPIES)
    while (rows * stride_down + down) * (columns * stride_across + across) > most:
        if lanes * rows * columns > LEAST_PIXELS:
            rows, columns = (-(-rows // 2), columns) if rows > columns or columns == 1 else (rows, -(-columns // 2))
        elif lanes == 1:
            break
        else:
            return tile_shape(
                operations, height, width, channels=channels, sample_bytes=sample_bytes, lanes=1, budget=budget
            )
    return TileShape(lanes, rows, columns)


def tiles(operations: Operations, height: int, width: int, shape: TileShape) -> Iterator[Tile]:
    """All tiles of the output of a picture (height, width), from the top.

    Rows that need the border of an intermediate result are computed in one lane, as their neighbours in
    another lane do not need it. Which these are does not depend on the tiles.
    """
    rows, columns = output_size(operations, height, width)
    first, last = _inner_rows(operations, height, width)
    for start, stop, lanes in ((0, first, 1), (first, last, shape.lanes), (last, rows, 1)):
        step = shape.rows * shape.lanes
        for top in range(start, stop, step):
            bottom = min(top + step, stop)
            count = -(-(bottom - top) // lanes)
            # The last lanes may repeat rows of the one before, and so are as long as the others.
            begins = np.minimum(top + count * np.arange(lanes), bottom - count)
            for left in range(0, columns, shape.columns):
                right = min(left + shape.columns, columns)
                yield Tile(begins[:, np.newaxis] + np.arange(count), (left, right))


def _inner_rows(operations: Operations, height: int, width: int) -> tuple[int, int]:
    """The rows, first and one past the last, for which no operation but the first needs its border."""
    sizes = [output_size(operations[:count], height, width)[0] for count in range(len(operations) + 1)]
    later = [*zip(operations, sizes, strict=False)][first_window(operations) + 1 :]

    def inside(row: int) -> bool:
        least = greatest = row
        for operation, size in reversed(later):
            least, greatest = operation.windows[0].source(least, greatest, size)
            if least < 0 or greatest >= size:
                return False
        return True

    rows = range(sizes[-1])
    first = next(filter(inside, rows), sizes[-1])
    last = next(filter(inside, reversed(rows)), sizes[-1] - 1)
    return first, last + 1


def first_window(operations: Operations) -> int:
    """The place of the first operation that is not one of single pixels; their number where all are.

    Its border can be taken of the pixels themselves, before the operations that come first: these leave black black.
    """
    return next((place for place, one in enumerate(operations) if not one.keeps_black), len(operations))
