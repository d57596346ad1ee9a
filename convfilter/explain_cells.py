"""The numbers of an explained step, drawn as cells: patch, kernel and products side by side, and the sum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.explanation import Step
from convfilter.figures import draw_matrix
from convfilter.step_sums import Line, Products
from convfilter.text import number, shortened

MOST_ROWS = 12
"""Rows of a drawing, of all steps together."""

_NAME = 20
"""Letters of a filter's name, at most, that fit between the columns of a drawing."""

_LINE = 120
"""Letters that fit into its width."""

_TINTS = {"red": "Reds_r", "green": "Greens_r", "blue": "Blues_r"}


class Row(NamedTuple):
    """A row of a drawing.

    Attributes:
        channel: its number.
        products: of one filter; None for a pool, which has a patch alone.
    """

    channel: int
    products: Products | None


def rows_of(step: Step) -> tuple[Row, ...]:
    """The rows that a step needs: one for each channel and filter; none where it works on single pixels."""
    if step.beyond.size == 1:
        return ()
    if step.products:
        return tuple(Row(one.channel, one) for one in step.products)
    return tuple(Row(channel, None) for channel in range(len(step.patch_names)))


def height_of(step: Step, rows: tuple[Row, ...]) -> float:
    """The inches that a step takes with these rows."""
    return 0.85 + 2.4 * len(rows) if rows else 0.75 + 0.16 * len(_all_lines(step))


def draw_rows(part: Any, title: str, step: Step, rows: tuple[Row, ...], white: float) -> None:
    """Draw a step.

    Args:
        part: of a figure.
        title: what the step is.
        step: its numbers.
        rows: those that are drawn.
        white: the level of white.
    """
    part.suptitle(f"{shortened(title, _LINE)}\n{_sees(step)}", fontsize=11, x=0.01, ha="left", parse_math=False)
    if not rows:
        axes = part.subplots()
        axes.axis("off")
        axes.text(
            0.02, 1, "\n".join(_all_lines(step)), fontsize=9, va="top", transform=axes.transAxes, parse_math=False
        )
        return
    places = part.subplots(len(rows), 4, squeeze=False)
    last = {row.channel: index for index, row in enumerate(rows)}
    for index, (axes, row) in enumerate(zip(places, rows, strict=True)):
        _draw_cells(axes, step, row, white)
        text = "\n".join(_lines_of(step, row, last[row.channel] == index))
        place = axes[3] if row.products else axes[1]
        place.text(0, 0.5, text, fontsize=9, va="center", transform=place.transAxes, parse_math=False)


def _draw_cells(axes: Any, step: Step, row: Row, white: float) -> None:
    """The patch, in which cells beyond the edge are hatched; a filter's weights and products."""
    name = step.patch_names[row.channel]
    seen = step.patch[:, :, row.channel] if row.products is None else row.products.seen
    draw_matrix(axes[0], seen, step.seen_as(name), colours=_TINTS.get(name, "gray"), white=white)
    for y, x in np.argwhere(step.beyond):
        axes[0].add_patch(_hatched(y, x))
    if row.products is None:
        for place in axes[1:]:
            place.axis("off")
        return
    filter_ = f"filter {shortened(row.products.filter, _NAME)}" if row.products.filter else "the kernel"
    draw_matrix(axes[1], row.products.weights, f"x  {filter_}")
    draw_matrix(axes[2], row.products.products, "=  the products")
    axes[3].axis("off")


def _hatched(row: int, column: int) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor="0.5", linewidth=0)


def _sees(step: Step) -> str:
    """What a step gives, and what its pixel sees."""
    beyond = "; hatched: beyond the edge" if step.beyond.any() else ""
    return (
        f"output {step.size[1]} x {step.size[0]}; its pixel {step.place[1]},{step.place[0]} sees {step.field[1]} x "
        f"{step.field[0]} pixels of the picture{beyond}"
    )


def _lines_of(step: Step, row: Row, last: bool) -> Iterator[str]:
    """The lines that a row leads to; those of all filters together are told in the last one of a channel."""
    if step.alpha and row.channel == len(step.names) - 1:
        if last:
            yield f"{step.alpha.text}\n    = {_value(step.alpha.values[0])}"
        return
    own = row.products.filter if row.products else ""
    for line in step.lines:
        if line.filter == own or (last and not line.filter):
            yield f"{_told(line)}\n    = {_value(line.values[row.channel])}"


def _all_lines(step: Step) -> list[str]:
    """The lines of a step without rows, for all channels."""
    lines = [f"sees {channels(step.patch_names, step.patch[0, 0])}"]
    if step.products:
        names = ((shortened(one.filter, _NAME), _value(one.weights[0, 0])) for one in step.products)
        filters = dict.fromkeys(" ".join(words).strip() for words in names)
        lines.append(shortened(f"x  the kernel, {', '.join(filters)}", _LINE))
    lines += [f"{_told(line)}:  {channels(step.names, line.values)}" for line in step.lines]
    return lines + ([f"{step.alpha.text}:  {_value(step.alpha.values[0])}"] if step.alpha else [])


def _told(line: Line) -> str:
    """What a line says, with the beginning of its filter's name where that is long."""
    return line.text.replace(line.filter, shortened(line.filter, _NAME))


def channels(names: tuple[str, ...], values: NDArray[Any]) -> str:
    """A value for each channel, with the names."""
    return ",  ".join(f"{name} {_value(value)}" for name, value in zip(names, values, strict=False))


def _value(value: float) -> str:
    return number(float(value), 9)
