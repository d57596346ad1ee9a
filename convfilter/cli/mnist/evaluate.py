"""The command `convfilter mnist evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from convfilter.cli import streams
from convfilter.cli.mnist import options


@click.command()
@options.model
@options.data
@options.as_json
def evaluate(model: Path | None, data: Path | None, as_json: bool) -> None:
    """Count a network's mistakes on MNIST's test set, averaged over rotations as in `predict`."""
    from convfilter.mnist.data import load_test
    from convfilter.mnist.models import load_model
    from convfilter.mnist.prediction import evaluate as evaluate_on

    network = load_model(model)
    result = evaluate_on(network.layers, network.weights, load_test(data), network.turns)
    if as_json:
        counts = {"accuracy": result.accuracy, "error_count": len(result.wrong)}
        streams.result(json.dumps({**counts, "confusion": result.confusion.tolist()}))
        return
    from convfilter.cli.mnist.tables import confusion_table

    streams.result(f"{100 * result.accuracy:.2f} % right: {len(result.wrong)} of {len(result.labels):,} misread")
    streams.result(confusion_table(result.confusion))
