"""Ink that cannot be a digit, by its shape: a patch of light, a rule, a grid, a frame, a sheet of paper."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]

SIDE = 160
"""Shapes are looked at in no more pixels than this on a side."""

STEP = np.deg2rad(5)
ANGLES = np.arange(18) * STEP
"""Of a right angle: a shape is measured in these directions, and across them."""

RULE = 6
"""What is so many times as wide as high is a rule; a 1 is as much higher than wide."""

HOLES = 6
"""What has more holes is a grid, if it is hollow; an 8 has two, and chalk many small ones."""

SOLID = 0.955
"""The least share of its convex hull that a patch of light fills; of a fat 2 or 5 it is 0.9."""

ROUND = 0.85
"""The least shorter side of a patch, as a share of its longer one: a fat 0 or 8 that is filled in is narrower."""

SHEET, PATCH, FRAME = 0.87, 0.72, 0.7
"""The least share of the rectangle around them that a sheet of paper, a patch of light and a frame fill, with what is
inside them; of 10,000 digits of MNIST only 1s, which are narrow, fill as much as a sheet. A disc fills 0.79."""


class Shape(NamedTuple):
    """What tells a shape from a digit.

    Attributes:
        filled: its area with its holes, as a share of the smallest rectangle around it, turned any way.
        aspect: the shorter side of that rectangle, as a share of the longer one.
        solid: the same area as a share of its convex hull.
        hollow: the share of that area that is holes.
        holes: their number, without those of a few pixels.
    """

    filled: float
    aspect: float
    solid: float
    hollow: float
    holes: int

    @property
    def is_grid(self) -> bool:
        """Whether it is a grid of lines."""
        return self.holes > HOLES and self.hollow >= 0.5

    @property
    def is_frame(self) -> bool:
        """Whether it may be a frame around something: a box or a circle."""
        return self.filled >= FRAME and self.hollow >= 0.5

    @property
    def is_square(self) -> bool:
        """Whether it has the corners of a rectangle, with its holes."""
        return self.filled >= SHEET

    @property
    def is_sheet(self) -> bool:
        """Whether it may be a sheet of paper, in which writing is holes."""
        return self.is_square and self.aspect >= 0.5 and self.hollow <= 0.25

    @property
    def is_counter(self) -> bool:
        """Whether a hole may be that of a bold 0 or 8; what is written on a sheet is thinner, or goes round."""
        return self.filled >= PATCH and self.aspect >= 0.3 and self.hollow <= 0.02


def shape_of(mask: Mask) -> Shape:
    """The shape of ink that hangs together, (height, width), cut to its box."""
    mask = _reduced(mask)
    if not mask.any():
        return Shape(0, 0, 0, 0, 0)
    filled = np.asarray(ndimage.binary_fill_holes(mask))
    y, x = np.nonzero(filled)
    area = len(x)
    cosines, sines = np.cos(ANGLES), np.sin(ANGLES)
    u, v = np.outer(cosines, x) + np.outer(sines, y), np.outer(cosines, y) - np.outer(sines, x)
    across, down = (np.ptp(one, axis=1) + cosines + sines for one in (u, v))  # of whole pixels
    best = int(np.argmin(across * down))
    sides = float(across[best]), float(down[best])
    reach = np.concatenate([u.max(axis=1), v.max(axis=1), -u.min(axis=1), -v.min(axis=1)])
    labels, _ = ndimage.label(filled & ~mask)
    holes: Any = np.bincount(labels.ravel())[1:]
    return Shape(
        filled=area / (sides[0] * sides[1]),
        aspect=min(sides) / max(sides),
        solid=area / _hull(reach + 0.5),
        hollow=1 - int(mask.sum()) / area,
        holes=int((holes >= max(2, 0.001 * area)).sum()),
    )


def is_patch(mask: Mask, shape: Shape) -> bool:
    """Whether ink of a shape is a patch of light or shadow, or a blot: round or square, and nothing in it."""
    if shape.filled < PATCH - 0.1 or shape.aspect < ROUND - 0.05:
        return False
    mask = _reduced(mask)
    pad = max(1, max(mask.shape) // 40)  # noise makes its edge ragged
    closed = ndimage.binary_closing(np.pad(mask, 2 * pad), iterations=pad)
    shape = shape_of(np.asarray(ndimage.binary_opening(closed, iterations=pad)))
    return shape.filled >= PATCH and shape.aspect >= ROUND and shape.solid >= SOLID and shape.hollow <= 0.02


def _reduced(mask: Mask) -> Mask:
    """Ink wherever there was some, so that no line gets lost."""
    step = -(-max(mask.shape) // SIDE)
    height, width = mask.shape
    wider = np.pad(mask, ((0, -height % step), (0, -width % step)))
    return np.asarray(wider.reshape(-(-height // step), step, -1, step).any(axis=(1, 3)))


def _hull(reach: NDArray[np.float64]) -> float:
    """The area of the polygon that reaches so far in each of the directions, all around."""
    edges = (np.roll(reach, 1) + np.roll(reach, -1) - 2 * reach * np.cos(STEP)) / np.sin(STEP)
    return float((reach * edges).sum() / 2)


def stroke_width(mask: Mask) -> float:
    """The mean width of strokes in pixels: pixels of a stroke lie a quarter of it from its edge, on average."""
    if not mask.any():
        return 0.0
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))
    return float(4 * depth[depth > 0].mean() - 2)


def holes_of(mask: Mask) -> list[Mask]:
    """The holes of ink that hangs together, each cut to its box, without those of less than a hundredth of the area."""
    labels, _ = ndimage.label(np.asarray(ndimage.binary_fill_holes(mask)) & ~mask)
    boxes = enumerate(ndimage.find_objects(labels), 1)
    holes = [np.asarray(labels[box] == number) for number, box in boxes]
    return [hole for hole in holes if hole.sum() >= 0.01 * mask.sum()]
