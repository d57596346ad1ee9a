"""The command `convfilter devices`."""

from __future__ import annotations

import click

from convfilter.cli import streams


@click.command()
def devices() -> None:
    """List the devices that --device can name."""
    from convfilter import runtime

    for name, description in runtime.devices():
        streams.result(f"{name}\t{description}")
