"""Ink that hangs together, and where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from convfilter.mnist.shapes import Mask, Shape

EDGE = 0.5
"""Strokes that touch the rim of the picture over such a share of their longer side are the edge of the page."""

MOST = 120
"""Pieces of ink that are looked at, the greatest first; a page of print or of noise has thousands."""

BOXED, CIRCLED = 0.3, 0.45
"""What is higher than this share of a box or a circle around it is what that is for; a circle may be a marked 0."""


@dataclass(frozen=True)
class Strokes:
    """Ink that hangs together, or several such pieces.

    Attributes:
        labels: what numbers its pixels in the labelled picture.
        top, left, bottom, right: the box around it; the last two are one past its end.
        area: its pixels.
    """

    labels: frozenset[int]
    top: int
    left: int
    bottom: int
    right: int
    area: int

    @property
    def height(self) -> int:
        """Of the box, in pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Of the box, in pixels."""
        return self.right - self.left

    def holds(self, other: Strokes) -> bool:
        """Whether the box of another lies within this one's."""
        across = self.left < other.left and other.right < self.right
        return across and self.top < other.top and other.bottom < self.bottom

    def cut_from(self, labels: NDArray[Any]) -> Mask:
        """Where its ink is in its box."""
        return np.isin(labels[self.top : self.bottom, self.left : self.right], list(self.labels))

    def joined(self, other: Strokes) -> Strokes:
        """Both together."""
        return Strokes(
            self.labels | other.labels,
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
            self.area + other.area,
        )


def is_around(piece: Strokes, shape: Shape, pieces: list[Strokes]) -> bool:
    """Whether a piece of a shape is a box or a circle around what is written."""
    least = (BOXED if shape.is_square else CIRCLED) * piece.height
    return shape.is_frame and any(piece.holds(other) and other.height > least for other in pieces)


def labelled(mask: Mask) -> tuple[NDArray[Any], int]:
    """The number of the piece that each pixel is in, 0 outside all, and how many there are; corners connect."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    return labels, count


def pieces_of(mask: Mask) -> tuple[NDArray[Any], list[Strokes]]:
    """Ink that hangs together, without what lies along the rim of the picture, as a table and a shadow do.

    Returns:
        Every pixel's label, (height, width), 0 on paper; and the pieces, the greatest first.
    """
    labels, _ = labelled(mask)
    areas = np.bincount(labels.ravel())
    pieces = [
        Strokes(frozenset([index]), rows.start, columns.start, rows.stop, columns.stop, int(areas[index]))
        for index, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1)
    ]
    pieces.sort(key=lambda piece: -piece.area)
    rim = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    contact = np.bincount(rim, minlength=len(areas))
    inside = [piece for piece in pieces if contact[min(piece.labels)] <= EDGE * max(piece.height, piece.width)]
    return labels, inside or pieces  # a digit that fills its picture may lie along its rim
