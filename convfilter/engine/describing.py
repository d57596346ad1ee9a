"""What is told of a run before it: how operations are computed, and in how many tiles."""

from __future__ import annotations

import numpy as np

from convfilter.engine.passes import described
from convfilter.engine.tiling import COPIES
from convfilter.engine.work import lanes_of, levels_of, work_of
from convfilter.operations import Convolve, Operation, Operations
from convfilter.runtime import resolve_device


def methods_of(operations: Operations, device: str) -> list[str]:
    """Each operation of a chain, and how it is computed where there is a choice."""
    levels = levels_of(np.dtype(np.uint8), operations, False)
    lanes = lanes_of(resolve_device(device), levels.compute_dtype)
    layout = "plane by plane" if lanes == 1 else f"on {lanes} lanes, or with 16 bits plane by plane"
    return [f"{operation}{_method(operation, layout)}" for operation in operations]


def _method(operation: Operation, layout: str) -> str:
    if not isinstance(operation, Convolve):
        return ""
    if operation.sums != "any":
        return ": product by product, in the order of another tool"
    return f": as {described(operation.kernel)}, {layout}"


def tiles_of(
    operations: Operations, height: int, width: int, *, device: str, tile_bytes: int | None, workers: int | None
) -> tuple[int, int]:
    """How many tiles an 8-bit RGB picture is computed in, and the bytes that one takes without its halo.

    The arguments are those of `engine.run`.
    """
    picture = np.broadcast_to(np.uint8(0), (height, width, 3))
    work = work_of([picture], operations, False, device, tile_bytes, workers)
    shape = work.shape_of(picture)
    samples = shape.lanes * shape.rows * shape.columns * 3
    return sum(1 for _ in work.all_tiles()), work.sample_bytes * samples * COPIES
