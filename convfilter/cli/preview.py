"""Before and after as blocks of colour, on a terminal that can show them."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

GAP = 2
"""Columns between the two."""

ROWS = 20
"""The most lines of a preview; each shows two rows of pixels."""

BLOCK = "\N{UPPER HALF BLOCK}"


def can_show() -> bool:
    """Whether standard output is a terminal with at least 256 colours, which nobody has refused, and the block."""
    if sys.stdout is None or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return False
    from rich.console import Console

    try:
        BLOCK.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return Console().color_system in ("256", "truecolor")


def show(before: bytes, after: bytes) -> str:
    """Two small pictures beside each other, as text for the terminal.

    Args:
        before: a JPEG file.
        after: another.
    """
    from rich.console import Console
    from rich.text import Text

    from convfilter.cli.console import render

    width = min((Console().width - GAP) // 2, 2 * ROWS * 2)
    if width < 1:
        return ""
    left, right = (_blocks(picture, width) for picture in (before, after))
    lines = []
    for row in range(max(len(left), len(right))):
        beginning = left[row] if row < len(left) else Text(" " * left[0].cell_len)
        end = right[row] if row < len(right) else Text()
        lines.append(Text.assemble(beginning, " " * GAP, end))
    return render(lines)


def _blocks(picture: bytes, width: int) -> list[Text]:
    """Lines of a picture: a block shows one pixel above another."""
    from PIL import Image
    from rich.text import Text

    with Image.open(io.BytesIO(picture)) as opened:
        image = opened.convert("RGB")
    scale = min(width / image.width, 2 * ROWS / image.height)
    columns, rows = max(1, round(image.width * scale)), max(1, round(image.height * scale / 2))
    image = image.resize((columns, 2 * rows), Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST)
    pixels = [["rgb({},{},{})".format(*image.getpixel((x, y))) for x in range(columns)] for y in range(2 * rows)]
    return [
        Text.assemble(*((BLOCK, f"{upper} on {lower}") for upper, lower in zip(above, below, strict=True)))
        for above, below in zip(pixels[::2], pixels[1::2], strict=True)
    ]
