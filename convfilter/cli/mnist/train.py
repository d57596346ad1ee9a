"""The command `convfilter mnist train`."""

from __future__ import annotations

import math
import re
import threading
from pathlib import Path

import click

from convfilter.cli import signals, streams
from convfilter.cli.mnist import options
from convfilter.cli.options import LocalName, device
from convfilter.names import PRESET_NAMES, STRATEGIES, PresetName, Strategy
from convfilter.text import printable


def _seconds(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """A time such as ``90``, ``60s``, ``5m`` or ``1h``, in seconds."""
    if value is None:
        return None
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)(s|m|h)?", value, re.ASCII)
    if match is None or float(match[1]) == 0:
        raise click.BadParameter(f"{value!r} is not a time; write 90, 60s, 5m or 1h")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2] or "s"]


def _finite(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    """A number that is one; click's ranges let NaN and infinity through."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is not a finite number")
    return value


@click.command()
@click.option(
    "--preset",
    type=click.Choice(PRESET_NAMES),
    default="fast",
    show_default=True,
    help="The network and how it is trained; the README compares them.",
)
@options.data
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=LocalName(path_type=Path),
    help="The folder for the model, its history and pictures.  [default: mnist-PRESET]",
)
@click.option("--epochs", type=click.FloatRange(0.01, 10_000), callback=_finite, help="How often every image is seen.")
@click.option("--batch-size", type=click.IntRange(1, 55_000), help="Images for one step.")
@click.option(
    "--learning-rate",
    type=click.FloatRange(0, min_open=True),
    callback=_finite,
    help="Of one step; the greatest, if it changes.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed on the same device gives the same weights.",
)
@click.option(
    "--budget",
    callback=_seconds,
    metavar="TIME",
    help="End the steps after so long, such as 60s or 5m, whatever --epochs says; start, test and drawings come on top "
    "(about 10 s).",
)
@click.option("--resume", is_flag=True, help="Go on with a training that was stopped, given the same options.")
@click.option("--overwrite", is_flag=True, help="Begin anew where the folder holds a model already.")
@click.option(
    "--strategy",
    type=click.Choice(STRATEGIES),
    default="none",
    show_default=True,
    help="Share the work: mirrored over the GPUs of this machine, multiworker over the machines of TF_CONFIG; these "
    "choose the devices.",
)
@device
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def train(
    preset: PresetName,
    data: Path | None,
    output: Path | None,
    epochs: float | None,
    batch_size: int | None,
    learning_rate: float | None,
    seed: int,
    budget: float | None,
    resume: bool,
    overwrite: bool,
    strategy: Strategy,
    device: str,
    quiet: bool,
) -> None:
    """Train a network on MNIST.

    5,000 of the 60,000 training images are held out for validation, and the test set is used once, at the end.
    The model goes into the folder with its history, a learning curve, a confusion matrix, the misread digits and
    the filters of the first layer.

    Ctrl-C keeps what it has learned in a checkpoint, and --resume goes on with it.
    """
    from convfilter.cli.mnist.progress import training_progress
    from convfilter.mnist.course import CHECKPOINT, Stopped
    from convfilter.mnist.data import load_mnist
    from convfilter.mnist.distribution import distributed
    from convfilter.mnist.models import MODEL
    from convfilter.mnist.presets import run_of
    from convfilter.mnist.training import check_folder
    from convfilter.mnist.training import train as train_network

    folder = output or Path(f"mnist-{preset}")
    run = run_of(preset, epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, seed=seed, budget=budget)
    check_folder(folder, resume=resume, overwrite=overwrite, alone=strategy != "multiworker")
    stop = threading.Event()
    try:
        with (
            distributed(strategy, device, run) as workers,
            training_progress(run, quiet or not workers.chief) as report,
        ):
            images = load_mnist(data)
            signals.summary = lambda: (
                f"; what it has learned is in {printable(folder / CHECKPOINT)}, and --resume goes on with it"
                if (folder / CHECKPOINT).exists()
                else "; nothing was kept yet"
            )
            signals.wind_up = stop.set
            result = train_network(
                run,
                images,
                folder,
                workers.strategy,
                writes=workers.chief,
                resume=resume,
                overwrite=overwrite,
                report=report,
                stop=stop.is_set,
            )
    except Stopped:  # out here, where the bar has left the terminal as it was
        signals.end()
    if workers.chief:
        signals.summary = lambda: f"; the model is in {printable(folder / MODEL)}"
        streams.result(
            f"{printable(folder / MODEL)}: {100 * result.accuracy:.2f} % of the test set right, "
            f"{len(result.wrong)} of {len(result.labels):,} misread"
        )
