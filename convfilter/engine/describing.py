"""What is told of a run before it: how operations are computed, and in how many tiles."""

from __future__ import annotations

from convfilter.engine.passes import described
from convfilter.engine.tiling import COPIES, tile_shape, tiles
from convfilter.engine.work import TILES_BYTES, lanes_of
from convfilter.operations import Convolve, Operation, Operations
from convfilter.runtime import core_count, resolve_device


def method_of(operation: Operation, device: str) -> str:
    """How an operation is computed, in a few words that follow its own; nothing where there is no choice."""
    if not isinstance(operation, Convolve):
        return ""
    if operation.sums != "any":
        return ": product by product, in the order of another tool"
    lanes = lanes_of(resolve_device(device), "float32")
    layout = "plane by plane" if lanes == 1 else f"on {lanes} lanes, or with 16 bits plane by plane"
    return f": as {described(operation.kernel)}, {layout}"


def tiles_of(operations: Operations, height: int, width: int, device: str) -> tuple[int, int]:
    """How many tiles an 8-bit RGB picture alone is computed in, and the bytes that one takes without its halo."""
    lanes = lanes_of(resolve_device(device), "float32")
    options = {"channels": 3, "sample_bytes": 4, "lanes": lanes, "budget": TILES_BYTES // core_count()}
    shape = tile_shape(operations, height, width, **options)
    samples = shape.lanes * shape.rows * shape.columns * 3
    return sum(1 for _ in tiles(operations, height, width, shape)), 4 * samples * COPIES
