"""A user's picture of a digit as MNIST would have it: 20 x 20, the stroke as wide, centred by mass in 28 x 28."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from convfilter.images.picture import Picture
from convfilter.mnist.brightness import Floats, brightness
from convfilter.mnist.data import Images
from convfilter.mnist.ink import Ink, find_ink
from convfilter.mnist.margins import with_margin
from convfilter.mnist.pieces import Strokes, pieces_of
from convfilter.mnist.segmenting import main_strokes, segment, sheet_on
from convfilter.mnist.shapes import stroke_width
from convfilter.names import Invert

BOX = 20
"""The side of the square that a digit of MNIST fills (LeCun et al., 1998)."""

FINER = 4
"""Strokes are measured and changed at so many times the pixels."""

STROKE = (1.6, 3.8)
"""The widths of strokes of MNIST, in its pixels: 90 % of its images lie between. Others are made so wide."""


SHEETS = 3
"""A sheet of paper may lie on another one, on a table."""


@dataclass(frozen=True)
class Digit:
    """One digit found in a picture.

    Attributes:
        image: (28, 28), uint8, white on black, as MNIST has it.
        box: top, left, bottom, right in the picture, as shares of its height and width.
    """

    image: Images
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Page:
    """What was found in a picture.

    Attributes:
        gray: (height, width), float32 in [0, 1]: the picture as it was looked at.
        digits: line by line, from left to right; empty where the page is blank.
        inverted: whether it was dark on light.
        others: how many more there are that may be digits, where one was expected.
        frames: of the picture; the first was looked at.
    """

    gray: Floats
    digits: tuple[Digit, ...]
    inverted: bool
    others: int = 0
    frames: int = 1


def read_page(picture: Picture, *, many: bool = False, invert: Invert = "auto") -> Page:
    """Find the digit, or all digits line by line, in the first frame of a picture.

    Args:
        picture: of any size, depth and mode.
        many: look for lines of digits; otherwise for the one that is meant.
        invert: as for `find_ink`.
    """
    gray, frames = brightness(picture), len(picture.frames)
    height, width = gray.shape
    wider, sense, margin = with_margin(gray, invert)
    ink, labels, pieces, (top, left) = _ink_on_paper(wider, sense)
    top, left = top - margin, left - margin
    groups = segment(labels, pieces)
    if ink is None or not groups:
        return Page(gray, (), inverted=ink.inverted if ink else invert == "yes", frames=frames)
    others = 0
    if not many:
        main, others = main_strokes(groups, labels.shape)
        groups = [main]
    digits = []
    for group in groups:
        window = slice(group.top, group.bottom), slice(group.left, group.right)
        first, last = (top + group.top, left + group.left), (top + group.bottom, left + group.right)
        box = np.clip((first[0] / height, first[1] / width, last[0] / height, last[1] / width), 0, 1).tolist()
        digits.append(Digit(like_mnist(ink.amount[window] * group.cut_from(labels)), tuple(box)))
    return Page(gray, tuple(digits), ink.inverted, others, frames)


def _ink_on_paper(gray: Floats, invert: Invert) -> tuple[Ink | None, NDArray[Any], list[Strokes], tuple[int, int]]:
    """The ink of a page; of the sheet of paper, where what stands out is one that lies on a table.

    Returns:
        The ink, None where there is none; its labels and pieces, as `pieces_of` gives them; and the row and column
        of the page where its part begins.
    """
    top = left = 0
    for _ in range(SHEETS):
        ink = find_ink(gray, invert)
        if ink is None:
            break
        labels, pieces = pieces_of(ink.mask)
        sheet = sheet_on(labels, pieces)
        if sheet is None:
            return ink, labels, pieces, (top, left)
        rim = max(2, sheet.height // 40)  # its edge is not straight
        top, left = top + sheet.top + rim, left + sheet.left + rim
        gray = np.ascontiguousarray(gray[sheet.top + rim : sheet.bottom - rim, sheet.left + rim : sheet.right - rim])
    return None, np.zeros((1, 1), np.int32), [], (top, left)


def like_mnist(amount: Floats) -> Images:
    """Ink as MNIST has it.

    Args:
        amount: (height, width), float32: 0 on paper, 1 in the middle of a stroke; cut to the digit's box.

    Returns:
        (28, 28), uint8: made to fit 20 x 20 without changing its proportions, its strokes about as wide
        as MNIST's, moved so that its centre of mass lies in the middle.
    """
    small = _resized(_with_usual_stroke(amount), BOX)
    canvas = np.zeros((28 * 2, 28 * 2), np.float32)
    y, x = ndimage.center_of_mass(small)
    top, left = (round(28 - place) for place in (y, x))
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.rint(255 * canvas[14:42, 14:42]).astype(np.uint8)


def _resized(amount: Floats, side: int) -> Floats:
    """So many pixels on the longer side, by area where it gets smaller."""
    height, width = amount.shape
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BILINEAR
    return np.asarray(np.clip(np.asarray(Image.fromarray(amount).resize(size, method)), 0, 1))


def _with_usual_stroke(amount: Floats) -> Floats:
    """The ink with its strokes made wider or narrower, where they are not as wide as any of MNIST."""
    large = _resized(amount, BOX * FINER)
    large = large / max(float(large.max()), 1e-6)  # a thin stroke has got pale
    width = stroke_width(large > 0.5) / FINER
    change = min(max(width, STROKE[0]), STROKE[1]) - width
    radius = round(abs(change) * FINER / 2)  # a stroke gains it on both sides
    if radius == 0:
        return amount
    if change < 0:
        thinner = np.asarray(ndimage.grey_erosion(large, footprint=_disk(radius)))
        return thinner if thinner.any() else amount
    return np.asarray(ndimage.grey_dilation(np.pad(large, radius), footprint=_disk(radius)))


def _disk(radius: int) -> NDArray[np.bool_]:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return np.asarray(x * x + y * y <= radius * radius + radius)
