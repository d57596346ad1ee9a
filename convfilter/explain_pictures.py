"""An explained pixel, drawn: the photograph with what the pixel sees, each step's numbers as cells, the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from convfilter.atomic import told_as
from convfilter.comparing import shown
from convfilter.errors import WritingError
from convfilter.explain_cells import MOST_ROWS, channels, draw_rows, height_of, rows_of
from convfilter.explanation import Explanation, Span
from convfilter.figures import new_figure, save_figure

WIDTH = 13.0
"""Inches."""

_LONGEST = 900
"""Pixels of a drawn photograph, on its longer side."""

_MARK = "tab:red"


def draw_explanation(explanation: Explanation, target: Path, *, overwrite: bool = False) -> tuple[str, ...]:
    """Draw how a pixel comes about.

    Args:
        explanation: of the pixel.
        target: a .png, .svg or .pdf file.
        overwrite: replace an existing target.

    Returns:
        Sentences about what is not in the drawing.

    Raises:
        OptionError: the extension names no format.
        WritingError: the drawing cannot be written.
    """
    count = sum(len(rows_of(step)) for step in explanation.steps)
    with told_as(WritingError, target):
        save_figure(_figure(explanation), target, overwrite=overwrite)
    return (f"{MOST_ROWS} of {count} rows of numbers are drawn",) if count > MOST_ROWS else ()


def _figure(explanation: Explanation) -> Any:
    blocks = [rows_of(step) for step in explanation.steps]
    left, heights = MOST_ROWS, []
    for index, rows in enumerate(blocks):
        blocks[index] = rows[:left]
        left -= len(blocks[index])
        heights.append(height_of(explanation.steps[index], blocks[index]))
    heights = [4.2, *heights, 0.5 + 0.25 * len(explanation.ending)]
    figure = new_figure(WIDTH, sum(heights))
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _draw_photographs(parts[0], explanation)
    for index, (part, step, rows) in enumerate(zip(parts[1:-1], explanation.steps, blocks, strict=True), 1):
        number = f"Step {index}: " if len(blocks) > 1 else ""
        draw_rows(part, f"{number}{step.operation}", step, rows, explanation.white)
    _draw_ending(parts[-1], explanation)
    return figure


def _draw_photographs(part: Any, explanation: Explanation) -> None:
    """The picture, what is around the pixel in it, what is around it in the result, the result."""
    before, after = shown(explanation.before), shown(explanation.after)
    last = explanation.steps[-1]
    places = part.subplots(1, 4)
    (row, column), (rows, columns) = explanation.place, last.area
    _draw_photograph(places[0], before, rows, columns)
    places[0].set_title("the picture", fontsize=10)
    _draw_near(places[1], before, rows, columns)
    places[1].set_title(f"what the pixel sees: {last.field[1]} x {last.field[0]}", fontsize=10)
    _draw_near(places[2], after, (row, row), (column, column))
    places[2].set_title(f"the pixel {column},{row} of the result", fontsize=10)
    _draw_photograph(places[3], after, (row, row), (column, column))
    places[3].set_title("the result", fontsize=10)


def _draw_photograph(axes: Any, pixels: NDArray[np.uint8], rows: Span, columns: Span) -> None:
    """All of it, with a frame around rows and columns, and lines to it from the rim, as it may be a dot."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(pixels)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BOX)
    axes.imshow(np.asarray(image), extent=(-0.5, width - 0.5, height - 0.5, -0.5))
    _frame(axes, rows, columns)
    for centre, lines in ((sum(rows) / 2, axes.axhline), (sum(columns) / 2, axes.axvline)):
        lines(centre, color=_MARK, linewidth=0.6, alpha=0.7)
    axes.set(xticks=[], yticks=[], xlabel=f"{width} x {height}")
    axes.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))


def _draw_near(axes: Any, pixels: NDArray[np.uint8], rows: Span, columns: Span) -> None:
    """What lies around rows and columns, as squares, with a frame around them."""
    longest = max(rows[1] - rows[0], columns[1] - columns[0]) + 1
    reach = max(5, longest)
    height, width = pixels.shape[:2]
    middle = [(span[0] + span[1]) // 2 for span in (rows, columns)]
    top, left = (max(0, min(place - reach, size - 1)) for place, size in zip(middle, (height, width), strict=True))
    near = pixels[top : max(middle[0] + reach + 1, top + 1), left : max(middle[1] + reach + 1, left + 1)]
    extent = (left - 0.5, left + near.shape[1] - 0.5, top + near.shape[0] - 0.5, top - 0.5)
    axes.imshow(near, extent=extent, interpolation="nearest")
    _frame(axes, rows, columns)
    axes.set(
        xlim=(middle[1] - reach - 0.5, middle[1] + reach + 0.5),
        ylim=(middle[0] + reach + 0.5, middle[0] - reach - 0.5),
        facecolor="0.85",  # beyond the edge
    )
    axes.ticklabel_format(useOffset=False, style="plain")  # whole columns and rows, however many there are
    axes.tick_params(labelsize=7)


def _frame(axes: Any, rows: Span, columns: Span) -> None:
    x, y = (columns[0] - 0.5, columns[1] + 0.5), (rows[0] - 0.5, rows[1] + 0.5)
    axes.plot([x[0], x[1], x[1], x[0], x[0]], [y[0], y[0], y[1], y[1], y[0]], color=_MARK, linewidth=1.5)


def _draw_ending(part: Any, explanation: Explanation) -> None:
    names = explanation.names
    lines = [f"{text}:  {channels(names, values)}" for text, values, _ in explanation.ending]
    lines.append(f"written at {explanation.place[1]},{explanation.place[0]}:  {channels(names, explanation.pixel)}")
    axes = part.subplots()
    axes.axis("off")
    axes.text(0, 1, "\n".join(lines), fontsize=10, va="top", transform=axes.transAxes, parse_math=False)
