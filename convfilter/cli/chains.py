"""From the options --kernel, --recipe and those beside them to operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from convfilter.kernels import Kernel
    from convfilter.matching import Match
    from convfilter.operations import Operations


def chain_of(
    kernels: tuple[str, ...], recipe: str | None, *, border: Any, stride: int | None, flip: bool, gray: bool
) -> Operations:
    """The operations that `options.chain` and `options.filtering` ask for."""
    from convfilter import library
    from convfilter.operations import Grayscale

    if bool(kernels) == (recipe is not None):
        raise click.UsageError("give either --kernel or --recipe, and one of them")
    if recipe is None:
        loaded = [library.load_kernel(name) for name in kernels]
        return convolutions(loaded, border=border, stride=stride, flip=flip, gray=gray)
    if border is not None or stride is not None or flip:
        raise click.UsageError(
            "a recipe says for each step its border and stride, and a kernel its flip; leave them out"
        )
    from convfilter.recipe_files import load_recipe

    return (*([Grayscale()] if gray else []), *load_recipe(recipe).operations)


def convolutions(kernels: list[Kernel], *, border: Any, stride: int | None, flip: bool, gray: bool) -> Operations:
    """One convolution for each kernel, in grey if that is asked for."""
    from convfilter.operations import Convolve, Grayscale

    each = [
        Convolve(kernel.flipped() if flip else kernel, stride=stride or 1, border=border or "reflect")
        for kernel in kernels
    ]
    return (*([Grayscale()] if gray else []), *each)


def match_of(tool: Any, kernels: tuple[str, ...], size: int | None = None, sigma: float | None = None) -> Match:
    """The filters of another tool; of the other options of the command, only --flip goes with it."""
    from convfilter import library
    from convfilter.matching import Match

    given = click.get_current_context().params
    wrong = [name for option, name in _NOT_MATCHED.items() if given.get(option) not in (None, False, "clip")]
    if wrong:
        raise click.UsageError(f"--match sets the border and the rounding; leave out {', '.join(wrong)}")
    if not kernels:
        raise click.UsageError("--match needs a --kernel")
    each: list[Any] = []
    for name in kernels:
        kernel = library.load_kernel(name, size=size, sigma=sigma)  # refuses what is not there
        each.append(name if name in library.MADE else kernel.flipped() if given["flip"] else kernel)
    return Match(tool, tuple(each), size, sigma)


_NOT_MATCHED = {
    "border": "--border",
    "stride": "--stride",
    "gray": "--gray",
    "linear": "--linear",
    "range_": "--range",
    "recipe": "--recipe",
    "keep_steps": "--keep-steps",
}
