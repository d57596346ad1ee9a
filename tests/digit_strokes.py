"""Handwriting as people's pens make it, from images of MNIST: middle lines, drawn anew at any size and width."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Random = np.random.Generator
Range = tuple[float, float]

DRAWN = 160
"""The height in pixels at which the middle lines of strokes are found."""


def skeleton(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The middle lines of strokes, one pixel wide (Zhang and Suen, 1984)."""
    thin = np.pad(mask, 1)
    changed = True
    while changed:
        changed = False
        for first, second in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            shifts = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))  # clockwise from above
            around = np.stack([np.roll(thin, shift, (0, 1)) for shift in shifts])
            count = around.sum(axis=0)
            turns = (~around & np.roll(around, -1, axis=0)).sum(axis=0)
            gone = thin & (count >= 2) & (count <= 6) & (turns == 1)
            gone &= ~around[list(first)].all(axis=0) & ~around[list(second)].all(axis=0)
            thin = thin & ~gone
            changed |= bool(gone.any())
    return thin[1:-1, 1:-1]


def stroke(digit: Bytes, height: float, pen: float, angle: float = 0) -> Floats:
    """A digit so many pixels high, drawn with a round pen that is a share of its height wide; cut to its box.

    The result is 1 in a stroke and 0 beside it, with edges about a pixel wide.
    """
    turned = ndimage.rotate(np.pad(digit, 4).astype(np.float64), angle, reshape=False, order=3)
    rows, columns = (np.flatnonzero((turned > 100).any(axis=axis)) for axis in (1, 0))
    box = turned[rows[0] - 2 : rows[-1] + 3, columns[0] - 2 : columns[-1] + 3]
    finer = DRAWN / (rows[-1] - rows[0] + 1)
    large = ndimage.gaussian_filter(ndimage.zoom(box, finer, order=3), finer / 3)
    distance = ndimage.distance_transform_edt(np.pad(~skeleton(large > 110), DRAWN // 4, constant_values=True))
    scale = height / (np.ptp(np.nonzero((distance == 0).any(axis=1))) + pen * DRAWN)
    distance = ndimage.gaussian_filter(distance, 1 + 0.5 / scale)
    ink = np.clip(
        pen * height / 2 - scale * ndimage.zoom(distance, scale, order=1, mode="nearest") + 0.5 + 0.5 * scale, 0, 1
    )
    return ink[ndimage.find_objects((ink > 0.5).astype(int))[0]]


def written(
    digit: Bytes,
    random: Random,
    size: Range = (200, 700),
    share: Range = (0.3, 0.7),
    pen: Range = (0.04, 0.13),
    *,
    wander: float = 0.6,
    angle: float = 0,
) -> Floats:
    """The ink of a digit on an empty page: of a height, a share of it, as far from its middle as the room lets it."""
    height = float(np.exp(random.uniform(*np.log(size))))
    tall = height * random.uniform(*share)
    ink = stroke(digit, tall, max(random.uniform(*pen), 1.4 / tall), angle)
    sides = max(height, ink.shape[0] * 1.2), max(height * random.uniform(0.8, 1.4), ink.shape[1] * 1.4)
    page = np.zeros([round(side) for side in sides])
    room = np.subtract(page.shape, ink.shape)
    put(page, ink, *(room * (0.5 + wander * random.uniform(-0.5, 0.5, 2))).astype(int))
    return page


def put(page: Floats, ink: Floats, top: int, left: int) -> None:
    """Write on a page."""
    part = page[top : top + ink.shape[0], left : left + ink.shape[1]]
    np.maximum(part, ink, out=part)
