"""How the C library holds memory, for a process of our own."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_ONE_HEAP = -8, 1
"""M_ARENA_MAX: one heap for all threads; the heaps of threads are given back whenever they are empty."""
_IN_THE_HEAP = -3, 2**25
"""M_MMAP_THRESHOLD: pieces of up to 32 MiB, such as tiles, come from the heap."""
_KEPT = -1, 2**28
"""M_TRIM_THRESHOLD: 256 MiB of the heap are kept when they are free."""


def keep_memory() -> None:
    """Let glibc keep the memory of a tile for the next one; see mallopt(3). To be called before any thread starts.

    The system takes four times as long to give pages anew as it takes to compute with them.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library
        for parameter, value in (_ONE_HEAP, _IN_THE_HEAP, _KEPT):
            ctypes.CDLL(None).mallopt(parameter, value)
