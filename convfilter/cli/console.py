"""Text as standard output can show it: its width, its colours, tables without lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table

PAGE = 100
"""Columns of text that is not folded."""

_GAP = 2
"""Columns between two of a table."""

_STEP = 24
"""Columns that the name of a step has at least, before the titles of numbers are folded."""


def heat_style(share: float) -> str:
    """White for 0, red towards 1, blue towards -1; black digits stay readable on all."""
    share = min(max(share, -1), 1) if share == share else 0  # NaN
    fade = round(255 - 150 * abs(share))
    red, green, blue = (255, fade, fade) if share >= 0 else (fade, fade, 255)
    return f"rgb(0,0,0) on rgb({red},{green},{blue})"


def grey_style(share: float) -> str:
    """Black for 0, white for 1, with digits that stay readable on it."""
    level = round(255 * min(max(share, 0), 1)) if share == share else 0  # NaN
    ink = 0 if level > 110 else 255
    return f"rgb({ink},{ink},{ink}) on rgb({level},{level},{level})"


def page_width() -> int:
    """Columns that text may take: those of the terminal, at most 100."""
    from rich.console import Console

    terminal = Console()
    return min(terminal.width, PAGE) if terminal.is_terminal else PAGE


def plain_table() -> Table:
    """A table without lines."""
    from rich.table import Table

    return Table(box=None, pad_edge=False, show_edge=False)


def steps_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table in which all stays whole but the column `step` and, on a narrow page, the titles: these are folded."""
    from rich.text import Text

    table = plain_table()
    cells = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = [index for index, title in enumerate(titles) if title != "step"]
    for words in (titles, [max(title.split(), key=len, default="") for title in titles]):
        widths = [max(len(word), cell) for word, cell in zip(words, cells, strict=True)]
        room = page_width() - sum(widths[index] + _GAP for index in numbers)
        if room >= _STEP:
            break
    for index, title in enumerate(titles):
        if index in numbers:
            table.add_column(title, justify="right" if title else "left", width=widths[index])
        else:
            table.add_column(title, overflow="fold", max_width=max(room, 1))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def render(parts: Iterable[RenderableType]) -> str:
    """Text as standard output can show it: colours on a terminal alone, all columns elsewhere."""
    from rich.console import Console

    terminal = Console()
    buffer = io.StringIO()
    out = Console(
        file=buffer,
        force_terminal=terminal.is_terminal,
        width=terminal.width if terminal.is_terminal else 10_000,
    )
    for part in parts:
        out.print(part)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())
