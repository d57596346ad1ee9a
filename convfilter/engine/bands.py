"""A chain of operations, computed band of rows by band of rows: each band pulls the rows it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.borders import OUTSIDE, source_indices
from convfilter.engine.colour import decode_srgb, encode_srgb, grayscale
from convfilter.engine.convolution import convolve
from convfilter.engine.levels import Levels, to_samples
from convfilter.errors import ImageError, OptionError
from convfilter.names import RANGES, Range
from convfilter.operations import (
    Convolve,
    DecodeSrgb,
    EncodeSrgb,
    Grayscale,
    Operation,
    Operations,
    output_size,
)
from convfilter.runtime import resolve_device, tensorflow

BAND_SAMPLES = 2**21
"""Samples of a band, 8 MB of float32: enough to keep every core busy, little beside the picture."""


def run(
    pixels: list[NDArray[Any]],
    operations: Operations,
    *,
    alpha: bool,
    range_: Range = "clip",
    device: str = "auto",
) -> list[NDArray[Any]]:
    """Run operations over the frames of a picture.

    Args:
        pixels: frames (height, width, channels) of uint8, uint16 or float32, all of one type and
            with one number of channels.
        operations: applied in order; every one is computed on unrounded numbers.
        alpha: True where the last channel is alpha.
        range_: what becomes of numbers outside [0, 1]; ``rescale`` looks at all frames together.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

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
    tf = tensorflow()
    levels = Levels(pixels[0].dtype, alpha)
    try:
        with tf.device(resolve_device(device)):
            extremes = _extremes(pixels, operations, levels) if range_ == "rescale" else None
            return [_run_frame(frame, operations, levels, range_, extremes) for frame in pixels]
    except tf.errors.ResourceExhaustedError:
        raise ImageError(
            "does not fit into the memory of the device; try --device cpu, or make it smaller first"
        ) from None


def _require_output(pixels: NDArray[Any], operations: Operations) -> None:
    height, width = pixels.shape[:2]
    if min(output_size(operations, height, width)) < 1:
        raise ImageError(
            f"the picture is {width} x {height}, smaller than the kernel, and border valid leaves nothing of it; "
            "take another border or a smaller kernel"
        )


def _run_frame(
    pixels: NDArray[Any],
    operations: Operations,
    levels: Levels,
    range_: Range,
    extremes: tuple[float, float] | None,
) -> NDArray[Any]:
    output: NDArray[Any] | None = None
    for start, stop, band in _bands(pixels, operations, levels):
        samples = to_samples(band, levels, range_, extremes).numpy()
        if output is None:
            height, width = output_size(operations, *pixels.shape[:2])
            output = np.empty((height, width, samples.shape[2]), levels.depth)
        output[start:stop] = samples
    assert output is not None, "there is at least one row, as _require_output has seen"
    return output


def _extremes(pixels: list[NDArray[Any]], operations: Operations, levels: Levels) -> tuple[float, float]:
    """The least and the greatest colour that the operations give."""
    least, greatest = np.inf, -np.inf
    for frame in pixels:
        for _, _, band in _bands(frame, operations, levels):
            colour = band.numpy()[..., : band.shape[-1] - levels.alpha]
            finite = colour[np.isfinite(colour)]  # a float picture may hold NaN
            least, greatest = finite.min(initial=least), finite.max(initial=greatest)
    return float(least), float(greatest)


def _bands(pixels: NDArray[Any], operations: Operations, levels: Levels) -> Iterator[tuple[int, int, Any]]:
    """The result in bands of rows: first row, one past the last, numbers."""
    sizes = [pixels.shape[:2]]
    for operation in operations:
        sizes.append(output_size((operation,), *sizes[-1]))
    height = sizes[-1][0]
    halo = sum(operation.windows[0].before + operation.windows[0].after for operation in operations)
    rows = max(1, halo, BAND_SAMPLES // (pixels.shape[1] * pixels.shape[2]))
    for start in range(0, height, rows):
        stop = min(start + rows, height)
        yield start, stop, _rows(pixels, operations, sizes, levels, start, stop)


def _rows(
    pixels: NDArray[Any],
    operations: Operations,
    sizes: list[tuple[int, ...]],
    levels: Levels,
    start: int,
    stop: int,
) -> Any:
    """Rows start to stop of what the operations make of the pixels; each asks the one before it."""
    tf = tensorflow()
    if not operations:
        return tf.cast(tf.constant(pixels[start:stop]), levels.compute_dtype)
    *before, operation = operations
    height, width = sizes[len(before)]
    down, across = operation.windows
    needed = source_indices(down, height, start, stop)
    inside = needed[needed != OUTSIDE]
    first, last = (int(inside.min()), int(inside.max()) + 1) if inside.size else (0, 1)
    band = _rows(pixels, tuple(before), sizes, levels, first, last)
    band = _take(band, np.where(needed == OUTSIDE, OUTSIDE, needed - first), axis=0)
    band = _take(band, source_indices(across, width, 0, sizes[len(before) + 1][1]), axis=1)
    return _apply(band, operation, levels)


def _take(band: Any, index: NDArray[np.int64], axis: int) -> Any:
    """The rows or columns of an index, zero where it says `OUTSIDE`; a plain run is not copied."""
    tf = tensorflow()
    size = band.shape[axis]
    if np.array_equal(index, np.arange(size)):
        return band
    if (index == OUTSIDE).any():
        padding = [[0, 0]] * 3
        padding[axis] = [0, 1]
        band, index = tf.pad(band, padding), np.where(index == OUTSIDE, size, index)
    return tf.gather(band, index, axis=axis)


def _apply(band: Any, operation: Operation, levels: Levels) -> Any:
    """One operation on a band that holds its halo."""
    match operation:
        case Convolve():
            return convolve(band, operation, levels)
        case Grayscale(method=method):
            return grayscale(band, method, levels)
        case DecodeSrgb():
            return decode_srgb(band, levels)
        case EncodeSrgb():
            return encode_srgb(band, levels)
