"""Standard streams that may be closed, full, a broken pipe, or unable to spell a name."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from typing import TextIO

from convfilter.text import error_line

_lost = False
"""Whether a line of results could not be printed."""


def prepare() -> None:
    """Make the three streams safe to use, whatever the caller did to them.

    A closed descriptor would be given to the next file that is opened, and a log line would land in a
    picture; it is tied to the null device instead, for reading only, so that writing to it still fails.
    Standard error is written to through a copy of its descriptor, as the descriptor itself is silenced while
    TensorFlow loads (`runtime`), which may be when another thread has something to tell.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)
    if sys.stderr is not None:  # Python's own sign of a descriptor that was closed
        with contextlib.suppress(OSError):
            sys.stderr = open(os.dup(2), "w", 1, sys.stderr.encoding)  # noqa: SIM115, PTH123, it stays open
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if sys.stdout is not None and isinstance(sys.stdout.buffer, io.RawIOBase):
        # PYTHONUNBUFFERED: a write that a signal breaks off would be taken for a whole one; a buffer writes the rest.
        encoding, errors = sys.stdout.encoding, sys.stdout.errors
        raw: io.RawIOBase = sys.stdout.detach()
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, write_through=True)


def result(text: str) -> None:
    """Print a line of results at once; `all_printed` tells whether that went well.

    A reader that has gone away, such as `head`, is no error: the work goes on without the lines.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except OSError as error:
        _give_up(error)


def all_printed() -> bool:
    """Flush standard output before Python does, which would print a traceback; False where results are lost."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        _give_up(error)
    return not _lost


def warn(text: str) -> None:
    """Print a line to standard error; nobody can be told where that fails."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except OSError:
        point_to_null(sys.stderr)


def _give_up(error: OSError) -> None:
    """Stop writing to standard output; tell why unless the reader just went away."""
    global _lost
    point_to_null(sys.stdout)
    if error.errno != errno.EPIPE:
        _lost = True
        warn(error_line("standard output", f"{error.strerror}; the results could not be printed"))


def point_to_null(stream: TextIO) -> None:
    """Let what is still to be written there go nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
