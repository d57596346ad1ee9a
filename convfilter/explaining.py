"""How one pixel of a result comes about, step by step: what each step saw, and what it made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter import engine
from convfilter.borders import OUTSIDE, border_index
from convfilter.errors import OptionError
from convfilter.filtering import filter_picture, prepared
from convfilter.images.picture import Picture
from convfilter.names import Range
from convfilter.operations import Convolve, Operation, Operations, footprint, output_size
from convfilter.step_sums import Line, lines_of

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """What one step did on the way to the pixel.

    Attributes:
        operation: the step.
        place: row and column of its output that the pixel comes from.
        size: height and width of its output.
        field: height and width of what the pixel sees of the picture after this step (its receptive field).
        patch: (height, width, channels): what lay under the window, in levels of the picture, border included.
        beyond: (height, width): which of these lay beyond the edge.
        values: (channels,): what the engine computed.
        lines: how that follows from the patch.
    """

    operation: Operation
    place: tuple[int, int]
    size: tuple[int, int]
    field: tuple[int, int]
    patch: Values
    beyond: NDArray[np.bool_]
    values: Values
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Explanation:
    """A pixel of a result.

    Attributes:
        before: the picture.
        after: what the operations made of it.
        place: row and column of the pixel in it.
        steps: in order.
        names: of the channels.
        range_: how numbers became samples.
        white: the level of white.
    """

    before: Picture
    after: Picture
    place: tuple[int, int]
    steps: tuple[Step, ...]
    names: tuple[str, ...]
    range_: Range
    white: float

    @property
    def pixel(self) -> NDArray[Any]:
        """(channels,): what is written."""
        written: NDArray[Any] = self.after.frames[0].pixels[self.place]
        return written


def explain(
    picture: Picture, operations: Operations, place: tuple[int, int] | None = None, *, range_: Range = "clip"
) -> Explanation:
    """Explain a pixel of what operations make of the first frame of a picture.

    Args:
        picture: as it was read.
        operations: applied in order.
        place: row and column in the result; the middle where it is None.
        range_: as for `filter_picture`.

    Raises:
        OptionError: there is no such pixel.
        ImageError: nothing is left of the picture.
    """
    picture = prepared(replace(picture, frames=picture.frames[:1]), operations)
    after, _ = filter_picture(picture, operations, range_=range_, device="cpu")
    rows, columns = after.frames[0].pixels.shape[:2]
    place = (rows // 2, columns // 2) if place is None else place
    if not (0 <= place[0] < rows and 0 <= place[1] < columns):
        raise OptionError(
            f"{place[1]},{place[0]} is not in the result, which is {columns} x {rows}; X is from 0 to {columns - 1}, "
            f"Y from 0 to {rows - 1}"
        )
    pixels = picture.frames[0].pixels
    white = float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind == "u" else 1.0
    steps = tuple(_steps(picture, operations, place, white))
    return Explanation(picture, after, place, steps, _names(after), range_, white)


def _steps(picture: Picture, operations: Operations, place: tuple[int, int], white: float) -> Iterator[Step]:
    frame = picture.frames[0]
    height, width = frame.pixels.shape[:2]
    places = _places(operations, height, width, place)
    for index, operation in enumerate(operations):
        inner = operations[:index]
        patch, beyond = _patch(picture, inner, operation, places[index])
        row, column = places[index]
        values = engine.numbers(
            frame.pixels, operations[: index + 1], (row, row + 1), (column, column + 1), alpha=frame.has_alpha
        )[0, 0]
        through = operations[: index + 1]
        yield Step(
            operation,
            places[index],
            output_size(through, height, width),
            (footprint(through, 0)[0] + 1, footprint(through, 1)[0] + 1),
            patch,
            beyond,
            values,
            lines_of(operation, patch, ~beyond, values, white, frame.has_alpha),
        )


def _places(operations: Operations, height: int, width: int, place: tuple[int, int]) -> list[tuple[int, int]]:
    """Where the pixel is in the output of every step: under the anchor of the step that comes next."""
    places = [place]
    for index in range(len(operations) - 1, 0, -1):
        size = output_size(operations[:index], height, width)
        under = []
        for window, position, length in zip(operations[index].windows, places[0], size, strict=True):
            first, _ = window.source(position, position, length)
            under.append(min(max(first + window.before, 0), length - 1))
        places.insert(0, (under[0], under[1]))
    return places


def _patch(
    picture: Picture, inner: Operations, operation: Operation, place: tuple[int, int]
) -> tuple[Values, NDArray[np.bool_]]:
    """What lies under the window of an operation, and which of it beyond the edge."""
    frame = picture.frames[0]
    size = output_size(inner, *frame.pixels.shape[:2])
    dilation = operation.dilation if isinstance(operation, Convolve) else 1
    indices, beyond = [], []
    for window, position, length in zip(operation.windows, place, size, strict=True):
        first, last = window.source(position, position, length)
        places = np.arange(first, last + 1, dilation)
        indices.append(border_index(places, length, window.border))
        beyond.append((places < 0) | (places >= length))
    (top, bottom), (left, right) = ((int(index.clip(0).min()), int(index.max()) + 1) for index in indices)
    near = engine.numbers(
        frame.pixels, inner, (top, max(bottom, top + 1)), (left, max(right, left + 1)), alpha=frame.has_alpha
    )
    rows, columns = indices
    patch = near[(rows - top).clip(0)][:, (columns - left).clip(0)]
    patch[rows == OUTSIDE] = 0
    patch[:, columns == OUTSIDE] = 0
    return patch, beyond[0][:, np.newaxis] | beyond[1]


def _names(picture: Picture) -> tuple[str, ...]:
    """What the channels of a picture are called."""
    frame = picture.frames[0]
    colours = frame.pixels.shape[2] - frame.has_alpha
    known = {1: ("grey",), 3: ("red", "green", "blue"), 4: ("cyan", "magenta", "yellow", "black")}
    return (*known[colours], *(("alpha",) if frame.has_alpha else ()))
