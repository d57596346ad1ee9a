"""Other ways to write a digit that MNIST's American hands hardly use: the flag of a 1, the bar of a 7.

Much of the world writes a 1 with a long upstroke, and a 7 with a bar through its stem and a hook at its
left. Drawn onto training images, they teach a network these hands too.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from convfilter.mnist.data import Images, Labels
from convfilter.mnist.digits import like_mnist
from convfilter.mnist.shapes import stroke_width

_SCALE = 4
"""Strokes are drawn so many times larger than they come out, which smooths their edges."""

_MARGIN = 14
"""Pixels of paper around an image while it is drawn on; what is drawn may reach over its rim."""

Point = tuple[float, float]
"""x and y, in pixels of the image."""


def with_allographs(images: Images, labels: Labels, seed: int) -> Images:
    """Every 1 and 7 written another way, and every other image as it is.

    Args:
        images: (n, 28, 28), uint8, white on black.
        labels: (n,), their digits.
        seed: the same one gives the same images.
    """
    random = np.random.default_rng((seed, 2**33))
    changed: Images = images.copy()
    for digit, strokes in _STROKES.items():
        for index in np.flatnonzero(labels == digit):
            changed[index] = _drawn(images[index], strokes(images[index] > 127, random))
    return changed


def _drawn(image: Images, strokes: list[list[Point]]) -> Images:
    """The image with strokes as wide as its own, brought into MNIST's box again."""
    side = (image.shape[0] + 2 * _MARGIN) * _SCALE
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    width = max(2.0, 0.8 * stroke_width(image > 127)) * _SCALE
    for stroke in strokes:
        points = [((x + 0.5 + _MARGIN) * _SCALE, (y + 0.5 + _MARGIN) * _SCALE) for x, y in stroke]
        draw.line(points, fill=255, width=round(width), joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    added = np.asarray(canvas.resize((side // _SCALE,) * 2, Image.Resampling.BOX))
    both = np.maximum(np.pad(image, _MARGIN), added)
    rows, columns = (np.flatnonzero((both > 0).any(axis=axis)) for axis in (1, 0))
    box = both[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return like_mnist((box / 255).astype(np.float32))


def _flag_and_base(ink: NDArray[np.bool_], random: np.random.Generator) -> list[list[Point]]:
    """A 1: an upstroke from the left to its top, at a sharper angle than that of a 7, and now and then a bar below."""
    top, bottom = _end(ink, 0), _end(ink, -1)
    height = bottom[1] - top[1]
    length = random.uniform(0.3, 0.95) * height
    stem = np.arctan2(bottom[0] - top[0], height)  # from straight down, to the right
    flag = max(stem - np.deg2rad(random.uniform(20, 45)), -np.deg2rad(55))
    end = top[0] + length * np.sin(flag), top[1] + length * np.cos(flag)
    strokes = [_curve(top, end, random.uniform(-0.1, 0.1) * length)]
    if random.random() < 0.25:
        half = random.uniform(0.15, 0.35) * height
        tilt = random.uniform(-0.1, 0.1) * half
        strokes.append([(bottom[0] - half, bottom[1] + tilt), (bottom[0] + half, bottom[1] - tilt)])
    return strokes


def _bar_and_serif(ink: NDArray[np.bool_], random: np.random.Generator) -> list[list[Point]]:
    """A 7: a bar through its stem, and often a short stroke down from the left end of its top."""
    rows = np.flatnonzero(ink.any(axis=1))
    height = rows[-1] - rows[0]
    row = round(rows[0] + random.uniform(0.4, 0.65) * height)
    x = float(np.flatnonzero(ink[row]).mean()) if ink[row].any() else ink.shape[1] / 2
    half = random.uniform(0.15, 0.35) * height
    tilt = random.uniform(-0.3, 0.15) * half
    strokes = [_curve((x - half, row - tilt), (x + half, row + tilt), random.uniform(-0.15, 0.15) * half)]
    if random.random() < 0.6:
        upper = ink[rows[0] : rows[0] + max(1, round(0.35 * height))]
        column = int(np.flatnonzero(upper.any(axis=0))[0])
        y = rows[0] + float(np.flatnonzero(upper[:, column]).mean())
        drop = random.uniform(0.1, 0.45) * height
        strokes.append([(column, y), (column - random.uniform(-0.1, 0.5) * drop, y + drop)])
    return strokes


_STROKES: dict[int, Callable[[NDArray[np.bool_], np.random.Generator], list[list[Point]]]] = {
    1: _flag_and_base,
    7: _bar_and_serif,
}


def _end(ink: NDArray[np.bool_], which: int) -> Point:
    """The middle of the first (0) or last (-1) row with ink."""
    row = int(np.flatnonzero(ink.any(axis=1))[which])
    return float(np.flatnonzero(ink[row]).mean()), float(row)


def _curve(start: Point, end: Point, sag: float) -> list[Point]:
    """A quadratic curve that hangs down by so much in its middle."""
    share = np.linspace(0, 1, 9)
    x = start[0] + share * (end[0] - start[0])
    y = start[1] + share * (end[1] - start[1]) + 4 * sag * share * (1 - share)
    return list(zip(x.tolist(), y.tolist(), strict=True))
