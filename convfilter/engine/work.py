"""What is to be computed, parted into tiles that threads of ours share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter import threads
from convfilter.engine.chain import Chain, chain_of
from convfilter.engine.graphs import Computed, Kind, compute
from convfilter.engine.levels import Levels
from convfilter.engine.tiling import LANES, Tile, TileShape, tile_shape, tiles
from convfilter.operations import Operations, Round
from convfilter.runtime import has_fast_lanes, resolve_device, worker_count

TILES_BYTES = 2**29
"""The most memory for the tiles of one picture that are computed at once, however much there is."""


@dataclass(frozen=True)
class Work:
    """The frames of a picture, what is done to them, and where.

    Attributes:
        frames: (height, width, channels).
        operations: applied in order.
        kind: what holds for all of them.
        lanes: of a tile.
        workers: threads, each of which computes a tile.
        tile_bytes: the most memory for one tile.
    """

    frames: list[NDArray[Any]]
    operations: Operations
    kind: Kind
    lanes: int
    workers: int
    tile_bytes: int

    def each(self, use: Callable[[int, Tile, Computed], None], extremes: tuple[float, float] = (0, 1)) -> None:
        """Compute every tile of every frame, and use it; the tiles of all are shared among the workers.

        Args:
            use: gets the number of the frame, the tile, and what `compute` gives.
            extremes: as for `compute`.
        """
        chains = self.chains()

        def work(item: tuple[int, Tile]) -> None:
            index, tile = item
            use(index, tile, compute(chains[index].part(tile), self.frames[index], self.kind, extremes))

        threads.share(self.all_tiles(), work, self.workers)

    def chains(self) -> list[Chain]:
        """The chain of every frame; frames of one size share one."""
        colours = self.kind.channels - self.kind.levels.alpha
        sizes = [(frame.shape[0], frame.shape[1]) for frame in self.frames]
        chains = {size: chain_of(self.operations, *size, colours) for size in set(sizes)}
        return [chains[size] for size in sizes]

    def all_tiles(self) -> Iterator[tuple[int, Tile]]:
        """Every tile, with the number of its frame."""
        for index, frame in enumerate(self.frames):
            for tile in tiles(self.operations, frame.shape[0], frame.shape[1], self.shape_of(frame)):
                yield index, tile

    def shape_of(self, frame: NDArray[Any]) -> TileShape:
        """The shape of the tiles of a frame."""
        height, width, channels = frame.shape
        return tile_shape(
            self.operations,
            height,
            width,
            channels=channels,
            sample_bytes=self.sample_bytes,
            lanes=self.lanes,
            budget=self.tile_bytes,
        )

    @property
    def sample_bytes(self) -> int:
        """Of a number that is computed with."""
        return np.dtype(self.kind.levels.compute_dtype).itemsize


def work_of(
    pixels: list[NDArray[Any]],
    operations: Operations,
    alpha: bool,
    device: str,
    tile_bytes: int | None,
    workers: int | None,
) -> Work:
    """What is to be done, as numbers without a range."""
    levels = levels_of(pixels[0].dtype, operations, alpha)
    name = resolve_device(device)
    kind = Kind(levels, pixels[0].shape[2], name, None, False)
    lanes, most = lanes_of(name, levels.compute_dtype), worker_count(name)
    workers = min(workers or most, most)
    return Work(pixels, operations, kind, lanes, workers, min(tile_bytes or TILES_BYTES, TILES_BYTES) // workers)


def levels_of(depth: np.dtype[Any], operations: Operations, alpha: bool) -> Levels:
    """What the numbers of a chain mean.

    What is rounded midway is to be as exact as the tool that also does so, and has alpha as any channel.
    """
    exact = any(isinstance(operation, Round) for operation in operations)
    return Levels(depth, alpha and not exact, exact)


def lanes_of(device: str, compute_dtype: str) -> int:
    """The lanes of a tile that has rows enough."""
    return LANES if has_fast_lanes(device) and compute_dtype == "float32" else 1
