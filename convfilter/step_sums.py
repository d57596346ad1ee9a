"""The arithmetic of one step on one pixel, line by line, as a person would write it down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel
from convfilter.operations import Activate, Convolve, Dropout, Grayscale, Operation, Pool

Values = NDArray[np.float64]


class Line(NamedTuple):
    """A line of a calculation.

    Attributes:
        text: what is done.
        values: (channels,): what comes out.
    """

    text: str
    values: Values


def whole_weights(kernel: Kernel) -> Values:
    """The weights (height, width, n) as they slide, multiplied out where they are fractions of one number."""
    return kernel.correlation_weights * kernel.divisor


def lines_of(
    operation: Operation, patch: Values, inside: NDArray[np.bool_], values: Values, white: float, alpha: bool
) -> tuple[Line, ...]:
    """How an operation makes values of what it sees.

    Args:
        operation: one step.
        patch: (height, width, channels), in levels.
        inside: (height, width): which of it is in the picture.
        values: (channels,): what the engine computed.
        white: the level of white.
        alpha: True where the last channel is alpha.
    """
    return tuple(_lines(operation, patch, inside, values, white, alpha))


def _lines(
    operation: Operation, patch: Values, inside: NDArray[np.bool_], values: Values, white: float, alpha: bool
) -> Iterator[Line]:
    colour = patch[:, :, : patch.shape[2] - alpha]
    made = values[: len(values) - alpha]
    match operation:
        case Convolve(kernel=kernel):
            opacity = patch[:, :, -1:] / white if alpha and kernel.sums.all() and not kernel.pointwise else None
            yield from _convolution(kernel, colour, opacity, white)
        case Activate(function=function):
            yield Line(f"{_ACTIVATIONS[function]}, where white is 1", made)
        case Pool(method="max"):
            yield Line(f"the greatest of {inside.sum()}", colour[inside].max(axis=0) if not alpha else made)
        case Pool():
            yield Line(f"the mean of {inside.sum()}", colour[inside].mean(axis=0) if not alpha else made)
        case Dropout(rate=rate):
            yield Line(f"dropped, or times {_number(1 / (1 - rate))}", made)
        case Grayscale(method=method):
            yield Line(_GRAYS[method], made)
        case _:
            yield Line(str(operation), made)


_ACTIVATIONS = {
    "relu": "relu(x) = max(x, 0)",
    "relu6": "relu6(x) = min(max(x, 0), 6)",
    "sigmoid": "sigmoid(x) = 1 / (1 + exp(-x))",
    "softplus": "softplus(x) = log(1 + exp(x))",
    "tanh": "tanh(x)",
}
_GRAYS = {
    "mean": "(red + green + blue) / 3",
    "rec601": "0.299 red + 0.587 green + 0.114 blue",
    "rec709": "0.2126 red + 0.7152 green + 0.0722 blue",
    "linear": "0.2126 red + 0.7152 green + 0.0722 blue, in linear light",
}


def _convolution(kernel: Kernel, colour: Values, opacity: Values | None, white: float) -> Iterator[Line]:
    weights = whole_weights(kernel)
    seen = colour if opacity is None else colour * opacity
    maps = []
    for index in range(weights.shape[2]):
        one = weights[:, :, index, np.newaxis]
        name = f" of {kernel.filters[index]}" if weights.shape[2] > 1 else ""
        found = (seen * one).sum(axis=(0, 1))
        yield Line(f"sum of the products{name}", found)
        if opacity is not None:
            # the mean of what is visible, times the sum of the weights
            share = (opacity * one).sum() / one.sum()
            found = found / share if share > 1e-6 else np.zeros_like(found)
            yield Line(f"divided by {_number(share)}, the opacity under the weights{name}", found)
        maps.append(found)
    value = maps[0]
    if len(maps) > 1:
        if kernel.combine == "magnitude":
            value = np.sqrt(np.square(maps).sum(axis=0))
            yield Line("magnitude, the root of the sum of their squares", value)
        else:
            value = np.max(maps, axis=0)
            yield Line("the greatest of them", value)
    if kernel.divisor > 1:
        value = value / kernel.divisor
        yield Line(f"times the scale, 1/{kernel.divisor}", value)
    if kernel.bias:
        value = value + kernel.bias * white
        yield Line(f"plus the bias, {_number(kernel.bias)} x {white:g}", value)


def _number(value: float) -> str:
    return f"{value:.4g}"
