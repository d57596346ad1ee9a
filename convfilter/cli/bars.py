"""A bar on a terminal that shows how work is getting on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from convfilter.cli import signals, streams

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def wanted() -> bool:
    """Whether standard error is a terminal that can show a bar."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class _Patient(io.TextIOBase):
    """Standard error that may go away, as when its window is closed: then what is shown goes nowhere."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return int(self._stream.write(text))
        except OSError:
            streams.point_to_null(self._stream)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            streams.point_to_null(self._stream)

    def isatty(self) -> bool:
        return True


@contextmanager
def bar(description: str, total: float) -> Iterator[tuple[Progress, TaskID]]:
    """A bar on standard error with a text before it and the field ``numbers`` after it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[numbers]}")
    signals.restore_terminal = "\n\x1b[?25h"  # the bar hides the cursor; a signal that ends the process shows it
    try:
        with Progress(*columns, console=Console(file=cast("IO[str]", _Patient(sys.stderr)))) as progress:
            yield progress, progress.add_task(description, total=total, numbers="")
    finally:
        signals.restore_terminal = ""


def clock(seconds: float) -> str:
    """A time as ``1:02`` or ``1:02:03``."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}" if minutes >= 60 else f"{minutes}:{seconds:02}"
