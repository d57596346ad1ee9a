"""Networks as values: layers, the parameters they need, and the forward pass through TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from convfilter.runtime import network_operations, tensorflow

INPUT = (28, 28, 1)
"""Height, width and channels of what a network reads: white on black, in [0, 1]."""

CLASSES = 10

EPSILON = 1e-3
"""Added to a variance before dividing by its root."""

Weights = dict[str, NDArray[np.float32]]
"""Parameters by name, such as ``convolution1/weights``."""


@dataclass(frozen=True)
class Convolution:
    """`filters` kernels of `size` x `size` over all channels, and a bias each.

    With `normalized`, training divides every feature map by its spread in the batch (Ioffe and Szegedy,
    2015, Batch Normalization); `folded` makes that a part of weights and bias once training is over.
    """

    size: int
    filters: int
    padding: Literal["SAME", "VALID"] = "VALID"
    normalized: bool = False


@dataclass(frozen=True)
class Dense:
    """Every output is a weighted sum of all inputs, and a bias."""

    units: int


@dataclass(frozen=True)
class Relu:
    """Negative values become 0."""


@dataclass(frozen=True)
class MaxPool:
    """The greatest of every 2 x 2 values; a last odd row or column stands for itself."""


@dataclass(frozen=True)
class MeanPool:
    """The mean of every feature map."""


@dataclass(frozen=True)
class Flatten:
    """Maps (height, width, channels) become a row of numbers."""


@dataclass(frozen=True)
class Dropout:
    """In training, this share of the values becomes 0 and the others grow to make up for it."""

    rate: float


Layer = Convolution | Dense | Relu | MaxPool | MeanPool | Flatten | Dropout
Layers = tuple[Layer, ...]


@dataclass
class TrainingPass:
    """What a forward pass in training needs and leaves behind.

    Attributes:
        seed: two integers, other ones for every batch.
        moments: mean and variance of every normalised layer in this batch, by parameter name; filled by the pass.
    """

    seed: Any
    moments: dict[str, Any] = field(default_factory=dict)


def named(layers: Layers) -> Iterator[tuple[str, Layer]]:
    """Every layer with its kind and its number among those of its kind, such as ``convolution2``."""
    counts: dict[str, int] = {}
    for layer in layers:
        kind = type(layer).__name__.lower()
        counts[kind] = counts.get(kind, 0) + 1
        yield f"{kind}{counts[kind]}", layer


def output_shapes(layers: Layers) -> Iterator[tuple[str, Layer, tuple[int, ...], tuple[int, ...]]]:
    """Every layer with its name, and the shape of what goes in and comes out, without the batch."""
    shape: tuple[int, ...] = INPUT
    for name, layer in named(layers):
        before = shape
        match layer:
            case Convolution(size, filters, padding):
                cut = size - 1 if padding == "VALID" else 0
                shape = (shape[0] - cut, shape[1] - cut, filters)
            case MaxPool():
                shape = (*(-(-side // 2) for side in shape[:2]), shape[2])
            case MeanPool():
                shape = shape[2:]
            case Flatten():
                shape = (int(np.prod(shape)),)
            case Dense(units):
                shape = (units,)
        yield name, layer, before, shape


def parameter_shapes(layers: Layers, *, training: bool = False) -> dict[str, tuple[int, ...]]:
    """The shape of every parameter of a network.

    Args:
        layers: the network.
        training: with what normalised layers have only while they learn: a scale for every map.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for name, layer, before, after in output_shapes(layers):
        if isinstance(layer, Convolution):
            shapes[f"{name}/weights"] = (layer.size, layer.size, before[2], layer.filters)
        elif isinstance(layer, Dense):
            shapes[f"{name}/weights"] = (before[0], layer.units)
        else:
            continue
        shapes[f"{name}/bias"] = after[-1:]
        if training and isinstance(layer, Convolution) and layer.normalized:
            shapes[f"{name}/scale"] = after[-1:]
    return shapes


def statistics_shapes(layers: Layers) -> dict[str, tuple[int, ...]]:
    """The shape of every running mean and variance that training keeps, by name."""
    return {
        f"{name}/{moment}": (layer.filters,)
        for name, layer in named(layers)
        if isinstance(layer, Convolution) and layer.normalized
        for moment in ("mean", "variance")
    }


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
    tf = tensorflow() if training else network_operations()
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
        case MeanPool():
            return tf.reduce_mean(values, axis=(1, 2))
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
