"""The command `convfilter gray`."""

from __future__ import annotations

from typing import Any

import click

from convfilter.cli import batch_options, options
from convfilter.names import GRAY_METHODS, GrayMethod


@click.command()
@batch_options.inputs
@click.option(
    "--method",
    type=click.Choice(GRAY_METHODS),
    default="mean",
    show_default=True,
    help="The mean of the channels, luma by BT.601 or BT.709, or luminance in linear light.",
)
@options.output
@batch_options.running
def gray(inputs: tuple[str, ...], method: GrayMethod, **shared: Any) -> None:
    """Make pictures grey.

    \b
    convfilter gray in.jpg                              writes in.gray.jpg
    convfilter gray in.jpg --method rec709 -o out.png
    """
    from convfilter.cli.running import run
    from convfilter.operations import Grayscale

    run("gray", inputs, (Grayscale(method),), **shared)
