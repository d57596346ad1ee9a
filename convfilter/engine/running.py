"""Operations over the frames of a picture, tile by tile, so that memory stays bounded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.engine.chain import Chain
from convfilter.engine.levels import Levels, to_samples
from convfilter.engine.passes import described, passes_of
from convfilter.engine.tiling import LANES, Tile, tile_shape, tiles
from convfilter.errors import ImageError, OptionError, one_line
from convfilter.names import RANGES, Range
from convfilter.operations import Convolve, Grayscale, Operation, Operations, output_size
from convfilter.runtime import has_fast_lanes, resolve_device, worker_count
from convfilter.runtime import operations as tf_operations

TILES_BYTES = 2**29
"""The most memory for the tiles that are computed at once, however much there is."""


@dataclass(frozen=True)
class Place:
    """Where tiles are computed.

    Attributes:
        device: TensorFlow's name of it.
        lanes: of a tile.
        workers: threads, each of which computes a tile.
        tile_bytes: the most memory for one tile.
    """

    device: str
    lanes: int
    workers: int
    tile_bytes: int

    def each(self, chains: list[Chain], use: Callable[[int, Tile, Any], None]) -> None:
        """Compute every tile of every chain, and use its part; the tiles of all are shared among the workers."""
        left, taking, failed = self._tiles(chains), threading.Lock(), threading.Event()

        def work() -> None:
            tf = tf_operations()
            with tf.device(self.device):  # holds for the thread that says it
                while not failed.is_set():
                    with taking:
                        index, tile = next(left, (0, None))
                    if tile is None:
                        return
                    try:
                        use(index, tile, chains[index].compute(tile))
                    except BaseException:
                        failed.set()
                        raise

        with ThreadPoolExecutor(self.workers) as pool:
            for future in [pool.submit(work) for _ in range(self.workers)]:
                future.result()

    def _tiles(self, chains: list[Chain]) -> Iterator[tuple[int, Tile]]:
        for index, chain in enumerate(chains):
            height, width, channels = chain.pixels.shape
            shape = tile_shape(
                chain.operations,
                height,
                width,
                channels=channels,
                sample_bytes=np.dtype(chain.levels.compute_dtype).itemsize,
                lanes=self.lanes,
                budget=self.tile_bytes,
            )
            for tile in tiles(chain.operations, height, width, shape):
                yield index, tile


def run(
    pixels: list[NDArray[Any]],
    operations: Operations,
    *,
    alpha: bool,
    range_: Range = "clip",
    device: str = "auto",
    tile_bytes: int | None = None,
) -> list[NDArray[Any]]:
    """Run operations over the frames of a picture.

    Args:
        pixels: frames (height, width, channels) of uint8, uint16 or float32, all of one type and
            with one number of channels.
        operations: applied in order; every one is computed on unrounded numbers.
        alpha: True where the last channel is alpha.
        range_: what becomes of numbers outside [0, 1]; ``rescale`` looks at all frames together.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        tile_bytes: the most memory for tiles, beside the frames; the smallest tile of a huge kernel may need more.

    Returns:
        New frames of the same type.

    Raises:
        DeviceError: there is no such device.
        ImageError: nothing is left of the picture, or the device's memory does not suffice.
        OptionError: no such range.
    """
    if range_ not in RANGES:
        raise OptionError(f"{range_}: a range is one of {', '.join(RANGES)}")
    for frame in pixels:
        _require_output(frame, operations)
    tf = tf_operations()
    levels = Levels(pixels[0].dtype, alpha)
    name = resolve_device(device)
    lanes = LANES if has_fast_lanes(name) and levels.compute_dtype == "float32" else 1
    workers = worker_count(name)
    place = Place(name, lanes, workers, min(tile_bytes or TILES_BYTES, TILES_BYTES) // workers)
    for operation in operations:
        if isinstance(operation, Convolve):
            passes_of(operation.kernel)  # once, before the workers ask for it together
    chains = [Chain(frame, operations, levels) for frame in pixels]
    try:
        extremes = _extremes(chains, place) if range_ == "rescale" else None
        return _run(chains, range_, extremes, place)
    except (tf.errors.ResourceExhaustedError, MemoryError):
        raise ImageError(
            "does not fit into the memory of the device; try --device cpu, or make it smaller first"
        ) from None
    except tf.errors.OpError as error:
        raise ImageError(f"TensorFlow cannot compute it here ({one_line(error, 160)}); try --device cpu") from None


def method_of(operation: Operation, device: str) -> str:
    """How an operation is computed, in a few words that follow its own; nothing where there is no choice."""
    if not isinstance(operation, Convolve):
        return ""
    layout = f"on {LANES} lanes" if has_fast_lanes(resolve_device(device)) else "plane by plane"
    return f": as {described(operation.kernel)}, {layout}"


def _require_output(pixels: NDArray[Any], operations: Operations) -> None:
    height, width = pixels.shape[:2]
    if min(output_size(operations, height, width)) < 1:
        raise ImageError(
            f"the picture is {width} x {height}, smaller than the kernel, and border valid leaves nothing of it; "
            "take another border or a smaller kernel"
        )


def _run(chains: list[Chain], range_: Range, extremes: tuple[float, float] | None, place: Place) -> list[NDArray[Any]]:
    outputs = []
    for chain in chains:
        height, width, channels = chain.pixels.shape
        if any(isinstance(operation, Grayscale) for operation in chain.operations):
            channels = 1 + chain.levels.alpha
        outputs.append(np.empty((*output_size(chain.operations, height, width), channels), chain.levels.depth))

    def write(index: int, tile: Tile, part: Any) -> None:
        for rows, lane in zip(tile.rows, to_samples(part, chains[index].levels, range_, extremes), strict=True):
            outputs[index][rows[0] : rows[-1] + 1, slice(*tile.columns)] = lane

    place.each(chains, write)
    return outputs


def _extremes(chains: list[Chain], place: Place) -> tuple[float, float]:
    """The least and the greatest colour that the operations give."""
    found = [(np.inf, -np.inf)]

    def note(index: int, _: Tile, part: Any) -> None:
        colour = part.numpy()[:, :, : part.shape[2] - chains[index].levels.alpha]
        finite = colour[np.isfinite(colour)]  # a float picture may hold NaN
        found.append((finite.min(initial=np.inf), finite.max(initial=-np.inf)))

    place.each(chains, note)
    return float(min(least for least, _ in found)), float(max(greatest for _, greatest in found))
