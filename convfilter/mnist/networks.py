"""Networks at work: the forward pass through TensorFlow, in training and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.errors import ModelError
from convfilter.mnist.layers import (
    Convolution,
    Dense,
    Dropout,
    Flatten,
    Layer,
    Layers,
    MaxPool,
    Relu,
    named,
    parameter_shapes,
)
from convfilter.runtime import tensorflow, tf_operations

EPSILON = 1e-3
"""Added to a variance before dividing by its root."""

MOST = 1e35
"""What no value in a network may come to: float32 ends at 3e38, and fast convolutions have larger values on the way."""

Weights = dict[str, NDArray[np.float32]]
"""Parameters by name, such as ``convolution1/weights``."""


@dataclass
class TrainingPass:
    """What a forward pass in training needs and leaves behind.

    Attributes:
        seed: two integers, other ones for every batch.
        moments: mean and variance of every normalised layer in this batch, by parameter name; filled by the pass.
    """

    seed: Any
    moments: dict[str, Any] = field(default_factory=dict)


def folded(layers: Layers, trained: Mapping[str, NDArray[np.float32]]) -> Weights:
    """The parameters of the network when it no longer learns: normalisation becomes part of weights and bias.

    Args:
        layers: the network.
        trained: everything that `parameter_shapes` (in training) and `statistics_shapes` name.
    """
    weights = {name: np.asarray(trained[name]) for name in parameter_shapes(layers)}
    for name, layer in named(layers):
        if isinstance(layer, Convolution) and layer.normalized:
            gain = trained[f"{name}/scale"] / np.sqrt(trained[f"{name}/variance"] + np.float32(EPSILON))
            weights[f"{name}/weights"] = weights[f"{name}/weights"] * gain
            weights[f"{name}/bias"] = weights[f"{name}/bias"] - trained[f"{name}/mean"] * gain
    return weights


def require_computable(layers: Layers, weights: Weights) -> None:
    """Refuse weights with which some image could give what is no number.

    Raises:
        ModelError: the values of a layer could come to more than `MOST`.
    """
    most = 1.0
    for name, _ in named(layers):
        if f"{name}/weights" in weights:
            each = np.abs(weights[f"{name}/weights"].astype(np.float64)).reshape(-1, len(weights[f"{name}/bias"]))
            most = float((each.sum(axis=0) * most + np.abs(weights[f"{name}/bias"])).max())
    if not most <= MOST:
        raise ModelError("its weights are too large to compute with; take another model")


def feature_maps(
    layers: Layers, weights: Mapping[str, Any], images: Any, training: TrainingPass | None = None
) -> Iterator[tuple[str, Any]]:
    """The forward pass, layer by layer.

    Args:
        layers: the network.
        weights: its parameters, `folded` unless it learns.
        images: (n, 28, 28, 1), float32 in [0, 1], white on black.
        training: for a pass in training: dropout drops, and normalisation is by the batch.

    Yields:
        The name of every layer, and what comes out of it, (n, ...); the last are the logits, (n, 10).
    """
    values = images
    for name, layer in named(layers):
        values = _through(name, layer, weights, values, training)
        yield name, values


def logits(layers: Layers, weights: Mapping[str, Any], images: Any, training: TrainingPass | None = None) -> Any:
    """What comes out of the last layer, (n, 10); see `feature_maps`."""
    *_, (_, values) = feature_maps(layers, weights, images, training)
    return values


def _through(name: str, layer: Layer, weights: Mapping[str, Any], values: Any, training: TrainingPass | None) -> Any:
    tf = tensorflow() if training else tf_operations()
    match layer:
        case Convolution(_, _, padding, normalized):
            values = tf.nn.conv2d(values, weights[f"{name}/weights"], strides=1, padding=padding)
            if training and normalized:
                return _normalized(name, weights, values, training)
            return tf.nn.bias_add(values, weights[f"{name}/bias"])
        case Dense():
            return tf.matmul(values, weights[f"{name}/weights"]) + weights[f"{name}/bias"]
        case Relu():
            return tf.nn.relu(values)
        case MaxPool():
            return tf.nn.max_pool2d(values, ksize=2, strides=2, padding="SAME")
        case Flatten():
            return tf.reshape(values, (-1, int(np.prod(values.shape[1:]))))
        case Dropout(rate) if training:
            seed = tf.random.fold_in(training.seed, int(name.removeprefix("dropout")))
            return tf.nn.experimental.stateless_dropout(values, rate, seed=seed)
    return values


def _normalized(name: str, weights: Mapping[str, Any], values: Any, training: TrainingPass) -> Any:
    tf = tensorflow()
    values, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=values,
        scale=weights[f"{name}/scale"],
        offset=weights[f"{name}/bias"],
        mean=[],
        variance=[],
        epsilon=EPSILON,
        is_training=True,
    )
    training.moments |= {f"{name}/mean": mean, f"{name}/variance": variance}
    return values
