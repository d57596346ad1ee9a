"""The command `convfilter mnist kernels`."""

from __future__ import annotations

from pathlib import Path

import click

from convfilter.cli import streams
from convfilter.cli.mnist import options
from convfilter.cli.options import LocalName
from convfilter.text import printable


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    required=True,
    type=LocalName(path_type=Path),
    help="The folder for the kernel files; made if it is missing.",
)
@options.model
@click.option("--overwrite", is_flag=True, help="Replace kernel files that exist.")
def kernels(output: Path, model: Path | None, overwrite: bool) -> None:
    """Write the first layer as kernel files.

    \b
    convfilter mnist kernels -o learned
    convfilter apply photo.jpg --kernel learned/bank.yaml
    """
    from convfilter.mnist.filters import write_filters
    from convfilter.mnist.models import load_model

    for path in write_filters(load_model(model), output, overwrite=overwrite):
        streams.result(printable(path))
