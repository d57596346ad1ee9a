"""The arithmetic of any step on one pixel, line by line, as a person would write it down, down to the sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from convfilter.names import GrayMethod, Range
from convfilter.operations import VISIBLE, Activate, Convolve, Dropout, Grayscale, Operation, Pool
from convfilter.pointwise import GRAY_WEIGHTS
from convfilter.step_sums import Line, Values, alpha_line, convolution_lines
from convfilter.text import counted

_ACTIVATIONS = {
    "relu": "relu(x) = max(x, 0)",
    "relu6": "relu6(x) = min(max(x, 0), 6)",
    "sigmoid": "sigmoid(x) = 1 / (1 + exp(-x))",
    "softplus": "softplus(x) = log(1 + exp(x))",
    "tanh": "tanh(x)",
}


def lines_of(
    operation: Operation, patch: Values, inside: NDArray[np.bool_], values: Values, white: float, alpha: bool
) -> tuple[Line, ...]:
    """How an operation makes the colours of what it sees.

    Args:
        operation: one step.
        patch: (height, width, channels), in levels.
        inside: (height, width): which of it is in the picture.
        values: (channels,): what the engine computed; told where there is no arithmetic to show.
        white: the level of white.
        alpha: True where the last channel is alpha.
    """
    colour = patch[:, :, : patch.shape[2] - alpha]
    made = values[: len(values) - alpha]
    match operation:
        case Convolve():
            return tuple(convolution_lines(operation, patch, not inside.all(), white, alpha))
        case Pool():
            return (_pooled(operation, patch[inside], white, alpha),)
        case Activate():
            return tuple(_activated(operation, colour[0, 0], white))
        case Dropout(rate=rate):
            scale = 1 / (1 - rate)
            kept = Line(f"dropped, or times {scale:.4g}, by chance", np.where(made == 0, 0, colour[0, 0] * scale))
            return (kept,)
        case Grayscale():
            return (_gray(operation, colour[0, 0], made),)
        case _:
            return (Line(str(operation), made),)


def alpha_line_of(operation: Operation, patch: Values, inside: NDArray[np.bool_], white: float) -> Line:
    """How an operation makes alpha, the last channel of what it sees."""
    match operation:
        case Convolve():
            return alpha_line(operation, patch, not inside.all(), white)
        case Pool(method="max"):
            return Line("alpha: the greatest", patch[inside][:, -1:].max(axis=0))
        case Pool():
            return Line("alpha: the mean", patch[inside][:, -1:].mean(axis=0))
        case _:
            return Line("alpha stays as it is", patch[0, 0, -1:])


def ending(
    values: Values,
    range_: Range,
    extremes: tuple[float, float] | None,
    white: float,
    alpha: bool,
    pixel: NDArray[np.generic],
) -> Iterator[Line]:
    """How the numbers of the last step become the samples that are written.

    Args:
        values: (channels,): these numbers.
        range_: as for `filter_picture`.
        extremes: the least and the greatest colour of the whole result; None where nothing is stretched.
        white: the level of white.
        alpha: True where the last channel is alpha.
        pixel: (channels,): the samples.
    """
    colours = slice(0, len(values) - alpha)
    values = values.copy()
    if range_ == "abs":
        values[colours] = np.abs(values[colours])
        yield Line("range abs: without its sign", values.copy())
    elif extremes:
        least, greatest = extremes
        values[colours] = (values[colours] - least) * white / (greatest - least)
        told = f"{_signed(least)}) x {white:g} / {greatest - least:.6g}"
        yield Line(f"range rescale, of {least:.6g} to {greatest:.6g}: (x {told}", values.copy())
    if pixel.dtype.kind == "f":
        yield Line("as it is: the samples are floats, which hold any number", pixel.astype(np.float64))
        return
    name = "range clip: " if range_ == "clip" else ""
    yield Line(f"{name}cut off below 0 and above {white:g}", values.clip(0, white))
    yield Line("rounded, half to even", pixel.astype(np.float64))


def _pooled(operation: Pool, seen: Values, white: float, alpha: bool) -> Line:
    """The pool of (n, channels) that lie inside."""
    count = counted(len(seen), "pixel")
    if not alpha:
        if operation.method == "max":
            return Line(f"the greatest of {count}", seen.max(axis=0))
        return Line(f"the mean of {count}", seen.mean(axis=0))
    colour, opacity = seen[:, :-1], seen[:, -1:]
    visible = opacity[:, 0] > 0
    if not visible.any() or (operation.method == "mean" and opacity.mean() <= VISIBLE * white):
        return Line(f"nothing: all of {count} are transparent", np.zeros(colour.shape[1]))
    if operation.method == "max":
        return Line(f"the greatest of {count}, without transparent ones", colour[visible].max(axis=0))
    return Line(f"the mean of {count}, weighted by opacity", (colour * opacity).sum(axis=0) / opacity.sum())


def _activated(operation: Activate, colour: Values, white: float) -> Iterator[Line]:
    text = _ACTIVATIONS[operation.function]
    if operation.function == "relu":  # which is the same on every scale
        yield Line(text, np.maximum(colour, 0))
        return
    share = colour / white
    if white != 1:
        yield Line(f"divided by white, {white:g}", share)
    match operation.function:
        case "relu6":
            active = share.clip(0, 6)
        case "sigmoid":
            active = 0.5 + np.tanh(share / 2) / 2  # the same, without overflow
        case "softplus":
            active = np.logaddexp(0, share)
        case _:
            active = np.tanh(share)
    yield Line(text, active)
    if white != 1:
        yield Line(f"times white, {white:g}", active * white)


def _gray(operation: Grayscale, colour: Values, made: Values) -> Line:
    if len(colour) == 1:
        return Line("grey already", colour)
    if operation.method == "linear":
        return Line(f"{_weighed('rec709')}, in linear light", made)
    weights = np.array(GRAY_WEIGHTS[operation.method])
    return Line(_weighed(operation.method), np.array([colour @ weights / weights.sum()]))


def _weighed(method: GrayMethod) -> str:
    red, green, blue = GRAY_WEIGHTS[method]
    whole = red + green + blue
    if red == green == blue:
        return f"(red + green + blue) / {whole}"
    return f"{red / whole:g} red + {green / whole:g} green + {blue / whole:g} blue"


def _signed(least: float) -> str:
    return f"- {least:.6g}" if least >= 0 else f"+ {-least:.6g}"
