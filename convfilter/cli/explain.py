"""The command `convfilter explain`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from convfilter.cli import options, streams
from convfilter.text import error_line


def _place(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    """X,Y as row and column."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,9}),(\d{1,9})", value, re.ASCII)
    if match is None:
        raise click.BadParameter(f"{value!r} is not a pixel; write X,Y such as 120,80, counted from 0")
    return int(match[2]), int(match[1])


@click.command()
@click.argument("source", metavar="INPUT", type=click.Path(allow_dash=True, readable=False))
@options.chain
@click.option(
    "--at",
    "place",
    metavar="X,Y",
    callback=_place,
    help="The pixel of the result: column and row, from 0.  [default: the middle]",
)
@click.option("-o", "--output", metavar="PATH", type=options.LocalName(), help="Draw it: .png, .svg or .pdf.")
@click.option("--animate", metavar="FILE.gif", type=options.LocalName(), help="Show the kernel as it slides.")
@click.option("--overwrite", is_flag=True, help="Replace drawings that exist; otherwise they are kept.")
@options.convolving
@options.max_pixels
def explain(
    source: str,
    kernels: tuple[str, ...],
    recipe: str | None,
    place: tuple[int, int] | None,
    output: str | None,
    animate: str | None,
    overwrite: bool,
    linear: bool,
    range_: Any,
    max_pixels: int,
    **filtering: Any,
) -> None:
    """Show how one pixel of a result comes about, number by number.

    \b
    convfilter explain in.jpg --kernel sobel --at 120,80
    convfilter explain in.jpg --kernel gaussian3x3 -o sum.png --animate slide.gif
    convfilter explain in.jpg --recipe three-layers
    """
    from convfilter import explaining
    from convfilter.cli.chains import chain_of
    from convfilter.cli.explanations import explanation_text
    from convfilter.drawing_targets import check_drawings
    from convfilter.endpoints import naming, read_source
    from convfilter.explain_animation import animate_explanation
    from convfilter.explain_pictures import draw_explanation
    from convfilter.inputs import as_path
    from convfilter.operations import in_linear_light

    path = as_path(source)
    operations = chain_of(kernels, recipe, **filtering)
    operations = in_linear_light(operations) if linear else operations
    drawings, animations = ([Path(name)] if name else [] for name in (output, animate))
    check_drawings(drawings, [path], overwrite=overwrite)
    check_drawings(animations, [path], ("gif",), overwrite=overwrite)
    with naming(path):
        picture = read_source(path, max_pixels, folders=False)
        found = explaining.explain(picture, operations, place, range_=range_)
    notes = list(found.notes)
    for target in drawings:
        notes += draw_explanation(found, target, overwrite=overwrite)
    for target in animations:
        notes += animate_explanation(found, target, overwrite=overwrite)
    for note in notes:
        streams.warn(error_line(path, note))
    streams.result(explanation_text(found, path.name))
