"""The command `convfilter apply`."""

from __future__ import annotations

from typing import Any

import click

from convfilter.cli import batch_options, options


@click.command()
@batch_options.inputs
@options.chain
@options.filtering
@options.output
@click.option("--keep-steps", metavar="DIR", type=options.Name(), help="Also write the picture after every step.")
@batch_options.running
def apply(
    inputs: tuple[str, ...],
    kernels: tuple[str, ...],
    recipe: str | None,
    border: Any,
    stride: int | None,
    flip: bool,
    gray: bool,
    match: Any,
    **shared: Any,
) -> None:
    """Apply kernels, or a recipe of several steps, to pictures.

    \b
    convfilter apply in.jpg --kernel sobel              writes in.apply.jpg
    convfilter apply in.jpg --kernel gaussian3x3 --kernel laplacian8 --range abs
    convfilter apply in.jpg --recipe pencil-sketch --compare steps.png
    """
    from convfilter.cli.chains import chain_of, match_of
    from convfilter.cli.running import run
    from convfilter.stages import filters_of, steps_of

    if match is not None:
        matched = match_of(match, kernels)
        run("apply", inputs, matched.operations(), match=matched, **shared)
        return
    operations = chain_of(kernels, recipe, border=border, stride=stride, flip=flip, gray=gray)
    stages = filters_of(operations) if recipe is None else steps_of(operations)
    run("apply", inputs, operations, stages=stages if shared["compare"] else (), **shared)
