"""The group `convfilter mnist` and its commands."""

from __future__ import annotations

import click

from convfilter.cli.mnist.data import data
from convfilter.cli.mnist.evaluate import evaluate
from convfilter.cli.mnist.kernels import kernels
from convfilter.cli.mnist.predict import predict
from convfilter.cli.mnist.train import train


@click.group()
def mnist() -> None:
    """Train the network that reads handwritten digits, and let it read yours.

    \b
    convfilter mnist predict seven.jpg         with the network that comes with convfilter
    convfilter mnist train                     your own, in about a minute
    convfilter mnist predict seven.jpg --model mnist-fast
    """


for command in (train, evaluate, predict, kernels, data):
    mnist.add_command(command)
