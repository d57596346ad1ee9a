"""How a run over many pictures is getting on: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from convfilter.cli import bars, streams

if TYPE_CHECKING:
    from convfilter.batch import Result

EVERY = 10.0
"""Seconds from one plain line to the next."""


@dataclass
class Tally:
    """What has become of the pictures of a run so far.

    Attributes:
        total: how many there are.
        counts: how many of each status.
        pixels: of the pictures that are done.
        begun: when the run began, by the monotonic clock.
    """

    total: int
    counts: dict[str, int] = field(default_factory=lambda: {"done": 0, "skipped": 0, "failed": 0})
    pixels: int = 0
    begun: float = field(default_factory=time.monotonic)

    def add(self, result: Result) -> None:
        """Count one more."""
        self.counts[result.status] += 1
        if result.outcome is not None:
            self.pixels += result.outcome.width * result.outcome.height * result.outcome.frames

    @property
    def ended(self) -> int:
        """How many pictures nothing is left to do for."""
        return sum(self.counts.values())

    @property
    def seconds(self) -> float:
        """How long the run has taken."""
        return time.monotonic() - self.begun

    def __str__(self) -> str:
        return ", ".join(f"{count} {status}" for status, count in self.counts.items())

    @property
    def progress(self) -> str:
        """Files, speed, time left and failures."""
        worked = self.counts["done"] + self.counts["failed"]
        left = self.seconds / worked * (self.total - self.ended) if worked else 0.0
        failed = f", {self.counts['failed']} failed" if self.counts["failed"] else ""
        speed = self.pixels / 1e6 / max(self.seconds, 1e-9)
        return f"{self.ended:,} of {self.total:,} files, {speed:.1f} MP/s, {bars.clock(left)} left{failed}"


Say = Callable[[str, bool], None]
"""Prints a line: the text, and whether it is a result, for standard output."""


@contextmanager
def batch_progress(tally: Tally, quiet: bool) -> Iterator[tuple[Say, Callable[[], None]]]:
    """How to print a line, and what to call when the tally has changed, for as long as the block lasts."""
    if quiet or tally.total < 2 or not bars.wanted():
        yield _say, (lambda: None) if quiet or tally.total < 2 else _lines(tally)
        return
    with bars.bar("", tally.total) as (bar, task):

        def say(text: str, result: bool) -> None:
            if result and sys.stdout is not None and not sys.stdout.isatty():
                streams.result(text)
            else:  # above the bar
                bar.console.print(text, markup=False, highlight=False, emoji=False, soft_wrap=True)

        yield say, lambda: bar.update(task, completed=tally.ended, numbers=tally.progress)


def _say(text: str, result: bool) -> None:
    (streams.result if result else streams.warn)(text)


def _lines(tally: Tally) -> Callable[[], None]:
    said = tally.seconds

    def changed() -> None:
        nonlocal said
        if tally.seconds - said >= EVERY and tally.ended < tally.total:
            said = tally.seconds
            streams.warn(tally.progress)

    return changed
