"""Before and after, to look at: side by side, on a sheet with what lies between, and as small pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from convfilter.images.fitting import fit
from convfilter.images.formats import FORMATS
from convfilter.images.metadata import icc_fits
from convfilter.images.picture import Frame, Meta, Picture
from convfilter.text import printable

GAP = 8
"""White pixels between the two."""

PANEL = 320
"""Pixels on the longer side of a picture on a sheet."""

LINE = 18
"""Pixels from one line of a label to the next."""

LABEL = 200
"""Letters of a label that are looked at; no box is so wide."""

THUMBNAIL = 320
"""Pixels on the longer side of a small picture."""


def size_beside(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Height and width of two pictures side by side, from theirs."""
    return max(left[0], right[0]), left[1] + GAP + right[1]


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The first frames of two pictures beside each other, tops aligned, in 8-bit RGB on white."""
    left, right = shown(before), shown(after)
    canvas = np.full((*size_beside(left.shape[:2], right.shape[:2]), 3), 255, np.uint8)
    canvas[: left.shape[0], : left.shape[1]] = left
    canvas[: right.shape[0], left.shape[1] + GAP :] = right
    return _on_white(canvas, before)


def contact_sheet(before: Picture, panels: Iterable[tuple[str, Picture]]) -> Picture:
    """A picture and what became of it, labelled, each in a box of one size, in 8-bit RGB on white.

    Args:
        before: the picture.
        panels: label and picture; taken one at a time, so that no more than one is in memory in full size.
    """
    box = _box(before)
    drawn = [_panel(label, picture, box) for label, picture in chain([("input", before)], panels)]
    columns = math.ceil(math.sqrt(len(drawn)))
    height, width = max(panel.shape[0] for panel in drawn) + GAP, box[0] + GAP
    canvas = np.full((-(-len(drawn) // columns) * height + GAP, columns * width + GAP, 3), 255, np.uint8)
    for index, panel in enumerate(drawn):
        top, left = (index // columns) * height + GAP, (index % columns) * width + GAP
        canvas[top : top + panel.shape[0], left : left + panel.shape[1]] = panel
    return _on_white(canvas, before)


def _on_white(canvas: NDArray[np.uint8], before: Picture) -> Picture:
    """A canvas in the colours of a picture on it."""
    icc = before.meta.icc if before.meta.icc and icc_fits(before.meta.icc, "RGB") else None
    return Picture((Frame(canvas, "RGB"),), "PNG", Meta(icc=icc))


def _box(picture: Picture) -> tuple[int, int]:
    """Width and height of the boxes of a sheet: as the picture, not larger than `PANEL`, not narrower than a label."""
    height, width = picture.frames[0].pixels.shape[:2]
    scale = PANEL / max(height, width)
    return max(round(width * scale), PANEL // 2), max(round(height * scale), 1)


def _panel(label: str, picture: Picture, box: tuple[int, int]) -> NDArray[Any]:
    """A picture that fills a box as far as its shape allows; below it its label, in one or two lines, and its size."""
    image = Image.fromarray(shown(picture))
    scale = min(box[0] / image.width, box[1] / image.height)
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    # Enlarged pixels stay squares, so that one sees what pooling left.
    method = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    font = ImageFont.load_default(LINE * 3 // 4)
    lines = _folded(printable(label[:LABEL]), font, box[0])
    panel = Image.new("RGB", (box[0], box[1] + (len(lines) + 1) * LINE), "white")
    panel.paste(image.resize(size, method))
    draw = ImageDraw.Draw(panel)
    for index, line in enumerate(lines):
        draw.text((0, box[1] + 1 + index * LINE), line, "black", font)
    draw.text((0, box[1] + len(lines) * LINE), f"{image.width} x {image.height}", "gray", font)
    return np.asarray(panel)


def _folded(label: str, font: Any, width: int) -> list[str]:
    """A label as lines of a width in pixels, two at most; the second one is cut."""
    first, rest = label, ""
    while " " in first and font.getlength(first) > width:
        first = first.rpartition(" ")[0]
        rest = label[len(first) + 1 :]
    return [_cut(line, font, width) for line in (first, rest) if line]


def _cut(line: str, font: Any, width: int) -> str:
    """The beginning of a line that is too long."""
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}...") > width:
        line = line[:-1]
    return f"{line}..."


def thumbnail(picture: Picture) -> bytes:
    """The first frame in 8-bit RGB on white, at most `THUMBNAIL` pixels on its longer side, as a JPEG file."""
    image = Image.fromarray(shown(picture))
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def shown(picture: Picture) -> NDArray[np.uint8]:
    """(height, width, 3): the first frame as a screen shows it, in 8 bits on white."""
    # BMP holds plain 8-bit pictures only, so fitting to it brings depth, alpha and CMYK down.
    pixels: NDArray[np.uint8] = fit(picture, FORMATS["BMP"]).frames[0].pixels
    return pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2)
