"""Patches, kernels and products side by side as text, with numbers as long as there is room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convfilter.cli.console import grey_style, heat_style, page_width
from convfilter.text import number, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.text import Text

    from convfilter.explanation import Step
    from convfilter.step_sums import Products

SHOWN = 7
"""Rows and columns of a grid that are shown; of more, those in the middle."""

WIDTHS = (7, 6, 5)
"""Characters that a number in a grid may take; the first with which the page is wide enough are taken."""


def products_parts(step: Step, white: float) -> Iterator[Text]:
    """Each filter over each channel: what is seen, times the weights, is the products."""
    from rich.text import Text

    yield from _remarks(step, "")
    if step.weighs_by_opacity:
        yield Text("Colours count as much as they are opaque: below, they are multiplied by alpha / white.")
    weight = max(float(abs(one.weights).max()) for one in step.products)
    limits = (white, weight, max(float(abs(one.products).max()) for one in step.products))
    for one in step.products:
        name = step.names[one.channel]
        bank = f", filter {one.filter}" if one.filter else ""
        yield Text(printable(f"{step.seen_as(name)}{bank}:"), style="italic")
        yield from _equation(step, one, limits)
        yield Text("")


def patch_parts(step: Step, white: float) -> Iterator[Text]:
    """What each channel of a pool sees; of single pixels, a line."""
    from rich.text import Text

    if step.beyond.size == 1:
        numbers = (number(value, 9) for value in step.patch[0, 0])
        yield Text(f"sees {', '.join(map(' '.join, zip(step.patch_names, numbers, strict=True)))}")
        return
    yield from _remarks(step, ", where nothing counts")
    for channel, name in enumerate(step.patch_names):
        yield Text(f"{name}:", style="italic")
        yield from _grid(step.patch[:, :, channel], WIDTHS[0], lambda value: grey_style(value / white), step.beyond)
        yield Text("")


def _remarks(step: Step, beyond: str) -> Iterator[Text]:
    from rich.text import Text

    rows, columns = step.beyond.shape
    if max(rows, columns) > SHOWN:
        yield Text(f"Of {rows} x {columns} numbers, the {min(rows, SHOWN)} x {min(columns, SHOWN)} in the middle:")
    if _middle(step.beyond).any():
        yield Text(f"In brackets: beyond the edge{beyond}.")


def _equation(step: Step, one: Products, limits: tuple[float, float, float]) -> Iterator[Text]:
    """Three grids side by side, or one below another where the page is too narrow."""
    from rich.text import Text

    for width in WIDTHS:
        grids = _three(step, one, limits, width)
        if sum(len(grid[0]) for grid in grids) + 2 * 3 <= page_width():
            yield from _side_by_side(grids)
            return
    for sign, grid in zip(("", "x", "="), _three(step, one, limits, WIDTHS[0]), strict=True):
        if sign:
            yield Text(sign)
        yield from grid


def _three(step: Step, one: Products, limits: tuple[float, float, float], width: int) -> list[list[Text]]:
    white, weight, product = (limit or 1.0 for limit in limits)
    return [
        _grid(one.seen, width, lambda value: grey_style(value / white), step.beyond),
        _grid(one.weights, width, lambda value: heat_style(value / weight)),
        _grid(one.products, width, lambda value: heat_style(value / product)),
    ]


def _side_by_side(grids: list[list[Text]]) -> Iterator[Text]:
    from rich.text import Text

    middle = (len(grids[0]) - 1) // 2
    for index, (seen, weights, products) in enumerate(zip(*grids, strict=True)):
        times, equals = (" x ", " = ") if index == middle else ("   ", "   ")
        yield Text.assemble(seen, times, weights, equals, products)


def _grid(values: Any, width: int, style: Callable[[float], str], beyond: Any = None) -> list[Text]:
    """The middle of a matrix, a text for each row; what lies beyond the edge is in brackets."""
    from rich.text import Text

    values = _middle(values)
    outside = None if beyond is None or not beyond.any() else _middle(beyond)
    cells = [[number(value, width, 4 if abs(value) < 1 else 2) for value in row] for row in values]
    longest = max(len(cell) for row in cells for cell in row)
    rows = []
    for index, row in enumerate(cells):
        line = Text()
        for place, cell in enumerate(row):
            cell = f" {cell:>{longest}}"
            if outside is not None:
                cell = f"[{cell[1:]}]" if outside[index, place] else f"{cell} "
            line.append(cell, style=style(float(values[index, place])))
        rows.append(line)
    return rows


def _middle(matrix: Any) -> Any:
    """At most `SHOWN` rows and columns from the middle."""
    top, left = (max(size - SHOWN, 0) // 2 for size in matrix.shape)
    return matrix[top : top + SHOWN, left : left + SHOWN]
