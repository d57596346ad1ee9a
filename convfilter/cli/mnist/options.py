"""The options that commands on MNIST share, declared once."""

from __future__ import annotations

from pathlib import Path

import click

from convfilter.cli.options import LocalName

data = click.option(
    "--data",
    metavar="DIR",
    type=LocalName(path_type=Path),
    help="The folder with MNIST's four files.  [default: samples/mnist of a checkout, else the cache, else a download]",
)

model = click.option(
    "--model",
    metavar="FILE|DIR",
    type=LocalName(path_type=Path),
    help="A network that `mnist train` wrote, or its folder.  [default: the one that comes with convfilter]",
)

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
