"""The command `convfilter apply`."""

from __future__ import annotations

from typing import Any

import click

from convfilter.cli import batch_options, options


@click.command()
@batch_options.inputs
@click.option(
    "--kernel",
    "kernels",
    required=True,
    multiple=True,
    metavar="NAME|FILE.yaml",
    help="Give it several times to apply several, in this order.",
)
@options.filtering
@options.output
@batch_options.running
def apply(inputs: tuple[str, ...], kernels: tuple[str, ...], **shared: Any) -> None:
    """Apply one or more kernels to pictures.

    \b
    convfilter apply in.jpg --kernel sobel              writes in.apply.jpg
    convfilter apply in.jpg --kernel gaussian3x3 --kernel laplacian8 --range abs
    """
    from convfilter import library
    from convfilter.cli.running import run_convolution

    run_convolution("apply", inputs, [library.load_kernel(name) for name in kernels], **shared)
