"""The part of a picture that an animation is about, and its colours in a palette."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from convfilter.borders import OUTSIDE, border_index, is_beyond
from convfilter.comparing import shown
from convfilter.explaining import area_of
from convfilter.explanation import Explanation, Span
from convfilter.names import WindowBorder

CONTEXT = 2
"""Pixels that are shown around what is seen."""

FIXED = ((255, 255, 255), (0, 0, 0), (205, 222, 240), (230, 30, 30), (0, 0, 0))
"""The first colours of a palette: paper, ink, what is not there yet, marks, and one for Pillow to mark what stays."""

PAPER, INK, EMPTY, MARK = range(4)


class Crop(NamedTuple):
    """A part of a picture, with what is beyond its edge in dark.

    Attributes:
        pixels: (height, width, 3).
        first: the row and the column of the picture that it begins at.
        every: one of so many pixels is in it.
    """

    pixels: NDArray[np.uint8]
    first: tuple[int, int]
    every: int

    def at(self, span: Span, axis: int) -> Span:
        """Where pixels of the picture are in it."""
        return (span[0] - self.first[axis]) // self.every, (span[1] - self.first[axis]) // self.every


def crop_of(explanation: Explanation, rows: Span, columns: Span, most: int) -> Crop:
    """What these rows and columns of a result see of the picture, and a little around it.

    Args:
        explanation: of a pixel.
        rows: of the result.
        columns: of the result.
        most: pixels on a side; of more, every second is taken, or every third and so on.
    """
    pixels = shown(explanation.before)
    size = (pixels.shape[0], pixels.shape[1])
    seen = area_of(explanation.operations, size, rows, columns)
    every = -(-max(last - first + 1 + 2 * CONTEXT for first, last in seen) // most)
    border = _first_border(explanation)
    indices, beyond = [], []
    for (first, last), length in zip(seen, size, strict=True):
        places = np.arange(first - CONTEXT, last + 1 + CONTEXT, every)
        indices.append(border_index(places, length, border))
        beyond.append(is_beyond(places, length))
    crop = pixels[indices[0].clip(0)][:, indices[1].clip(0)]
    crop[indices[0] == OUTSIDE] = 0
    crop[:, indices[1] == OUTSIDE] = 0
    outside = beyond[0][:, np.newaxis] | beyond[1]
    crop[outside] = crop[outside] // 2
    return Crop(crop, (seen[0][0] - CONTEXT, seen[1][0] - CONTEXT), every)


def _first_border(explanation: Explanation) -> WindowBorder:
    """The border of the first step that looks around a pixel."""
    windows = [step.operation.windows[0] for step in explanation.steps]
    return next((one.border for one in windows if one.before or one.after), "zero")


def palette_numbers(
    before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[int]]:
    """Two small pictures (height, width, 3) as places in one palette.

    Returns:
        The numbers of both, and the palette. The colours of the second, of 144 pixels or less, are exact; those of the
        first are where there is room for them.
    """
    exact, numbers = np.unique(after.reshape(-1, 3), axis=0, return_inverse=True)
    room = 256 - len(FIXED) - len(exact)
    image: Any = Image.fromarray(before)
    colours = image.getcolors(room)
    if colours is None:
        reduced = image.quantize(room, dither=Image.Dither.NONE)
        table = np.array(reduced.getpalette()[: 3 * room], np.uint8).reshape(-1, 3)
        before = table[np.asarray(reduced)]
    rough, others = np.unique(before.reshape(-1, 3), axis=0, return_inverse=True)
    palette = [*np.ravel(FIXED).tolist(), *exact.ravel().tolist(), *rough.ravel().tolist()]
    first = (others + len(FIXED) + len(exact)).reshape(before.shape[:2]).astype(np.uint8)
    return first, (numbers + len(FIXED)).reshape(after.shape[:2]).astype(np.uint8), palette
