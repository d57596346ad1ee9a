"""An explained pixel as text for a terminal: grids of numbers, lines of arithmetic, a table of the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convfilter.cli.console import page_width, plain_table, render, steps_table
from convfilter.cli.grids import patch_parts, products_parts
from convfilter.text import number, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from convfilter.explanation import Explanation, Step
    from convfilter.step_sums import Line

_NUMBER = 9
"""Characters of a number in a line of arithmetic."""


def explanation_text(explanation: Explanation, name: str) -> str:
    """All of it, for a picture of this name."""
    return render(_parts(explanation, name))


def _parts(explanation: Explanation, name: str) -> Iterator[RenderableType]:
    from rich.text import Text

    size, (row, column), count = explanation.steps[-1].size, explanation.place, len(explanation.steps)
    yield _bold(f"{name}: pixel {column},{row} of the result, which is {size[1]} x {size[0]}")
    yield Text(f"Column and row are counted from 0. Black is 0, white is {explanation.white:g}.")
    if count > 1:
        yield Text("Each step is shown at the pixel that lies in the middle of what the next one sees.")
    for index, step in enumerate(explanation.steps, 1):
        yield Text("")
        yield _bold(f"Step {index} of {count}: {step.operation}" if count > 1 else f"{step.operation}")
        yield from _step_parts(step, explanation.white)
    yield Text("")
    yield _bold("The pixel")
    yield _lines(explanation.ending, explanation.names)
    samples = (f"{name} {value:g}" for name, value in zip(explanation.names, explanation.pixel, strict=True))
    yield _bold(f"written: {', '.join(samples)}")
    if count > 1:
        yield Text("")
        yield _steps_table(explanation)


def _step_parts(step: Step, white: float) -> Iterator[RenderableType]:
    from rich.text import Text

    (row, column), ((top, bottom), (left, right)) = step.place, step.area
    yield Text(f"output {step.size[1]} x {step.size[0]}")
    yield Text(
        f"its pixel {column},{row} sees {step.field[1]} x {step.field[0]} pixels of the picture: "
        f"{_span('column', left, right)}, {_span('row', top, bottom)}"
    )
    yield Text("")
    yield from products_parts(step, white) if step.products else patch_parts(step, white)
    yield _lines(step.lines, step.names)
    if step.alpha:
        yield Text(f"{step.alpha.text}: {number(step.alpha.values[0], _NUMBER)}")


def _lines(lines: tuple[Line, ...], names: tuple[str, ...]) -> Table:
    """Lines with a column for each channel that they are about."""
    from rich.text import Text

    names = names[: len(lines[0].values)]
    table = plain_table()
    table.add_column("", overflow="fold", max_width=page_width() - (_NUMBER + 2) * len(names))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True, min_width=_NUMBER)
    for line in lines:
        table.add_row(Text(printable(line.text)), *(number(value, _NUMBER) for value in line.values))
    return table


def _steps_table(explanation: Explanation) -> Table:
    """Every step: what it gives, what a pixel of it sees, and how far apart what two neighbours see begins."""
    rows = []
    for step in explanation.steps:
        sizes = (f"{width} x {height}" for height, width in (step.size, step.field, step.apart))
        rows.append((printable(str(step.operation)), *sizes))
    return steps_table(("step", "output", "sees", "input pixels apart"), rows)


def _span(name: str, first: int, last: int) -> str:
    return f"{name} {first}" if first == last else f"{name}s {first} to {last}"


def _bold(text: str) -> Text:
    from rich.text import Text

    return Text(printable(text), style="bold")
