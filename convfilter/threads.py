"""Threads of our own: as many as are wanted, or as many as the system lets start."""

from __future__ import annotations

import threading
from collections.abc import Callable


def start(work: Callable[[], None], count: int) -> list[threading.Thread]:
    """Start threads that work; fewer, even none, where the system refuses more (ulimit -u).

    They do not keep the process from ending.
    """
    threads: list[threading.Thread] = []
    for _ in range(count):
        thread = threading.Thread(target=work, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            break
        threads.append(thread)
    return threads
