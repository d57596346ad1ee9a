"""Drawings through matplotlib: how one begins, and how it becomes a file."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter import runtime
from convfilter.atomic import output_file
from convfilter.errors import OptionError
from convfilter.text import number, one_line

FORMATS = ("png", "svg", "pdf")

_NUMBERED = 7
"""Cells a side, at most, that have their numbers in them."""


def new_figure(width: float, height: float) -> Any:
    """An empty matplotlib figure, in inches."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it speaks of font caches
    try:
        # MPLBACKEND matters for windows alone, and may be wrong.
        with runtime.without_variables("MPLBACKEND"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import matplotlib
            from matplotlib.figure import Figure
    except (OSError, ValueError) as error:
        raise OptionError(f"matplotlib does not start ({one_line(error)}); fix or remove your matplotlibrc") from None
    if runtime.own_process:
        matplotlib.rcdefaults()  # a matplotlibrc of the user's is for drawings of theirs
    return Figure(figsize=(width, height), layout="constrained")


def format_of_drawing(target: Path, formats: tuple[str, ...] = FORMATS) -> str:
    """The format that the extension of a drawing names.

    Raises:
        OptionError: it names none of these.
    """
    format_ = target.suffix.lower().removeprefix(".")
    if format_ not in formats:
        raise OptionError(f"{target}: not a format for this drawing; use {' or '.join(f'.{one}' for one in formats)}")
    return format_


def draw_matrix(
    axes: Any, values: NDArray[np.float64], title: str, *, colours: str = "RdBu_r", white: float | None = None
) -> Any:
    """Draw a matrix as coloured cells, a small one with its numbers in them.

    Args:
        axes: of a figure.
        values: (height, width).
        title: what they are.
        colours: a colour map.
        white: the value at its end, if it begins with 0; without it 0 is in its middle.

    Returns:
        The image, as matplotlib has it.
    """
    limit = white or float(np.abs(values).max()) or 1.0
    image = axes.imshow(values, cmap=colours, vmin=0 if white else -limit, vmax=limit)
    axes.set(xticks=[], yticks=[])
    axes.set_title(title, fontsize=9, parse_math=False)
    if max(values.shape) > _NUMBERED:
        return image
    size, digits = (8, 2) if max(values.shape) <= 5 else (5.5, 1)
    for (row, column), value in np.ndenumerate(values):
        text = number(float(value), 6, 3 if abs(value) < 1 else digits)
        text = text if "e" in text or "." not in text else text.rstrip("0").rstrip(".")
        axes.text(column, row, text, ha="center", va="center", fontsize=size, **_readable(image, value))
    return image


def _readable(image: Any, value: float) -> dict[str, Any]:
    """How a number is written on the colour that stands for it."""
    red, green, blue, _ = colour = image.cmap(image.norm(value))
    ink = "black" if 0.3 * red + 0.6 * green + 0.1 * blue > 0.45 else "white"
    return {"color": ink, "bbox": {"facecolor": colour, "edgecolor": "none", "pad": 0.5}}  # covers hatching


def save_figure(figure: Any, target: Path, *, overwrite: bool = False) -> None:
    """Write a figure, whole or not at all.

    Raises:
        OptionError: the extension names no format.
        FileExistsError: the target exists and `overwrite` is False.
        OSError: the system cannot write there.
    """
    format_ = format_of_drawing(target)
    with output_file(target, overwrite=overwrite) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name may have letters that the font has not
        figure.savefig(file, format=format_, dpi=100)
