"""Chains of layers written with the public names of TensorFlow, to compare with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter import Activate, Convolve, Dropout, Grayscale, Pool
from convfilter.operations import Operation, Operations
from convfilter.runtime import tensorflow

tf = tensorflow()
NHWC = NDArray[np.float32]


def in_plain_tensorflow(pixels: NHWC, operations: Operations) -> Any:
    """A chain over (height, width, channels), written with the public names of TensorFlow."""
    image = tf.constant(pixels[np.newaxis])
    for operation in operations:
        image = layer_in_plain_tensorflow(image, operation)
    return image[0].numpy()


def layer_in_plain_tensorflow(image: Any, operation: Operation) -> Any:
    """One layer over (1, height, width, channels)."""
    match operation:
        case Convolve(kernel=kernel, dilation=dilation, stride=stride, border=border):
            (up, left), (height, width) = kernel.anchor, kernel.size
            rows, columns = ((size - 1) * dilation for size in (height, width))
            up, left = up * dilation, left * dilation
            mode = {"zero": "CONSTANT", "reflect": "REFLECT"}[border]
            image = tf.pad(image, [(0, 0), (up, rows - up), (left, columns - left), (0, 0)], mode)
            filters = kernel.correlation_weights.astype(np.float32)[:, :, None, :]
            planes = [
                _combined(tf.nn.conv2d(plane, filters, 1, "VALID", dilations=dilation), kernel.combine)
                for plane in tf.split(image, image.shape[3], 3)
            ]
            maps = tf.concat(planes, 3)
            return tf.nn.bias_add(maps, [np.float32(kernel.bias)] * maps.shape[3])[:, ::stride, ::stride]
        case Grayscale(method=method):
            weights = {"mean": [1 / 3] * 3, "rec709": [0.2126, 0.7152, 0.0722]}[method]
            return tf.nn.conv2d(image, np.array(weights, np.float32).reshape(1, 1, 3, 1), 1, "VALID")
        case Activate(function=function):
            return getattr(tf.nn, function)(image)
        case Pool(method=method, size=size, step=step, padding=padding):
            slide = tf.nn.max_pool2d if method == "max" else tf.nn.avg_pool2d
            return slide(image, size, step, padding.upper())
        case Dropout(rate=rate, seed=seed):
            return tf.nn.experimental.stateless_dropout(image, rate, seed=[seed, 0], rng_alg="philox")
    raise AssertionError(operation)


def _combined(maps: Any, combine: str | None) -> Any:
    """The maps (1, height, width, n) of a bank as one."""
    if combine == "magnitude":
        return tf.norm(maps, axis=3, keepdims=True)
    return tf.reduce_max(maps, 3, keepdims=True) if combine == "max" else maps
