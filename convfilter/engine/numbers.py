"""The unrounded numbers that operations give for a part of a picture, to look at."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.engine.chain import chain_of
from convfilter.engine.graphs import Kind, compute
from convfilter.engine.levels import Levels
from convfilter.engine.tiling import Tile
from convfilter.operations import Operations
from convfilter.runtime import resolve_device


def numbers(
    pixels: NDArray[Any], operations: Operations, rows: tuple[int, int], columns: tuple[int, int], *, alpha: bool
) -> NDArray[np.float64]:
    """Compute a part of what operations make of a picture, on the CPU.

    Args:
        pixels: (height, width, channels).
        operations: applied in order; none gives the pixels.
        rows: the first, and one past the last, of the output.
        columns: the same.
        alpha: True where the last channel is alpha.

    Returns:
        (rows, columns, channels), in levels of the picture.
    """
    height, width, channels = pixels.shape
    levels = Levels(pixels.dtype, alpha)
    kind = Kind(levels, channels, resolve_device("cpu"), None, False)
    chain = chain_of(operations, height, width, channels - alpha)
    part = chain.part(Tile(np.arange(*rows)[np.newaxis], columns))
    found: NDArray[np.float64] = compute(part, pixels, kind, (0, 1)).samples[0].astype(np.float64)
    return found
