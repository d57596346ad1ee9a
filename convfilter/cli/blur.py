"""The command `convfilter blur`."""

from __future__ import annotations

from typing import Any

import click

from convfilter.cli import batch_options, options


@click.command()
@batch_options.inputs
@click.option(
    "--kernel",
    default="gaussian",
    show_default=True,
    metavar="mean|gaussian|NAME|FILE.yaml",
    help="`convfilter kernels list` shows the names.",
)
@options.kernel_size
@options.filtering
@options.output
@batch_options.running
def blur(
    inputs: tuple[str, ...],
    kernel: str,
    sigma: float | None,
    size: int | None,
    border: Any,
    stride: int | None,
    flip: bool,
    gray: bool,
    match: Any,
    **shared: Any,
) -> None:
    """Blur pictures with a kernel.

    \b
    convfilter blur in.jpg --kernel gaussian            writes in.blur.jpg
    convfilter blur in.jpg --sigma 5 -o out.png
    convfilter blur *.jpg --kernel mean --size 9 -o blurred/
    """
    from convfilter import library
    from convfilter.cli.chains import convolutions, match_of
    from convfilter.cli.running import run

    if match is not None:
        matched = match_of(match, (kernel,), size, sigma)
        run("blur", inputs, matched.operations(), match=matched, **shared)
        return
    loaded = library.load_kernel(kernel, sigma=sigma, size=size)
    run("blur", inputs, convolutions([loaded], border=border, stride=stride, flip=flip, gray=gray), **shared)
