"""The lines of ruled and squared paper, taken out of the ink that they run through."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from convfilter.mnist.pieces import MOST, Strokes, is_around, labelled, pieces_of
from convfilter.mnist.shapes import Mask, shape_of, stroke_width

SLANTS = np.linspace(-0.15, 0.15, 61)
"""How many pixels up or down for one across: a page is not photographed quite straight."""

ACROSS = 0.75
"""A rule is seen in so many columns of the picture; writing is not so long."""

THINNER = 0.6
"""A rule is no wider than this share of the strokes that are left; one stroke of a digit may cross a tight picture."""

MANY, THIN = 3, 0.02
"""So many rules are no digits, however thin the strokes are that are left, if their width is so little of their length:
a line of 1s may be cut close, too. Nor is a single one with nothing beside it on ruled paper, which is its margin line.
"""


def without_rules(mask: Mask) -> Mask:
    """Leave out lines that run from one side of a picture to the other, level or upright, but not what crosses them.

    Where a line runs, ink that is not much higher than the line is wide is the line itself (as staves are taken out of
    music: Dalitz et al., 2008).

    Args:
        mask: (height, width): where there is ink.
    """
    boxes = _boxes(mask)
    lines = mask & ~boxes
    rest = _without_level(lines)
    return np.asarray(_without_level(rest.T, on_rules=bool((rest != lines).any())).T) | boxes


def _boxes(mask: Mask) -> Mask:
    """Boxes, and rows of boxes, with something in them: their sides would look like rules."""
    labels, pieces = pieces_of(mask)
    pieces = pieces[:MOST]

    def is_box(piece: Strokes) -> bool:
        if not any(map(piece.holds, pieces)):
            return False
        shape = shape_of(piece.cut_from(labels))
        is_row = shape.holes * shape.aspect < 2  # of squared paper, that is the square of its rows
        return shape.is_square and (is_row or not shape.is_grid) and is_around(piece, shape, pieces)

    return np.isin(labels, [label for piece in pieces if is_box(piece) for label in piece.labels])


def _without_level(mask: Mask, *, on_rules: bool = False) -> Mask:
    rows, columns = np.nonzero(mask)
    if len(columns) < ACROSS * mask.shape[1] or np.ptp(columns) < ACROSS * mask.shape[1]:
        return mask
    lines = _lines(rows, columns, mask.shape)
    if not lines.any():
        return mask
    _, count = labelled(lines)
    runs, heights = _runs(mask)
    hit = np.unique(runs[lines & mask])
    wide = float(np.median(heights[hit]))
    gone = np.zeros(len(heights), np.bool_)
    gone[hit] = heights[hit] <= 2 * wide + 1
    rest = mask & ~gone[runs]
    alone = on_rules and not rest.any()
    ruled = (count >= MANY or alone) and wide <= max(1, THIN * mask.shape[1])
    return rest if ruled or (rest.any() and wide <= THINNER * stroke_width(rest)) else mask


def _lines(rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, ...]) -> Mask:
    """Where ink lies on a line across the picture, of all slants that with the longest lines."""
    width = shape[1]
    best, lines = 0, np.zeros(shape, np.bool_)
    for slant in SLANTS:
        shift = np.rint(slant * (columns - width / 2)).astype(np.int64)
        level = rows + shift - shift.min()
        counts = np.bincount(level)
        long = counts >= ACROSS * width
        found = int(counts[long].sum())
        if found > best:
            best = found
            lines = np.zeros(shape, np.bool_)
            on = long[level]
            lines[rows[on], columns[on]] = True
    return np.asarray(ndimage.binary_dilation(lines, np.ones((3, 1), np.bool_)))  # a slant lies between two of these


def _runs(mask: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pixels of ink that stand on one another: the number of its run for every pixel, 0 on paper; their heights."""
    tall = np.pad(mask.T, ((0, 0), (1, 1)))  # column after column
    steps = np.diff(tall.ravel().astype(np.int8), prepend=0)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    runs = np.where(tall, np.cumsum(steps == 1).reshape(tall.shape), 0)
    return runs[:, 1:-1].T, np.concatenate([[0], ends - starts])
