"""What blur, gray and apply have in common: plan, run, report."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from convfilter.cli import signals, streams
from convfilter.cli.text import error_line, printable

if TYPE_CHECKING:
    from convfilter.files import Settings
    from convfilter.kernels import Kernel
    from convfilter.operations import Operations
    from convfilter.targets import Job


def run_convolution(
    command: str,
    inputs: tuple[str, ...],
    kernels: list[Kernel],
    *,
    border: Any,
    stride: int,
    flip: bool,
    gray: bool,
    **shared: Any,
) -> None:
    """Run a command that convolves, with the options that only such commands have."""
    from convfilter.operations import Convolve, Grayscale

    convolutions = [Convolve(kernel.flipped() if flip else kernel, stride=stride, border=border) for kernel in kernels]
    run(command, inputs, (*([Grayscale()] if gray else []), *convolutions), **shared)


def run(
    command: str,
    inputs: tuple[str, ...],
    operations: Operations,
    *,
    output: str | None,
    compare: str | None,
    overwrite: bool,
    in_place: bool,
    quality: int | None,
    device: str,
    max_pixels: int,
    max_memory: int | None,
    quiet: bool,
    verbose: bool,
    range_: Any = "clip",
    linear: bool = False,
) -> None:
    """Filter every input and end with the right exit code."""
    from convfilter.files import Settings
    from convfilter.operations import in_linear_light
    from convfilter.runtime import resolve_device
    from convfilter.targets import STREAM, plan

    jobs = plan(inputs, command, output=output, compare=compare, in_place=in_place)
    settings = Settings(
        in_linear_light(operations) if linear else operations,
        range_=range_,
        device=device,
        quality=quality,
        max_pixels=max_pixels,
        max_memory=max_memory,
        overwrite=overwrite,
    )
    if device != "auto":
        resolve_device(device)  # refused before any file is touched
    if jobs[0].target == STREAM and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("standard output is a terminal, not a place for a picture; give --output or a pipe")
    if not _report(jobs, settings, quiet, verbose):
        click.get_current_context().exit(1)


def _report(jobs: list[Job], settings: Settings, quiet: bool, verbose: bool) -> bool:
    """Run the jobs and tell what becomes of each; True where none failed.

    Results, the paths that were written, go to standard output; everything else to standard error.
    """
    from convfilter import batch, engine
    from convfilter.targets import STREAM

    if verbose:
        for operation in settings.operations:
            streams.warn(printable(f"{operation}{engine.method_of(operation, settings.device)}"))
    done = failed = 0
    start = time.perf_counter()
    signals.summary = lambda: f"; {done} done, {failed} failed, {len(jobs) - done - failed} not done"
    for result in batch.run(jobs, settings):
        if result.error is not None:
            failed += 1
            streams.warn(printable(result.error))
            continue
        done += 1
        if not quiet:
            for note in result.notes:
                streams.warn(error_line(result.job.source, note))
            if result.job.target != STREAM:
                streams.result(printable(result.job.target))
    if failed or (len(jobs) > 1 and not quiet) or verbose:
        seconds = f" in {time.perf_counter() - start:.2f} s" if verbose else ""
        streams.warn(f"{done} done, {failed} failed{seconds}")
    return not failed
