"""An animated GIF: the window slides over a part of the picture, and the result grows pixel by pixel."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from convfilter.atomic import output_file, told_as
from convfilter.comparing import shown
from convfilter.errors import WritingError
from convfilter.explain_crops import EMPTY, INK, MARK, PAPER, Crop, crop_of, palette_numbers
from convfilter.explaining import area_of
from convfilter.explanation import Explanation, Span

MOST = 12
"""Rows and columns of the result, at most, that grow."""

FRAME_MS, LAST_MS = 80, 2500
"""Milliseconds of a frame, and of the last one."""

SIDE = 360
"""Pixels of a half of the page, at most; a half is larger only where it is of more pixels."""

LEAST = 250
"""Pixels of the page that each half has for what is written above it."""

TOP, BOTTOM, GAP = 26, 30, 30
"""Pixels of the page above, below and between the halves."""


class Half(NamedTuple):
    """A half of the page.

    Attributes:
        numbers: (height, width): colours by their places in the palette, each pixel as a block.
        block: pixels of the page for one of the picture.
        left: where it begins on the page.
    """

    numbers: NDArray[np.uint8]
    block: int
    left: int

    def box(self, rows: Span, columns: Span) -> tuple[int, int, int, int]:
        """Left, top, right and bottom on the page of rows and columns, the last of them included."""
        x, y = self.left + columns[0] * self.block, TOP + rows[0] * self.block
        right, bottom = self.left + (columns[1] + 1) * self.block, TOP + (rows[1] + 1) * self.block
        return x, y, right - 1, bottom - 1


def animate_explanation(explanation: Explanation, target: Path, *, overwrite: bool = False) -> tuple[str, ...]:
    """Animate how the pixels around an explained one come about.

    The pixels of the result are those of `Explanation.after`, as a screen shows them.

    Args:
        explanation: of the pixel.
        target: a .gif file.
        overwrite: replace an existing target.

    Returns:
        Sentences about what is not in the animation.

    Raises:
        WritingError: it cannot be written.
    """
    rows, columns = positions_of(explanation)
    first, *others = _frames(explanation, rows, columns)
    times = [FRAME_MS] * len(others) + [LAST_MS]
    with told_as(WritingError, target), output_file(target, overwrite=overwrite) as file:
        first.save(file, "GIF", save_all=True, append_images=others, duration=times, loop=0)
    height, width = explanation.after.frames[0].pixels.shape[:2]
    if (rows, columns) == ((0, height - 1), (0, width - 1)):
        return ()
    told = f"columns {columns[0]} to {columns[1]} and rows {rows[0]} to {rows[1]}"
    return (f"of the result, {told} are animated",)


def positions_of(explanation: Explanation) -> tuple[Span, Span]:
    """The rows and columns of the result that grow, around the pixel."""
    height, width = explanation.after.frames[0].pixels.shape[:2]
    return _around(explanation.place[0], height), _around(explanation.place[1], width)


def _around(place: int, size: int) -> Span:
    count = min(MOST, size)
    first = min(max(place - count // 2, 0), size - count)
    return first, first + count - 1


def _frames(explanation: Explanation, rows: Span, columns: Span) -> list[Image.Image]:
    """A frame for each pixel of the result, row by row, in one palette."""
    made = shown(explanation.after)[rows[0] : rows[1] + 1, columns[0] : columns[1] + 1]
    crop = crop_of(explanation, rows, columns, SIDE)
    before, after, palette = palette_numbers(crop.pixels, made)
    left = _half(before, 0)
    right = _half(after, max(left.numbers.shape[1], LEAST) + GAP)
    page = _page(left, right)
    frames = []
    for row, column in product(range(made.shape[0]), range(made.shape[1])):
        x, y, x_last, y_last = right.box((row, row), (column, column))
        page[y : y_last + 1, x : x_last + 1] = after[row, column]
        image = Image.fromarray(page)
        place = (rows[0] + row, columns[0] + column)
        _mark(image, explanation, place, crop, left)
        ImageDraw.Draw(image).rectangle((x, y, x_last, y_last), outline=MARK, width=2)
        image.putpalette(palette)
        frames.append(image)
    return frames


def _half(numbers: NDArray[np.uint8], left: int) -> Half:
    block = max(1, SIDE // max(numbers.shape))
    return Half(numbers.repeat(block, axis=0).repeat(block, axis=1), block, left)


def _page(left: Half, right: Half) -> NDArray[np.uint8]:
    """Paper with the picture, room for the result, and what they are called."""
    height = max(left.numbers.shape[0], right.numbers.shape[0])
    page = np.full((TOP + height + BOTTOM, right.left + max(right.numbers.shape[1], LEAST)), PAPER, np.uint8)
    page[TOP : TOP + left.numbers.shape[0], : left.numbers.shape[1]] = left.numbers
    page[TOP : TOP + right.numbers.shape[0], right.left : right.left + right.numbers.shape[1]] = EMPTY
    image = Image.fromarray(page)
    draw = ImageDraw.Draw(image)
    _write(draw, (2, 4), "the picture (dark: beyond its edge)")
    _write(draw, (right.left, 4), "the result")
    return np.array(image)


def _mark(image: Image.Image, explanation: Explanation, place: tuple[int, int], crop: Crop, left: Half) -> None:
    """A frame around what a pixel of the result sees, and below which pixel it is, with its values."""
    size = explanation.before.frames[0].pixels.shape
    (row, column), draw = place, ImageDraw.Draw(image)
    seen = area_of(explanation.operations, (size[0], size[1]), (row, row), (column, column))
    rows, columns = (crop.at(span, axis) for axis, span in enumerate(seen))
    draw.rectangle(left.box(rows, columns), outline=MARK, width=2)
    values = ", ".join(f"{value:g}" for value in explanation.after.frames[0].pixels[place])
    _write(draw, (2, image.height - BOTTOM + 8), f"pixel {column},{row} of the result is {values}")


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
    draw.fontmode = "1"  # the palette has no greys to smooth letters with
    draw.text(place, text, INK, ImageFont.load_default(15))
