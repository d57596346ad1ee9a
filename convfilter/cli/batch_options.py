"""The options of commands that filter many pictures."""

from __future__ import annotations

import click

from convfilter.cli.options import Name, together

inputs = together(
    click.argument(
        "inputs",
        metavar="INPUT...",
        nargs=-1,
        type=click.Path(allow_dash=True, readable=False),  # each is checked when its turn comes
    ),
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
        help="Read names of inputs from a file, one a line; - is standard input.",
    ),
    click.option("-0", "--null", is_flag=True, help="The names in a LIST end with NUL, as find -print0 writes them."),
)

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
        help="Work on a Dask cluster with this scheduler, such as tcp://host:8786; --jobs is then up to its workers, "
        "and --max-memory for each picture.",
    ),
    click.option("--skip-existing", is_flag=True, help="Leave out pictures whose outputs are there already."),
    click.option("-n", "--dry-run", is_flag=True, help="Say what would be done, and do nothing."),
    click.option(
        "--report",
        "reports",
        multiple=True,
        type=Name(),
        metavar="PATH",
        help="Also tell what became of each picture: in lines of JSON (.jsonl) or on a page (.html); may be repeated.",
    ),
)
