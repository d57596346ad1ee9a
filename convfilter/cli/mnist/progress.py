"""How a training is getting on: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from convfilter.cli import bars, streams

if TYPE_CHECKING:
    from convfilter.mnist.course import Progress
    from convfilter.mnist.presets import Run


@contextmanager
def training_progress(run: Run, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """What `training.train` reports to, for as long as the block lasts."""
    if quiet:
        yield lambda _: None
    elif bars.wanted():
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
        f"{now.images_per_second:,.0f} images/s, {bars.clock(now.seconds_left)} left"
    )


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    with bars.bar("getting ready", 1.0) as (bar, task):
        validation: float | None = None

        def report(now: Progress) -> None:
            nonlocal validation
            validation = validation if now.validation_accuracy is None else now.validation_accuracy
            numbers = _numbers(replace(now, validation_accuracy=validation))
            bar.update(task, completed=now.done, description=f"epoch {now.epoch:.1f}", numbers=numbers)

        yield report
