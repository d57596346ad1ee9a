"""Operations over the frames of a picture, tile by tile, so that memory stays bounded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.engine.graphs import Computed
from convfilter.engine.tiling import Tile
from convfilter.engine.work import Work, work_of
from convfilter.errors import ImageError
from convfilter.names import RANGES, Range, one_of
from convfilter.operations import Operations, makes_gray, output_size, require_output
from convfilter.runtime import tf_operations
from convfilter.text import one_line


class Filtered(NamedTuple):
    """What came out.

    Attributes:
        frames: (height, width, channels) each.
        clipped: the samples that were cut off at black or white, if they were counted; floats never are.
    """

    frames: list[NDArray[Any]]
    clipped: int


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
    one_of("range", range_, RANGES)
    for frame in pixels:
        require_output(operations, *frame.shape[:2])
    tf = tf_operations()
    work = work_of(pixels, operations, alpha, device, tile_bytes, workers)
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
    return _extremes(work_of(pixels, operations, alpha, "cpu", None, None))


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
