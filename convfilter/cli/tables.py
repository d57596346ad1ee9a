"""Kernels and recipes as text: the list, and the sheet of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convfilter.cli.console import heat_style, plain_table, render, steps_table
from convfilter.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from convfilter.kernels import Kernel
    from convfilter.recipe_files import Recipe

_NUMBERED_COLUMNS = 11
"""Wider kernels are shown as colours or signs alone."""

_LONGEST_SIDE = 99
"""Rows or columns beyond which a kernel is not shown at all: it takes seconds, and no terminal is so wide."""


def kernel_table(kernels: list[Kernel]) -> str:
    """One line a kernel: name, size, sum, description."""
    table = plain_table()
    table.add_column("name", no_wrap=True)
    table.add_column("size", no_wrap=True)
    table.add_column("sum", no_wrap=True, justify="right")
    table.add_column("description", overflow="fold")
    for kernel in kernels:
        height, width = kernel.size
        bank = f" x {len(kernel.filters)}" if kernel.filters else ""
        sums = sorted(set(kernel.sums.tolist()))
        table.add_row(
            kernel.name,
            f"{height}x{width}{bank}",
            ", ".join(f"{value:.4g}" for value in sums),
            kernel.description,
        )
    return render([table])


def kernel_sheet(kernel: Kernel) -> str:
    """A kernel's matrix, or each of a bank, and the facts about it."""
    from rich.text import Text

    from convfilter.kernel_facts import kernel_facts

    facts = kernel_facts(kernel)
    height, width = kernel.size
    parts: list[RenderableType] = [Text(printable(f"{kernel.name}, {height} x {width}"))]
    parts += [Text(printable(line)) for line in (kernel.description, kernel.source) if line]
    weights = kernel.correlation_weights
    for index in range(weights.shape[2]):
        label = f"{kernel.filters[index]}: " if weights.shape[2] > 1 else ""
        rank = facts.ranks[index]
        separable = " (separates into a column times a row)" if rank == 1 else ""
        parts += ["", _heat_map(weights[:, :, index])]
        parts.append(
            Text(
                f"{printable(label)}sum {facts.sums[index]:.6g}, rank {rank}{separable}, "
                f"noise gain {facts.noise_gain[index]:.4g}"
            )
        )
    if kernel.combine:
        parts.append(Text(f"combined by {kernel.combine}"))
    most = "at most " if kernel.combine == "magnitude" else ""
    bias = f"bias {kernel.bias:g}, suggested {facts.suggested_bias:g}"
    parts += [
        "",
        Text(f"output range {facts.least:.4g} to {most}{facts.greatest:.4g} for pixels in 0 to 1; {bias}"),
    ]
    if kernel.flip:
        parts.append(Text("flipped: shown as it slides, turned by 180 degrees"))
    return render(parts)


def recipe_table(recipes: list[Recipe]) -> str:
    """One line a recipe: name, number of steps, description."""
    table = plain_table()
    table.add_column("name", no_wrap=True)
    table.add_column("steps", no_wrap=True, justify="right")
    table.add_column("description", overflow="fold")
    for recipe in recipes:
        table.add_row(recipe.name, str(len(recipe.operations)), recipe.description)
    return render([table])


def recipe_sheet(recipe: Recipe) -> str:
    """A recipe's steps: how much of the picture an output pixel sees, and how far apart two neighbours lie in it."""
    from rich.text import Text

    from convfilter.operations import receptive_field

    rows = []
    for number, operation in enumerate(recipe.operations, 1):
        (down, apart), (across, _) = (receptive_field(recipe.operations[:number], axis) for axis in (0, 1))
        rows.append((f"{number}.", printable(str(operation)), f"{across} x {down}", str(apart)))
    table = steps_table(("", "step", "sees", "pixels apart"), rows)
    texts = [Text(printable(line)) for line in (recipe.name, recipe.description, recipe.source) if line]
    return render([*texts, "", table])


def _heat_map(weights: Any) -> RenderableType:
    """Cells with blue for negative, red for positive; numbers where they fit."""
    from rich.table import Table
    from rich.text import Text

    if max(weights.shape) > _LONGEST_SIDE:
        return Text(f"over {_LONGEST_SIDE} rows or columns; --picture draws them")
    limit = float(abs(weights).max()) or 1.0
    numbered = weights.shape[1] <= _NUMBERED_COLUMNS
    table = Table.grid(padding=(0, 0))
    for row in weights:
        cells = [f"{value:^9.4g}" if numbered else _sign(value / limit) for value in row]
        table.add_row(*(Text(cell, style=heat_style(value / limit)) for cell, value in zip(cells, row, strict=True)))
    return table


def _sign(share: float) -> str:
    """A weight as a mark of its size, which also shows where there are no colours."""
    mark = " .:+*#"[round(abs(share) ** 0.5 * 5)]
    return mark * 2 if share >= 0 else ("-" + mark)
