"""The options of commands that filter many pictures."""

from __future__ import annotations

import re

import click

from convfilter.cli.options import LocalName, Name, device, input_argument, max_pixels, together

inputs = together(
    input_argument(required=False),
    click.option("-r", "--recursive", is_flag=True, help="Look in the folders below a folder, too."),
    click.option(
        "--include",
        multiple=True,
        metavar="PATTERN",
        help="Take only files that match, such as '*.jpg' or '2026/**'; may be repeated.  Case does not matter.",
    ),
    click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out files that match; may be repeated."),
    click.option(
        "--from-file",
        "lists",
        multiple=True,
        type=Name(allow_dash=True),
        metavar="LIST",
        help="Read names of inputs from a file, one per line; - is standard input.",
    ),
    click.option("-0", "--null", is_flag=True, help="The names in a LIST end with NUL, as find -print0 writes them."),
)


def _bytes(_context: click.Context, _option: click.Parameter, value: str | None) -> int | None:
    """A size such as ``500M`` or ``2G``, in bytes."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,9})([KMGT]?)B?", value, re.ASCII | re.IGNORECASE)
    if match is None or int(match[1]) == 0:
        raise click.BadParameter(f"{value!r} is not a size; write 500M or 2G")
    size: int = int(match[1]) * 1000 ** " KMGT".index(match[2].upper() or " ")
    return size


running = together(
    click.option(
        "-j",
        "--jobs",
        type=click.IntRange(1, 1024),
        metavar="N",
        help="Pictures that are worked on at once.  [default: one a core]",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        help="Work on a Dask cluster with this scheduler, such as tcp://host:8786; its workers decide how many "
        "run at once, and --max-memory is for each picture.",
    ),
    click.option("--skip-existing", is_flag=True, help="Leave out pictures whose outputs are there already."),
    click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
    click.option(
        "--report",
        "reports",
        multiple=True,
        type=LocalName(),
        metavar="PATH",
        help="Also tell what became of each picture: in lines of JSON (.jsonl) or on a page (.html); may be repeated.",
    ),
    device,
    max_pixels,
    click.option(
        "--max-memory",
        callback=_bytes,
        metavar="SIZE",
        help="Memory for the pixels of all pictures at work and the tiles they are computed in, such as 2G.  "
        "[default: half of the machine's]",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print errors only."),
    click.option("-v", "--verbose", is_flag=True, help="Say what is done, and how long it takes."),
)
