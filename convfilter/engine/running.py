"""Operations over the frames of a picture, tile by tile, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter import threads
from convfilter.engine.chain import Chain, chain_of
from convfilter.engine.graphs import Computed, Kind, compute
from convfilter.engine.levels import Levels
from convfilter.engine.passes import described
from convfilter.engine.tiling import COPIES, LANES, Tile, tile_shape, tiles
from convfilter.errors import ImageError, OptionError
from convfilter.names import RANGES, Range
from convfilter.operations import Convolve, Operation, Operations, Round, makes_gray, output_size, require_output
from convfilter.runtime import core_count, has_fast_lanes, resolve_device, worker_count
from convfilter.runtime import operations as tf_operations
from convfilter.text import one_line

TILES_BYTES = 2**29
"""The most memory for the tiles of one picture that are computed at once, however much there is."""


class Filtered(NamedTuple):
    """What came out.

    Attributes:
        frames: (height, width, channels) each.
        clipped: the samples that were cut off at black or white, if they were counted; floats never are.
    """

    frames: list[NDArray[Any]]
    clipped: int


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
        chains = self._chains()

        def work(item: tuple[int, Tile]) -> None:
            index, tile = item
            use(index, tile, compute(chains[index].part(tile), self.frames[index], self.kind, extremes))

        threads.share(self._tiles(), work, self.workers)

    def _chains(self) -> list[Chain]:
        """The chain of every frame; frames of one size share one."""
        colours = self.kind.channels - self.kind.levels.alpha
        sizes = [(frame.shape[0], frame.shape[1]) for frame in self.frames]
        chains = {size: chain_of(self.operations, *size, colours) for size in set(sizes)}
        return [chains[size] for size in sizes]

    def _tiles(self) -> Iterator[tuple[int, Tile]]:
        for index, frame in enumerate(self.frames):
            height, width, channels = frame.shape
            shape = tile_shape(
                self.operations,
                height,
                width,
                channels=channels,
                sample_bytes=np.dtype(self.kind.levels.compute_dtype).itemsize,
                lanes=self.lanes,
                budget=self.tile_bytes,
            )
            for tile in tiles(self.operations, height, width, shape):
                yield index, tile


def run(
    pixels: list[NDArray[Any]],
    operations: Operations,
    *,
    alpha: bool,
    range_: Range = "clip",
    device: str = "auto",
    tile_bytes: int | None = None,
    workers: int | None = None,
    count_clipped: bool = False,
) -> Filtered:
    """Run operations over the frames of a picture.

    Args:
        pixels: frames (height, width, channels) of uint8, uint16 or float32, all of one type and
            with one number of channels.
        operations: applied in order; every one is computed on unrounded numbers.
        alpha: True where the last channel is alpha.
        range_: what becomes of numbers outside [0, 1]; ``rescale`` looks at all frames together.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        tile_bytes: the most memory for tiles, beside the frames; the smallest tile of a huge kernel may need more.
        workers: threads that compute at once; by default as many as suit the device.
        count_clipped: count the samples that were cut off, which takes some time.

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
        require_output(operations, *frame.shape[:2])
    tf = tf_operations()
    work = _work(pixels, operations, alpha, device, tile_bytes, workers)
    count_clipped = count_clipped and pixels[0].dtype.kind == "u"
    try:
        found = _extremes(work) if range_ == "rescale" else None
        range_ = "clip" if range_ == "rescale" and found is None else range_
        return _run(replace(work, kind=replace(work.kind, range_=range_, count_clipped=count_clipped)), found or (0, 1))
    except (tf.errors.ResourceExhaustedError, MemoryError):
        raise ImageError(
            "does not fit into the memory of the device; try --device cpu, or make it smaller first"
        ) from None
    except tf.errors.OpError as error:
        raise ImageError(f"TensorFlow cannot compute it here ({one_line(error, 160)}); try --device cpu") from None


def extremes(pixels: list[NDArray[Any]], operations: Operations, *, alpha: bool) -> tuple[float, float] | None:
    """The least and the greatest colour that `run` stretches to the whole range for range ``rescale``, on the CPU.

    None where all are one, and nothing can be stretched.
    """
    return _extremes(_work(pixels, operations, alpha, "cpu", None, None))


def method_of(operation: Operation, device: str) -> str:
    """How an operation is computed, in a few words that follow its own; nothing where there is no choice."""
    if not isinstance(operation, Convolve):
        return ""
    if operation.sums != "any":
        return ": product by product, in the order of another tool"
    lanes = _lanes(resolve_device(device), "float32")
    layout = "plane by plane" if lanes == 1 else f"on {lanes} lanes, or with 16 bits plane by plane"
    return f": as {described(operation.kernel)}, {layout}"


def tiles_of(operations: Operations, height: int, width: int, device: str) -> tuple[int, int]:
    """How many tiles an 8-bit RGB picture alone is computed in, and the bytes that one takes without its halo."""
    lanes = _lanes(resolve_device(device), "float32")
    options = {"channels": 3, "sample_bytes": 4, "lanes": lanes, "budget": TILES_BYTES // core_count()}
    shape = tile_shape(operations, height, width, **options)
    samples = shape.lanes * shape.rows * shape.columns * 3
    return sum(1 for _ in tiles(operations, height, width, shape)), 4 * samples * COPIES


def _work(
    pixels: list[NDArray[Any]],
    operations: Operations,
    alpha: bool,
    device: str,
    tile_bytes: int | None,
    workers: int | None,
) -> Work:
    """What is to be done, as numbers without a range."""
    # What is rounded midway is to be as exact as the tool that also does so, and has alpha as any channel.
    exact = any(isinstance(operation, Round) for operation in operations)
    levels = Levels(pixels[0].dtype, alpha and not exact, exact)
    name = resolve_device(device)
    kind = Kind(levels, pixels[0].shape[2], name, None, False)
    lanes, most = _lanes(name, levels.compute_dtype), worker_count(name)
    workers = min(workers or most, most)
    return Work(pixels, operations, kind, lanes, workers, min(tile_bytes or TILES_BYTES, TILES_BYTES) // workers)


def _lanes(device: str, compute_dtype: str) -> int:
    """The lanes of a tile that has rows enough."""
    return LANES if has_fast_lanes(device) and compute_dtype == "float32" else 1


def _run(work: Work, extremes: tuple[float, float]) -> Filtered:
    gray = makes_gray(work.operations)
    outputs, clipped = [], []
    for frame in work.frames:
        height, width, channels = frame.shape
        channels = 1 + work.kind.levels.alpha if gray else channels
        outputs.append(np.empty((*output_size(work.operations, height, width), channels), frame.dtype))

    def write(index: int, tile: Tile, computed: Computed) -> None:
        for rows, lane in zip(tile.rows, computed.samples, strict=True):
            outputs[index][rows[0] : rows[-1] + 1, slice(*tile.columns)] = lane
        if work.kind.count_clipped:
            _, once = np.unique(tile.rows, return_index=True)  # lanes may share rows
            clipped.append(int(computed.clipped.ravel()[once].sum()))

    work.each(write, extremes)
    return Filtered(outputs, sum(clipped))


def _extremes(work: Work) -> tuple[float, float] | None:
    """The least and the greatest colour that the operations give; None where they are one."""
    found = [(np.inf, -np.inf)]

    def note(_index: int, _tile: Tile, computed: Computed) -> None:
        numbers = computed.samples
        colour = numbers[:, :, :, : numbers.shape[3] - work.kind.levels.alpha]
        finite = colour[np.isfinite(colour)]  # a float picture may hold NaN
        found.append((finite.min(initial=np.inf), finite.max(initial=-np.inf)))

    work.each(note)
    least, greatest = float(min(least for least, _ in found)), float(max(greatest for _, greatest in found))
    return (least, greatest) if least < greatest else None
