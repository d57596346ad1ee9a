"""Ctrl-C, SIGTERM and SIGHUP: stop at once, leave nothing half-written, and say where the work stands."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

GRACE = 1.8
"""Seconds that a command which winds up by itself may take; a second signal ends it before."""

summary: Callable[[], str] = str
"""What to add to the last line; the running command sets it."""

restore_terminal = ""
"""What gives a terminal back as it was, for a command that has hidden its cursor."""

wind_up: Callable[[], None] | None = None
"""How a command is asked to end by itself, which it does with `end`; None where it is to be ended at once."""

_stderr = 2
"""Where the last line goes: the descriptor of `sys.stderr`."""

_received = signal.SIGTERM


def install() -> None:
    """Watch for signals in a thread of its own.

    Python runs signal handlers between two instructions of the main thread, and a decoder or a
    convolution can stay inside one call for many seconds. The descriptor below is written to by the
    signal itself, and the thread that reads it ends the process, whatever the main thread does.
    """
    global _stderr
    if sys.stderr is not None:
        _stderr = sys.stderr.fileno()
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
            signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reading,), daemon=True).start()


def end() -> NoReturn:
    """End the process as the signal that came wants it; for a command that was asked to wind up and has done so."""
    atomic = sys.modules.get("convfilter.atomic")
    if atomic is not None:
        atomic.abandon_all()
    line = f"{restore_terminal}convfilter: stopped by {_received.name}{summary()}\n"
    try:
        if select.select([], [_stderr], [], 0.2)[1]:  # nobody may be reading any more
            os.write(_stderr, line.encode())
    finally:
        os._exit(128 + _received)


def _watch(reading: int) -> None:
    global _received
    number = 0
    while number not in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        number = os.read(reading, 1)[0]
    _received = signal.Signals(number)
    if wind_up is not None:
        wind_up()
        select.select([reading], [], [], GRACE)
    end()
