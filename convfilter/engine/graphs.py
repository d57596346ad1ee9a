"""Parts of a picture through graphs of TensorFlow: one is built for parts that are computed alike, and run for each.

A graph is run by one call that needs no Python meanwhile, so that threads compute side by side and tiles may be so
small that they stay near the processor. Parts are tensors (rows, columns, channels, lanes); lanes are runs of rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from numpy.typing import NDArray

from convfilter.engine.chain import Applied, Part, Picked, Pixels
from convfilter.engine.colour import decode_srgb, encode_srgb, grayscale
from convfilter.engine.convolution import convolve
from convfilter.engine.gathering import samples_at
from convfilter.engine.layers import activate, dropout, pool, round_
from convfilter.engine.levels import Levels, count_clipped, in_range, to_samples
from convfilter.names import Range
from convfilter.operations import (
    Activate,
    Convolve,
    DecodeSrgb,
    Dropout,
    EncodeSrgb,
    Grayscale,
    Operation,
    Pool,
    Round,
)
from convfilter.runtime import graph_function, tf_operations


@dataclass(frozen=True)
class Kind:
    """What holds for every part of a run.

    Attributes:
        levels: what the numbers mean.
        channels: of the picture.
        device: TensorFlow's name of it.
        range_: how numbers become samples; None leaves them numbers.
        count_clipped: whether samples that are cut off are counted.
    """

    levels: Levels
    channels: int
    device: str
    range_: Range | None
    count_clipped: bool


class Computed(NamedTuple):
    """What a part of a picture became.

    Attributes:
        samples: (lanes, rows, columns, channels), in the depth of the picture, or numbers where there is no range.
        clipped: (lanes, rows): how many samples of every row were cut off, if they were counted.
    """

    samples: NDArray[Any]
    clipped: NDArray[Any]


def compute(part: Part, pixels: NDArray[Any], kind: Kind, extremes: tuple[float, float]) -> Computed:
    """What a part of the pixels (height, width, channels) becomes.

    Args:
        part: of a chain over these pixels.
        pixels: of one frame.
        kind: what is to be made of it.
        extremes: least and greatest colour of all frames, for range ``rescale``.

    """
    with _building:
        call = _graph(kind, part)
    return Computed(*call(*_inputs(part, pixels), *extremes))


_building = threading.Lock()
"""Held so that two threads do not build one graph twice."""


@lru_cache(maxsize=64)
def _graph(kind: Kind, part: Part) -> Callable[..., Any]:
    """A function of `_inputs` and of the extremes."""

    def build() -> tuple[Any, list[Any]]:
        inputs: list[Any] = []
        numbers = _tensor(part, kind, inputs)
        extremes = [_placeholder(inputs, kind.levels.compute_dtype, ()) for _ in range(2)]
        numbers = in_range(numbers, kind.levels, kind.range_, extremes)
        clipped = count_clipped(numbers, kind.levels) if kind.count_clipped else tf_operations().constant([[0]])
        return (to_samples(numbers, kind.levels) if kind.range_ else numbers, clipped), inputs

    return graph_function(build, kind.device)


def _tensor(part: Part, kind: Kind, inputs: list[Any]) -> Any:
    """The tensor of a part; its placeholders are added to the inputs."""
    tf = tf_operations()
    match part:
        case Pixels(operations=operations, lanes=lanes):
            samples = _placeholder(inputs, kind.levels.depth, (lanes, None, None, kind.channels))
            tensor = tf.transpose(tf.cast(samples, kind.levels.compute_dtype), (1, 2, 3, 0))
            for operation in operations:
                tensor = _apply(tensor, operation, kind.levels, [])
        case Applied(operation=operation, inner=inner, beside=arrays):
            tensor = _tensor(inner, kind, inputs)
            told = [_placeholder(inputs, array.dtype, (None, None, *array.shape[2:])) for array in arrays]
            tensor = _apply(tensor, operation, kind.levels, told)
        case Picked(inner=inner, picks=picks):
            tensor = _tensor(inner, kind, inputs)
            for axis in (0, 1):
                if picks[axis]:
                    zeros = [[int(axis == other), 0] for other in range(4)]
                    places = _placeholder(inputs, "int64", (None,))
                    tensor = tf.gather(tf.pad(tensor, zeros), places, axis=axis)
    return tensor


def _placeholder(inputs: list[Any], dtype: Any, shape: tuple[int | None, ...]) -> Any:
    inputs.append(tf_operations().compat.v1.placeholder(dtype, shape))
    return inputs[-1]


def _inputs(part: Part, pixels: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """What the placeholders of `_tensor` stand for, in their order."""
    match part:
        case Pixels(rows=rows, columns=columns):
            yield samples_at(pixels, rows, columns)
        case Applied(inner=inner, beside=arrays):
            yield from _inputs(inner, pixels)
            yield from arrays
        case Picked(inner=inner, picks=picks, rows=rows, columns=columns):
            yield from _inputs(inner, pixels)
            yield from (places for places, picked in zip((rows, columns), picks, strict=True) if picked)


def _apply(part: Any, operation: Operation, levels: Levels, told: list[Any]) -> Any:
    """One operation on a part that holds its halo, and what it is told `beside`."""
    match operation:
        case Convolve():
            return convolve(part, operation, levels, told)
        case Pool():
            return pool(part, operation, levels, told)
        case Activate():
            return activate(part, operation, levels)
        case Dropout():
            return dropout(part, operation, levels, told[0])
        case Round():
            return round_(part, operation, levels)
        case Grayscale(method=method):
            return grayscale(part, method, levels)
        case DecodeSrgb():
            return decode_srgb(part, levels)
        case EncodeSrgb():
            return encode_srgb(part, levels)
