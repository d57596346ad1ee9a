"""The arithmetic of a convolution on one pixel: what is multiplied, the products, and the lines that follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel
from convfilter.operations import VISIBLE, Convolve

Values = NDArray[np.float64]


class Line(NamedTuple):
    """A line of a calculation.

    Attributes:
        text: what is done.
        values: (channels,): what comes out.
        filter: the filter of a bank that it is about; empty where it is about all.
    """

    text: str
    values: Values
    filter: str = ""


class Products(NamedTuple):
    """A filter laid over one channel.

    Attributes:
        channel: the number of the channel; that of alpha is the last.
        filter: the name of the filter in its bank; empty for a single kernel.
        seen: (height, width): what is multiplied: levels, of colour times its opacity where opacity counts.
        weights: (height, width): by what, of `Kernel.whole_weights`.
        products: (height, width).
    """

    channel: int
    filter: str
    seen: Values
    weights: Values
    products: Values


def products_of(operation: Convolve, patch: Values, white: float, alpha: bool) -> tuple[Products, ...]:
    """Every filter over every channel that is summed up: the colours, and alpha where it weighs them.

    Args:
        operation: the convolution.
        patch: (height, width, channels), in levels.
        white: the level of white.
        alpha: True where the last channel is alpha.
    """
    kernel = operation.kernel
    weights = kernel.whole_weights
    colours = patch.shape[2] - alpha
    weighed = alpha and kernel.weighs_by_alpha
    seen = patch
    if weighed:
        seen = np.concatenate([patch[:, :, :-1] * (patch[:, :, -1:] / white), patch[:, :, -1:]], 2)
    return tuple(
        Products(channel, filter_, seen[:, :, channel], one, seen[:, :, channel] * one)
        for channel in range(colours + weighed)
        for one, filter_ in zip(np.moveaxis(weights, 2, 0), _names(kernel), strict=True)
    )


def convolution_lines(operation: Convolve, patch: Values, beyond: bool, white: float, alpha: bool) -> Iterator[Line]:
    """How the colours follow from the products.

    Args:
        operation: the convolution.
        patch: as for `products_of`.
        beyond: whether the kernel reaches beyond the edge.
        white: as for `products_of`.
        alpha: as for `products_of`.
    """
    kernel = operation.kernel
    colours = patch.shape[2] - alpha
    if operation.border == "keep" and beyond:
        yield Line("stays as it is: the kernel would reach beyond the edge", patch[kernel.anchor][:colours])
        return
    maps = []
    for index, name in enumerate(_names(kernel)):
        for text, found in _one_filter(kernel, index, patch, white, alpha):
            yield Line(f"{text} of {name}" if name else text, found, name)
        maps.append(found)
    value = maps[0]
    if kernel.combine == "magnitude":
        value = np.sqrt(np.square(maps).sum(axis=0))
        yield Line("magnitude: the root of the sum of their squares", value)
    elif len(maps) > 1:
        value = np.max(maps, axis=0)
        yield Line("the greatest of them", value)
    if kernel.divisor > 1:
        value = value / kernel.divisor
        yield Line(f"times the scale, 1/{kernel.divisor}", value)
    if kernel.bias:
        value = value + kernel.bias * white
        yield Line(f"plus the bias, {kernel.bias:.4g} x {white:g}", value)


def alpha_line(operation: Convolve, patch: Values, beyond: bool, white: float) -> Line:
    """How alpha, the last channel of a patch, comes about."""
    kernel, alpha = operation.kernel, patch[:, :, -1]
    if not kernel.weighs_by_alpha or (operation.border == "keep" and beyond):
        return Line("alpha stays as it is", alpha[[kernel.anchor[0]], [kernel.anchor[1]]])
    weights = np.moveaxis(kernel.whole_weights, 2, 0)
    means = [(alpha * one).sum() / one.sum() for one in weights]
    bank = ", the mean of all filters" if len(means) > 1 else ""
    mean = np.mean(means)
    cut = ", cut off" if not 0 <= mean <= white else ""
    text = f"alpha: the sum of its products over the sum of the weights{bank}{cut}"
    return Line(text, np.array([mean]).clip(0, white))


def _names(kernel: Kernel) -> tuple[str, ...]:
    """The filters that slide, by name; one without a name where there is but one."""
    count = kernel.correlation_weights.shape[2]
    if count == 1:
        return ("",)
    return kernel.filters or tuple(f"filter {number}" for number in range(1, count + 1))


def _one_filter(kernel: Kernel, index: int, patch: Values, white: float, alpha: bool) -> Iterator[tuple[str, Values]]:
    """The sum of the products of a filter, and what opacity makes of it."""
    weights = kernel.whole_weights[:, :, index, np.newaxis]
    colour = patch[:, :, : patch.shape[2] - alpha]
    if not (alpha and kernel.weighs_by_alpha):
        yield "sum of the products", (colour * weights).sum(axis=(0, 1))
        return
    opacity = patch[:, :, -1:] / white
    found = (colour * opacity * weights).sum(axis=(0, 1))
    yield "sum of the products", found
    # the mean of what is visible, times the sum of the weights
    share = float((opacity * weights).sum() / weights.sum())
    visible = share > VISIBLE
    yield f"divided by the opacity under it, {share:.4g}", found / share if visible else np.zeros_like(found)
