"""The command `convfilter mnist data`."""

from __future__ import annotations

from pathlib import Path

import click

from convfilter.cli import streams
from convfilter.cli.options import LocalName
from convfilter.text import printable


@click.command()
@click.option(
    "--data",
    "folder",
    metavar="DIR",
    type=LocalName(path_type=Path),
    help="Where the four files lie or go.  [default: the cache of convfilter]",
)
def data(folder: Path | None) -> None:
    """Fetch and check the MNIST data set.

    What is there and whole stays; a damaged file is set aside and fetched again. In a checkout of convfilter
    the data lies in samples/mnist, and nothing needs to be fetched.
    """
    from convfilter.mnist.data import fetch_missing, usual_folder

    for path, fetched in fetch_missing(folder or usual_folder()):
        streams.result(f"{printable(path)}: {'fetched' if fetched else 'there'}, and whole")
