"""What a trained network says of images, and how often it is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from convfilter.mnist.data import Images, Split
from convfilter.mnist.layers import CLASSES, Layers
from convfilter.mnist.networks import Weights, feature_maps, logits, require_computable
from convfilter.runtime import tf_operations

LEAST = 1e-6
"""Added to a probability before its logarithm, so that one turn alone cannot rule a digit out."""

BATCH = 500
"""Images that go through the network at once; bounds the memory."""


@dataclass(frozen=True)
class Evaluation:
    """How a network did on a test set.

    Attributes:
        probabilities: (n, 10), of every image.
        labels: (n,), what each image is.
    """

    probabilities: NDArray[np.float32]
    labels: NDArray[np.uint8]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(n,): the digit that was read in each image."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def wrong(self) -> NDArray[np.int64]:
        """The indices of the images that were misread."""
        return np.flatnonzero(self.predicted != self.labels)

    @property
    def accuracy(self) -> float:
        """The share that was read right."""
        return 1 - len(self.wrong) / len(self.labels)

    @property
    def confusion(self) -> NDArray[np.int64]:
        """(10, 10): how many images of the digit of the row were read as the digit of the column."""
        counts = np.zeros((CLASSES, CLASSES), np.int64)
        np.add.at(counts, (self.labels, self.predicted), 1)
        return counts

    @property
    def loss(self) -> float:
        """The mean cross-entropy."""
        right = self.probabilities[np.arange(len(self.labels)), self.labels]
        return float(-np.log(np.maximum(right, 1e-12)).mean())


def evaluate(layers: Layers, weights: Weights, split: Split, turns: tuple[float, ...]) -> Evaluation:
    """Read every image of a set; arguments as for `probabilities`.

    Raises:
        ModelError: the weights are so large that the logits could be no numbers.
    """
    require_computable(layers, weights)
    return Evaluation(probabilities(layers, weights, split.images, turns), split.labels)


def probabilities(layers: Layers, weights: Weights, images: Images, turns: tuple[float, ...]) -> NDArray[np.float32]:
    """The probability of every digit: the geometric mean over an image turned in several ways.

    Args:
        layers: the network.
        weights: its parameters.
        images: (n, 28, 28), uint8, white on black.
        turns: degrees by which each image is turned.

    Returns:
        (n, 10); a row sums to 1.
    """
    if len(turns) > 1:
        each = [probabilities(layers, weights, _turned(images, degrees), (0.0,)) for degrees in turns]
        means = np.exp(np.mean([np.log(one + LEAST) for one in each], axis=0))
        return np.asarray(means / means.sum(axis=1, keepdims=True))
    tf = tf_operations()
    parts = [
        tf.nn.softmax(logits(layers, weights, _as_input(images[first : first + BATCH]))).numpy()
        for first in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts) if parts else np.empty((0, CLASSES), np.float32)


def _turned(images: Images, degrees: float) -> Images:
    return ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1) if degrees and len(images) else images


def maps_of(layers: Layers, weights: Weights, image: Images) -> dict[str, NDArray[np.float32]]:
    """What comes out of every layer for one image (28, 28): maps without the batch, by the layer's name."""
    maps = feature_maps(layers, weights, _as_input(image[np.newaxis]))
    return {name: values[0].numpy() for name, values in maps}


def _as_input(images: Images) -> Any:
    """Images (n, 28, 28), uint8, as a network reads them."""
    return tf_operations().constant(images[..., np.newaxis].astype(np.float32) / 255)
