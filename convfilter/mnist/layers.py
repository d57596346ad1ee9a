"""Layers as values: what a network is made of, and the shapes that follow from it; numpy only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

INPUT = (28, 28, 1)
"""Height, width and channels of what a network reads: white on black, in [0, 1]."""

CLASSES = 10


@dataclass(frozen=True)
class Convolution:
    """`filters` kernels of `size` x `size` over all channels, and a bias each.

    With `normalized`, training divides every feature map by its spread in the batch (Ioffe and Szegedy,
    2015, Batch Normalization); `folded` makes that a part of weights and bias once training is over.
    """

    size: int
    filters: int
    padding: Literal["SAME", "VALID"]
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
class Flatten:
    """Maps (height, width, channels) become a row of numbers."""


@dataclass(frozen=True)
class Dropout:
    """In training, this share of the values becomes 0 and the others grow to make up for it."""

    rate: float


Layer = Convolution | Dense | Relu | MaxPool | Flatten | Dropout
Layers = tuple[Layer, ...]


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
