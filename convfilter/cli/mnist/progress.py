"""How a training is getting on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from convfilter.cli import signals, streams

if TYPE_CHECKING:
    from convfilter.mnist.course import Progress
    from convfilter.mnist.presets import Run


@contextmanager
def training_progress(run: Run, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """What `training.train` reports to, for as long as the block lasts."""
    if quiet:
        yield lambda _: None
    elif sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar() as report:
            yield report
    else:
        yield _lines(run)


def _lines(run: Run) -> Callable[[Progress], None]:
    """A line for every epoch, and for the presets that say so every so many steps."""
    from convfilter.mnist.presets import PRESETS

    every = PRESETS[run.preset].line_every

    def report(now: Progress) -> None:
        if now.validation_accuracy is not None:
            streams.warn(f"epoch {now.epoch:.3g}: {_numbers(now)}")
        elif every and now.step % every == 0:
            streams.warn(f"step {now.step:,} of {now.steps:,}: {_numbers(now)}")

    return report


def _numbers(now: Progress) -> str:
    validation = "" if now.validation_accuracy is None else f", validation {100 * now.validation_accuracy:.2f} %"
    return (
        f"loss {now.loss:.4f}, training {100 * now.accuracy:.2f} %{validation}, "
        f"{now.images_per_second:,.0f} images/s, {_time(now.seconds_left)} left"
    )


def _time(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[numbers]}")
    signals.restore_terminal = "\n\x1b[?25h"  # the bar hides the cursor
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("getting ready", total=1.0, numbers="")
        validation: float | None = None

        def report(now: Progress) -> None:
            nonlocal validation
            validation = validation if now.validation_accuracy is None else now.validation_accuracy
            numbers = _numbers(replace(now, validation_accuracy=validation))
            bar.update(task, completed=now.done, description=f"epoch {now.epoch:.1f}", numbers=numbers)

        try:
            yield report
        finally:
            signals.restore_terminal = ""
