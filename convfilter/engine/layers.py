"""The layers of a network beside convolution, on a part of a picture: activation, pooling, dropout; and rounding."""

from __future__ import annotations

from typing import Any

from convfilter.engine.levels import Levels, on_colour, on_unit_colour
from convfilter.engine.passes import from_image, to_image
from convfilter.operations import VISIBLE, Activate, Dropout, Pool, Round
from convfilter.runtime import tf_operations

ONE_PASS = {"max": 3, "mean": 16}
"""Greater windows are pooled as columns, and then as rows; for a mean that costs the exactness of small sums."""

# Parts are (rows, columns, channels, lanes).


def activate(part: Any, operation: Activate, levels: Levels) -> Any:
    """The colour through `tf.nn`, with 1 for white."""
    function = getattr(tf_operations().nn, operation.function)
    if operation.function == "relu":  # which is the same on every scale, and so exact
        return on_colour(part, levels, function)

    return on_unit_colour(part, levels, function)


def pool(part: Any, operation: Pool, levels: Levels, inside: list[Any]) -> Any:
    """Pool a part that holds its halo.

    Args:
        part: its border has been applied.
        operation: the pooling.
        levels: what the numbers mean.
        inside: for a mean whose windows may reach beyond the edge, how many of their rows and of their columns are
            inside and count; else none.
    """
    tf = tf_operations()
    slide = tf.nn.max_pool2d if operation.method == "max" else tf.nn.avg_pool2d

    def pooled(tensor: Any) -> Any:
        image = to_image(tensor)
        if operation.size > ONE_PASS[operation.method]:  # rows of columns take less
            maps = slide(
                slide(image, (operation.size, 1), (operation.step, 1), "VALID"),
                (1, operation.size),
                (1, operation.step),
                "VALID",
            )
        else:
            maps = slide(image, operation.size, operation.step, "VALID")
        maps = from_image(maps, tensor)
        if inside:
            maps = maps * operation.size**2 / tf.cast(inside[0] * inside[1], maps.dtype)
        return maps

    if not levels.alpha:
        return pooled(part)
    colour, alpha = part[:, :, :-1], part[:, :, -1:]
    opacity = pooled(alpha)
    if operation.method == "max":
        hidden = tf.where(alpha > 0, colour, colour.dtype.min)
        return tf.concat([tf.where(opacity > 0, pooled(hidden), 0), opacity], 2)
    visible = opacity > VISIBLE * levels.white
    mean = pooled(colour * alpha) / tf.where(visible, opacity, 1)
    return tf.concat([tf.where(visible, mean, 0), opacity], 2)


def dropout(part: Any, operation: Dropout, levels: Levels, kept: Any) -> Any:
    """Keep some samples of the colour, and scale them by 1 / (1 - rate).

    Args:
        part: the numbers.
        operation: the dropout.
        levels: what the numbers mean.
        kept: whether each sample of the colour is kept.
    """
    scale = 1 / (1 - operation.rate)
    return on_colour(part, levels, lambda colour: tf_operations().where(kept, colour * scale, 0))


def round_(part: Any, operation: Round, levels: Levels) -> Any:
    """Whole levels, on the scale of the operation, cut off at black and white."""
    tf = tf_operations()
    white = operation.white or levels.white
    scale = white / levels.white
    numbers = part * scale if scale != 1 else part
    match operation.rule:
        case "half_even":
            whole = tf.round(numbers)
        case "half_up":
            whole = tf.floor(numbers + 0.5)
        case "down":
            whole = tf.floor(numbers)
    whole = tf.clip_by_value(whole, 0, white)
    return whole / scale if scale != 1 else whole
