"""The command `convfilter mnist predict`."""

from __future__ import annotations

import threading
from pathlib import Path

import click

from convfilter.cli import options as shared
from convfilter.cli import signals, streams
from convfilter.cli.mnist import options
from convfilter.names import INVERTS, Invert
from convfilter.text import error_line, printable

PATIENCE = 0.5
"""Seconds that the last rows may take to be printed once the process is to end; nobody may be reading."""


@click.command()
@shared.input_argument(required=True)
@options.model
@click.option(
    "--digits",
    type=click.Choice(("one", "many")),
    default="one",
    show_default=True,
    help="One digit in a picture, or lines of them.",
)
@click.option(
    "--invert",
    type=click.Choice(INVERTS),
    default="auto",
    show_default=True,
    help="Whether the writing is dark on light: find out, yes, or no.",
)
@options.as_json
@click.option(
    "--explain",
    metavar="PATH",
    type=shared.LocalName(),
    help="Draw what the network saw: .png, .svg or .pdf; for several pictures a folder.",
)
@click.option("--overwrite", is_flag=True, help="Replace drawings that exist.")
@shared.max_pixels
def predict(
    inputs: tuple[str, ...],
    model: Path | None,
    digits: str,
    invert: Invert,
    as_json: bool,
    explain: str | None,
    overwrite: bool,
    max_pixels: int,
) -> None:
    """Read the handwritten digit in each picture.

    A photograph, a scan or a drawing of any size will do, dark on light or light on dark. The three likeliest
    digits are printed with their probabilities.
    """
    from convfilter.atomic import check_target, told_as
    from convfilter.cli.mnist.tables import answer_lines, answer_rows, answer_table
    from convfilter.endpoints import naming
    from convfilter.errors import ImageError
    from convfilter.inputs import as_path
    from convfilter.mnist.answers import answer
    from convfilter.mnist.explaining import draw_answer, drawing_targets
    from convfilter.mnist.models import load_model

    paths = [as_path(name) for name in inputs]
    drawings = drawing_targets(explain, paths) if explain else [None] * len(paths)
    network = load_model(model)
    done, failed = 0, 0
    stop, printing = threading.Event(), threading.Lock()
    rows: list[tuple[str, ...]] = []

    def print_rows(patience: float = -1) -> None:
        if printing.acquire(timeout=patience):
            if rows:
                streams.result(answer_table(rows))
                rows.clear()
            printing.release()

    def summary() -> str:
        # The rows of a command that is busy with a slow picture; one that prints them already waits for a reader.
        last = threading.Thread(target=print_rows, args=(0.1,), daemon=True)
        last.start()
        last.join(PATIENCE)
        return f"; {done} done, {failed} failed, {len(paths) - done - failed} not done"

    signals.summary, signals.wind_up = summary, stop.set
    for path, drawing in zip(paths, drawings, strict=True):
        if stop.is_set():
            break
        try:
            if drawing:
                with naming(path), told_as(ImageError, drawing):
                    check_target(drawing, overwrite=overwrite)
            read = answer(path, network, many=digits == "many", invert=invert, max_pixels=max_pixels)
            if as_json:
                streams.result("\n".join(answer_lines(read)))
            else:
                rows += answer_rows(read)
                for warning in read.warnings:
                    streams.warn(error_line(path, warning))
            if drawing:
                for note in draw_answer(read, network, drawing, overwrite=overwrite):
                    streams.warn(error_line(path, note))
        except ImageError as error:
            failed += 1
            streams.warn(printable(str(error)))
            continue
        done += 1
    print_rows()
    if stop.is_set():
        signals.end()
    if failed:
        streams.warn(f"{done} done, {failed} failed")
        click.get_current_context().exit(1)
