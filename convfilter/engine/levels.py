"""What the numbers mean that are computed with, and how they are rounded to the samples of a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from convfilter.images.samples import white as white_of
from convfilter.names import Range
from convfilter.runtime import tf_operations

PACKET = 16
"""The most float32 numbers that a processor takes at once."""


@dataclass(frozen=True)
class Levels:
    """The scale of the numbers that the engine computes with.

    Integer samples are not divided by 255 or 65535 first: sums of whole numbers are exact, so a
    result that lies half-way between two levels is seen as such and rounds to even.

    Attributes:
        depth: type of the samples of the picture: uint8, uint16 or float32.
        alpha: True where the last channel is alpha.
        exact: whether float64 is used whatever the depth.
    """

    depth: np.dtype[Any]
    alpha: bool
    exact: bool = False

    @property
    def white(self) -> float:
        """The number that stands for 1."""
        return white_of(self.depth)

    @property
    def compute_dtype(self) -> str:
        """The type to compute in.

        float32, whose 24 bits leave 8 below an 8-bit level; a 16-bit sample leaves none to
        speak of (1 in 600 samples of a 3x3 kernel would round the other way), so it gets float64.
        """
        return "float64" if self.exact or self.depth == np.uint16 else "float32"


def on_colour(part: Any, levels: Levels, function: Callable[[Any], Any]) -> Any:
    """What a function makes of the colour of (rows, columns, channels, lanes); alpha stays beside it."""
    colours = part.shape[2] - levels.alpha
    return tf_operations().concat([function(part[:, :, :colours]), part[:, :, colours:]], 2)


def on_unit_colour(part: Any, levels: Levels, function: Callable[[Any], Any]) -> Any:
    """The same for a function of each number by itself, with 1 for white."""
    return on_colour(part, levels, lambda colour: _elementwise(colour / levels.white, function) * levels.white)


def _elementwise(numbers: Any, function: Callable[[Any], Any]) -> Any:
    """What a function makes of every number, whatever stands beside it."""
    tf = tf_operations()
    flat = tf.reshape(numbers, [-1])
    count = tf.shape(flat)[0]
    # What is left over when the processor takes PACKET at once may differ in the last bit, and so by tiles.
    found = tf.reshape(function(tf.pad(flat, [[0, -count % PACKET]]))[:count], tf.shape(numbers))
    found.set_shape(numbers.shape)
    return found


def in_range(part: Any, levels: Levels, range_: Range | None, extremes: Any) -> Any:
    """Bring computed numbers into the range of the picture, but for what is to be cut off.

    Args:
        part: (rows, columns, channels, lanes).
        levels: what the numbers mean.
        range_: ``abs`` takes magnitudes; ``rescale`` stretches `extremes` to the whole range; others change nothing.
        extremes: least and greatest colour of the whole picture.

    Returns:
        (lanes, rows, columns, channels).
    """
    tf = tf_operations()
    if range_ == "abs":
        part = on_colour(part, levels, tf.abs)
    elif range_ == "rescale":
        least, greatest = extremes
        part = on_colour(part, levels, lambda colour: (colour - least) * levels.white / (greatest - least))
    return tf.transpose(part, (3, 0, 1, 2))


def count_clipped(numbers: Any, levels: Levels) -> Any:
    """How many numbers of every row, (lanes, rows), lie more than half a level below black or above white."""
    tf = tf_operations()
    beyond = tf.abs(numbers - levels.white / 2) > levels.white / 2 + 0.5
    return tf.reduce_sum(tf.cast(beyond, "int32"), (2, 3))


def to_samples(numbers: Any, levels: Levels) -> Any:
    """Round numbers to the depth of the picture, half to even, once; floats stay, as their file can hold them."""
    tf = tf_operations()
    if levels.depth.kind == "f":
        return numbers
    if levels.depth == np.uint8 and numbers.dtype == "float32":  # clips, rounds half to even and narrows, all at once
        scale = {"min_range": 0.0, "max_range": 255.0, "mode": "SCALED", "round_mode": "HALF_TO_EVEN"}
        return tf.bitcast(tf.raw_ops.QuantizeV2(input=numbers, T="quint8", **scale)[0], "uint8")
    return tf.cast(tf.clip_by_value(tf.round(numbers), 0, levels.white), levels.depth)
