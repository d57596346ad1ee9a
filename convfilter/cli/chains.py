"""From the options --kernel, --recipe and those beside them to operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from convfilter.kernels import Kernel
    from convfilter.operations import Operations


def chain_of(
    kernels: tuple[str, ...], recipe: str | None, *, border: Any, stride: int | None, flip: bool, gray: bool
) -> Operations:
    """The operations that `options.chain` and `options.filtering` ask for."""
    from convfilter import library
    from convfilter.operations import Grayscale
    from convfilter.recipes import load_recipe

    if bool(kernels) == (recipe is not None):
        raise click.UsageError("give either --kernel or --recipe, and one of them")
    if recipe is None:
        loaded = [library.load_kernel(name) for name in kernels]
        return convolutions(loaded, border=border, stride=stride, flip=flip, gray=gray)
    if border is not None or stride is not None or flip:
        raise click.UsageError("a recipe says for each step what its border, stride and flip are; leave them out")
    return (*([Grayscale()] if gray else []), *load_recipe(recipe).operations)


def convolutions(kernels: list[Kernel], *, border: Any, stride: int | None, flip: bool, gray: bool) -> Operations:
    """One convolution for each kernel, in grey if that is asked for."""
    from convfilter.operations import Convolve, Grayscale

    each = [
        Convolve(kernel.flipped() if flip else kernel, stride=stride or 1, border=border or "reflect")
        for kernel in kernels
    ]
    return (*([Grayscale()] if gray else []), *each)
