"""Ink that cannot be a digit, by its shape: a patch of light, a rule, a grid, a frame, a sheet of paper."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]

SIDE = 160
"""Shapes are looked at in no more pixels than this on a side."""

ANGLES = np.deg2rad(np.arange(0, 90, 5))
"""A rectangle is laid around a shape at each of these."""

RULE = 6
"""What is so many times as wide as high is a rule; a 1 is as much higher than wide."""

HOLES = 6
"""What has more holes is a grid, if it is hollow; an 8 has two, and chalk many small ones."""

SHEET, PATCH, FRAME = 0.87, 0.72, 0.7
"""The least share of the rectangle around them that a sheet of paper, a patch of light and a frame fill, with what is
inside them; of 10,000 digits of MNIST only 1s, which are narrow, fill as much as a sheet. A disc fills 0.79."""


class Shape(NamedTuple):
    """What tells a shape from a digit.

    Attributes:
        filled: its area with its holes, as a share of the smallest rectangle around it, turned any way.
        aspect: the shorter side of that rectangle, as a share of the longer one.
        hollow: the share of that area that is holes.
        holes: their number, without those of a few pixels.
    """

    filled: float
    aspect: float
    hollow: float
    holes: int

    @property
    def is_patch(self) -> bool:
        """Whether it is a patch of light or shadow, or a blot: round or square, and nothing in it."""
        return self.filled >= PATCH and self.aspect >= 0.6 and self.hollow <= 0.02

    @property
    def is_grid(self) -> bool:
        """Whether it is a grid of lines."""
        return self.holes > HOLES and self.hollow >= 0.5

    @property
    def is_frame(self) -> bool:
        """Whether it may be a frame around something: a box or a circle."""
        return self.filled >= FRAME and self.hollow >= 0.5

    @property
    def is_sheet(self) -> bool:
        """Whether it is a sheet of paper, in which writing is holes."""
        return self.filled >= SHEET and self.aspect >= 0.5 and self.hollow <= 0.25


def shape_of(mask: Mask) -> Shape:
    """The shape of ink that hangs together, (height, width), cut to its box."""
    step = -(-max(mask.shape) // SIDE)
    mask = mask[::step, ::step]
    if not mask.any():
        return Shape(0, 0, 0, 0)
    filled = np.asarray(ndimage.binary_fill_holes(mask))
    y, x = np.nonzero(filled)
    cosines, sines = np.cos(ANGLES), np.sin(ANGLES)
    across = np.ptp(np.outer(cosines, x) + np.outer(sines, y), axis=1) + cosines + sines  # of whole pixels
    down = np.ptp(np.outer(cosines, y) - np.outer(sines, x), axis=1) + cosines + sines
    best = int(np.argmin(across * down))
    width, height = float(across[best]), float(down[best])
    labels, _ = ndimage.label(filled & ~mask)
    holes: Any = np.bincount(labels.ravel())[1:]
    area = len(x)
    return Shape(
        filled=area / (width * height),
        aspect=min(width, height) / max(width, height),
        hollow=1 - int(mask.sum()) / area,
        holes=int((holes >= max(2, 0.001 * area)).sum()),
    )
