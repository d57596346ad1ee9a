"""Every option that commands share, declared once; those of runs over many pictures are in `batch_options`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from convfilter.images.limits import MAX_PIXELS
from convfilter.names import BORDERS, RANGES, TOOLS
from convfilter.windows import MAX_STRIDE

Command = TypeVar("Command", bound=Callable[..., Any])
Decorator = Callable[[Command], Command]


def together(*decorators: Decorator[Any]) -> Decorator[Command]:
    """Several decorators as one; `--help` shows them in this order."""

    def decorate(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorate


class Name(click.Path):
    """A file or a folder under any name but the empty one, which a shell makes of a variable that is not set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as a path."""
        if value == "":
            self.fail("the name is empty", param, ctx)
        return super().convert(value, param, ctx)


class LocalName(Name):
    """One on this machine alone."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name as a path."""
        from convfilter.remote import is_url

        if isinstance(value, str) and is_url(value):
            self.fail(f"{value} is a URL; a file or folder of this machine is wanted here", param, ctx)
        return super().convert(value, param, ctx)


def input_argument(*, required: bool) -> Decorator[Any]:
    """The pictures that a command reads; not required where there are other ways to name them."""
    return click.argument(
        "inputs",
        metavar="INPUT...",
        nargs=-1,
        required=required,
        type=click.Path(allow_dash=True, readable=False),  # each is checked when its turn comes
    )


kernel_size = together(
    click.option(
        "--sigma",
        type=float,
        help="Standard deviation of the Gaussian, in pixels.  [default: 2, or from the size]",
    ),
    click.option("--size", type=int, help="Pixels on a side: odd for gaussian.  [default: 3 for mean]"),
)

chain = together(
    click.option(
        "--kernel",
        "kernels",
        multiple=True,
        metavar="NAME|FILE.yaml",
        help="Give it several times to apply several, in this order.",
    ),
    click.option(
        "--recipe",
        metavar="NAME|FILE.yaml",
        help="Apply the steps of a recipe; `convfilter recipes list` shows the names.",
    ),
)

output = together(
    click.option(
        "-o",
        "--output",
        metavar="PATH",
        type=Name(allow_dash=True),
        help="A file, a folder (end it with /), a template such as out/{stem}.{command}{suffix}, or - for "
        "standard output.  [default: {stem}.{command}{suffix} beside the input]",
    ),
    click.option(
        "--compare",
        metavar="PATH",
        type=Name(allow_dash=True),
        help="Also write before and after side by side, of a recipe all steps, of a bank all filters; PATH as for "
        "--output.",
    ),
    click.option(
        "--preview",
        is_flag=True,
        help="Show before and after in blocks of colour, where standard output is a terminal that can.",
    ),
    click.option("--overwrite", is_flag=True, help="Replace files that exist; otherwise they are kept."),
    click.option("--in-place", is_flag=True, help="Write the result over its input."),
    click.option(
        "--quality",
        type=click.IntRange(1, 100),
        help="For JPEG, WebP, AVIF and JPEG 2000.  [default: a JPEG's own tables, else 90 or lossless]",
    ),
)

convolving = together(
    click.option(
        "--border",
        type=click.Choice(BORDERS),
        help="Where pixels beyond the edge come from; valid takes none and gives a smaller picture.  "
        "[default: reflect]",
    ),
    click.option(
        "--stride",
        type=click.IntRange(1, MAX_STRIDE),
        help="Keep every N-th pixel of every N-th row.  [default: 1]",
    ),
    click.option("--flip", is_flag=True, help="Turn the kernel by 180 degrees: convolution as mathematics has it."),
    click.option(
        "--range",
        "range_",
        type=click.Choice(RANGES),
        default="clip",
        show_default=True,
        help="Values outside the range: cut them off, take magnitudes, or stretch the result to fit.",
    ),
    click.option("--linear", is_flag=True, help="Filter light: decode sRGB first and encode it afterwards."),
    click.option("--gray", is_flag=True, help="Make the picture grey first."),
)

filtering = together(
    convolving,
    click.option(
        "--match",
        type=click.Choice(TOOLS),
        help="Give the levels that another tool gives: its border, anchor, sense, sizes and rounding.",
    ),
)

device: Decorator[Any] = click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="auto|cpu|gpu|gpu:N",
    help="Where to compute; `convfilter devices` lists what is there.",
)

max_pixels: Decorator[Any] = click.option(
    "--max-pixels",
    type=click.IntRange(1),
    default=MAX_PIXELS,
    show_default=True,
    metavar="N",
    help="Refuse files with more pixels, all frames together, before decoding them.",
)
