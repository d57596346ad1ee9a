"""Drawings through matplotlib: how one begins, and how it becomes a file."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import Any

from convfilter import runtime
from convfilter.atomic import output_file
from convfilter.errors import OptionError
from convfilter.text import one_line

FORMATS = ("png", "svg", "pdf")


def new_figure(width: float, height: float) -> Any:
    """An empty matplotlib figure, in inches."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it speaks of font caches
    backend = os.environ.pop("MPLBACKEND", None)  # matters for windows alone, and may be wrong
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import matplotlib
            from matplotlib.figure import Figure
    except (OSError, ValueError) as error:
        raise OptionError(f"matplotlib does not start ({one_line(error)}); fix or remove your matplotlibrc") from None
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend
    if runtime.own_process:
        matplotlib.rcdefaults()  # a matplotlibrc of the user's is for drawings of theirs
    return Figure(figsize=(width, height), layout="constrained")


def format_of_drawing(target: Path) -> str:
    """The format that the extension of a drawing names.

    Raises:
        OptionError: it names none.
    """
    format_ = target.suffix.lower().removeprefix(".")
    if format_ not in FORMATS:
        raise OptionError(f"{target}: it is drawn as .png, .svg or .pdf; give one of these extensions")
    return format_


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
