"""The unrounded numbers that operations give for a part of a picture, to look at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.engine.beside import Index
from convfilter.engine.graphs import compute
from convfilter.engine.work import work_of
from convfilter.operations import Operations


def numbers(
    pixels: NDArray[Any], operations: Operations, rows: Index, columns: Index, *, alpha: bool
) -> NDArray[np.float64]:
    """Compute a part of what operations make of a picture, on the CPU.

    Args:
        pixels: (height, width, channels).
        operations: applied in order; none gives the pixels.
        rows: of the output, in any order, each as often as it is wanted; `OUTSIDE` gives zeros.
        columns: the same.
        alpha: True where the last channel is alpha.

    Returns:
        (rows, columns, channels), in levels of the picture.
    """
    work = work_of([pixels], operations, alpha, "cpu", None, None)
    (chain,) = work.chains()
    computed = compute(chain.picked(rows, columns), pixels, work.kind, (0, 1))
    found: NDArray[np.float64] = computed.samples[0].astype(np.float64)
    return found
