"""Variations of handwriting for training: each image turned, stretched, slanted, moved and bent a little."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from convfilter.runtime import tensorflow


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be varied; each value is drawn evenly from - to + what stands here.

    Attributes:
        rotation: degrees.
        zoom: natural logarithm of the change of height and of width.
        shear: slant, in pixels to the side for a pixel upwards.
        shift: pixels.
        bend: standard deviation of the displacement, in pixels, of the knots of a 5 x 5 grid laid over
            the image (after Simard, Steinkraus and Platt, 2003, Best Practices for Convolutional Neural Networks).
    """

    rotation: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    bend: float = 0.0


def augmented(images: Any, how: Augmentation, seed: Any) -> Any:
    """Vary every image of a batch by itself.

    Args:
        images: (n, height, width, 1), float32.
        how: how far.
        seed: two integers; the same ones give the same variations.

    Returns:
        As `images`; what comes in from beyond the edge is 0.
    """
    tf = tensorflow()
    transforms = _transforms(images, how, tf.random.fold_in(seed, 0))
    return _resampled(images, transforms, _displacements(images, how.bend, tf.random.fold_in(seed, 1)))


def _transforms(images: Any, how: Augmentation, seed: Any) -> Any:
    """(n, 6): a, b, c, d, e, f of ``x' = ax + by + c, y' = dx + ey + f``, from a pixel to where it is taken from."""
    tf = tensorflow()
    count, height, width = (tf.shape(images)[axis] for axis in range(3))
    draws = tf.unstack(tf.random.stateless_uniform((6, count), seed, -1.0, 1.0))
    turn, slant = draws[0] * (how.rotation * math.pi / 180), draws[1] * how.shear
    across, down = tf.exp(draws[2] * how.zoom), tf.exp(draws[3] * how.zoom)
    cosine, sine = tf.cos(turn), tf.sin(turn)
    a, b = cosine * across, (cosine * slant - sine) * down
    d, e = sine * across, (sine * slant + cosine) * down
    middle_x, middle_y = (tf.cast(side - 1, tf.float32) / 2 for side in (width, height))
    c = middle_x - a * middle_x - b * middle_y + draws[4] * how.shift
    f = middle_y - d * middle_x - e * middle_y + draws[5] * how.shift
    return tf.stack([a, b, c, d, e, f], axis=1)


def _displacements(images: Any, bend: float, seed: Any) -> Any:
    """(n, height, width, 2): a smooth field of displacements, x before y, in pixels."""
    tf = tensorflow()
    knots = tf.random.stateless_normal((tf.shape(images)[0], 5, 5, 2), seed) * bend
    return tf.image.resize(knots, images.shape[1:3], method="bicubic")


def _resampled(images: Any, transforms: Any, displacements: Any) -> Any:
    """Every image at the places that an affine map and a field of displacements name, by bilinear interpolation."""
    tf = tensorflow()
    height, width = images.shape[1:3]
    y, x = tf.meshgrid(tf.range(float(height)), tf.range(float(width)), indexing="ij")
    a, b, c, d, e, f = tf.unstack(transforms[:, :, tf.newaxis, tf.newaxis], axis=1)
    from_x = tf.clip_by_value(a * x + b * y + c + displacements[..., 0], -1.0, width - 1e-3)
    from_y = tf.clip_by_value(d * x + e * y + f + displacements[..., 1], -1.0, height - 1e-3)
    left, top = tf.floor(from_x), tf.floor(from_y)
    right_share, bottom_share = from_x - left, from_y - top
    row = width + 2  # a pixel of 0 on every side
    pixels = tf.reshape(tf.pad(images[..., 0], [[0, 0], [1, 1], [1, 1]]), (-1, (height + 2) * row))
    first = tf.cast((top + 1) * row + left + 1, tf.int32)
    corners = [tf.gather(pixels, first + step, batch_dims=1) for step in (0, 1, row, row + 1)]
    above = _between(corners[0], corners[1], right_share)
    below = _between(corners[2], corners[3], right_share)
    return _between(above, below, bottom_share)[..., tf.newaxis]


def _between(one: Any, other: Any, share: Any) -> Any:
    return one + (other - one) * share
