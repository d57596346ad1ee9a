"""The smallest file of MNIST, and damaged copies of it."""

from __future__ import annotations

import gzip

from conftest import SAMPLES

from convfilter.mnist.idx import FILES

LABELS = FILES[3]
"""The smallest of the four."""

WHOLE = (SAMPLES / "mnist" / f"{LABELS.name}.gz").read_bytes()
PLAIN = gzip.decompress(WHOLE)


def changed(position: int, value: int) -> bytes:
    """The labels with one byte changed, packed."""
    data = bytearray(PLAIN)
    data[position] = value
    return gzip.compress(bytes(data))
