"""Operations on single pixels: grey, and the sRGB curve."""

from __future__ import annotations

from typing import Any

from convfilter.engine.levels import Levels, on_unit_colour
from convfilter.errors import ImageError
from convfilter.names import GrayMethod
from convfilter.pointwise import GRAY_WEIGHTS
from convfilter.runtime import tf_operations


def grayscale(part: Any, method: GrayMethod, levels: Levels) -> Any:
    """(rows, columns, 3 or 4, lanes) -> (rows, columns, 1 or 2, lanes); what is grey already stays as it is.

    Raises:
        ImageError: neither one colour channel nor three.
    """
    colours = part.shape[2] - levels.alpha
    if colours == 1:
        return part
    if colours != 3:
        raise ImageError(f"{colours} colour channels cannot become grey; red, green and blue can")
    tf = tf_operations()
    if method == "linear":
        return encode_srgb(grayscale(decode_srgb(part, levels), "rec709", levels), levels)
    red, green, blue = part[:, :, 0:1], part[:, :, 1:2], part[:, :, 2:3]
    weights = GRAY_WEIGHTS[method]
    gray = (weights[0] * red + weights[1] * green + weights[2] * blue) / sum(weights)
    return tf.concat([gray, part[:, :, 3:]], 2)


def decode_srgb(part: Any, levels: Levels) -> Any:
    """Turn sRGB values into light (IEC 61966-2-1), mirrored below zero so that nothing is lost in between."""
    tf = tf_operations()
    return _curved(
        part,
        levels,
        lambda v: tf.where(v <= 0.04045, v / 12.92, ((tf.maximum(v, 0.04045) + 0.055) / 1.055) ** 2.4),
    )


def encode_srgb(part: Any, levels: Levels) -> Any:
    """Turn light into sRGB values (IEC 61966-2-1), mirrored below zero."""
    tf = tf_operations()
    return _curved(
        part,
        levels,
        lambda v: tf.where(v <= 0.0031308, v * 12.92, 1.055 * tf.maximum(v, 0.0031308) ** (1 / 2.4) - 0.055),
    )


def _curved(part: Any, levels: Levels, curve: Any) -> Any:
    """Apply a curve on [0, 1] to the colour channels."""
    tf = tf_operations()

    def mirrored(values: Any) -> Any:
        return tf.sign(values) * curve(tf.abs(values))

    return on_unit_colour(part, levels, mirrored)
