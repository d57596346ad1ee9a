"""How one pixel of a result comes about, step by step: what each step saw, and what it made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from convfilter import engine
from convfilter.borders import border_index, is_beyond
from convfilter.errors import OptionError
from convfilter.explanation import Explanation, Span, Step
from convfilter.filtering import filter_picture, prepared
from convfilter.images.picture import Frame, Picture
from convfilter.images.samples import white as white_of
from convfilter.names import Range
from convfilter.operations import Convolve, Grayscale, Operation, Operations, output_size, receptive_field
from convfilter.step_lines import alpha_line_of, ending, lines_of
from convfilter.step_sums import Values, products_of


@np.errstate(invalid="ignore", over="ignore")  # a float picture may hold NaN and infinity
def explain(
    picture: Picture, operations: Operations, place: tuple[int, int] | None = None, *, range_: Range = "clip"
) -> Explanation:
    """Explain a pixel of what operations make of the first frame of a picture.

    Args:
        picture: as it was read.
        operations: applied in order, at least one; none that rounds midway, as another tool does.
        place: row and column in the result; the middle where it is None.
        range_: as for `filter_picture`.

    Raises:
        OptionError: there is no such pixel.
        ImageError: nothing is left of the picture.
    """
    count = len(picture.frames)
    picture = prepared(_alike(picture, range_), operations)
    after, _ = filter_picture(picture, operations, range_=range_, device="cpu")
    frame, made = picture.frames[0], after.frames[0]
    place = _checked(place, made)
    white = white_of(frame.pixels.dtype)
    steps = tuple(_steps(frame, operations, place, white))
    extremes = None
    if range_ == "rescale":
        extremes = engine.extremes([one.pixels for one in picture.frames], operations, alpha=frame.has_alpha)
    last = ending(steps[-1].values, range_, extremes, white, frame.has_alpha, made.pixels[place])
    notes = (*after.notes, *((f"{count} frames, only the first is explained",) if count > 1 else ()))
    only = replace(picture, frames=(frame,)), replace(after, frames=(made,))
    return Explanation(*only, place, steps, tuple(last), white, notes)


def area_of(operations: Operations, size: tuple[int, int], rows: Span, columns: Span) -> tuple[Span, Span]:
    """The rows and columns of a picture, of a height and a width, that these of the result see.

    They go on beyond the edges as if there were pixels.
    """
    spans = [rows, columns]
    for count in range(len(operations) - 1, -1, -1):
        before = output_size(operations[:count], *size)
        windows = operations[count].windows
        spans = [window.source(*span, length) for window, span, length in zip(windows, spans, before, strict=True)]
    return spans[0], spans[1]


def _alike(picture: Picture, range_: Range) -> Picture:
    """The first frame, with those that range ``rescale`` stretches with it."""
    first = picture.frames[0]
    if range_ != "rescale":
        return replace(picture, frames=(first,))
    kind = (first.pixels.dtype, first.mode)
    return replace(picture, frames=(*takewhile(lambda one: (one.pixels.dtype, one.mode) == kind, picture.frames),))


def _checked(place: tuple[int, int] | None, made: Frame) -> tuple[int, int]:
    rows, columns = made.pixels.shape[:2]
    place = (rows // 2, columns // 2) if place is None else place
    if not (0 <= place[0] < rows and 0 <= place[1] < columns):
        raise OptionError(
            f"{place[1]},{place[0]} is not in the result, which is {columns} x {rows}; X is from 0 to {columns - 1}, "
            f"Y from 0 to {rows - 1}"
        )
    return place


def _steps(frame: Frame, operations: Operations, place: tuple[int, int], white: float) -> Iterator[Step]:
    height, width = frame.pixels.shape[:2]
    alpha = frame.has_alpha
    names = _names(frame.colours, alpha)
    for index, (operation, (row, column)) in enumerate(
        zip(operations, _places(operations, height, width, place), strict=True)
    ):
        through = operations[: index + 1]
        patch, beyond = _patch(frame, operations[:index], operation, (row, column))
        values = engine.numbers(frame.pixels, through, np.array([row]), np.array([column]), alpha=alpha)[0, 0]
        made = _names(1, alpha) if isinstance(operation, Grayscale) else names
        apart_down, apart_across = (receptive_field(through, axis)[1] for axis in (0, 1))
        yield Step(
            operation=operation,
            place=(row, column),
            size=output_size(through, height, width),
            apart=(apart_down, apart_across),
            area=area_of(through, (height, width), (row, row), (column, column)),
            patch=patch,
            beyond=beyond,
            values=values,
            products=products_of(operation, patch, white, alpha) if isinstance(operation, Convolve) else (),
            lines=lines_of(operation, patch, ~beyond, values, white, alpha),
            alpha=alpha_line_of(operation, patch, ~beyond, white) if alpha else None,
            patch_names=names,
            names=made,
        )
        names = made


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
    frame: Frame, inner: Operations, operation: Operation, place: tuple[int, int]
) -> tuple[Values, NDArray[np.bool_]]:
    """What lies under the window of an operation, and which of it beyond the edge."""
    size = output_size(inner, *frame.pixels.shape[:2])
    dilation = operation.dilation if isinstance(operation, Convolve) else 1
    indices, beyond = [], []
    for window, position, length in zip(operation.windows, place, size, strict=True):
        first, last = window.source(position, position, length)
        places = np.arange(first, last + 1, dilation)
        indices.append(border_index(places, length, window.border))
        beyond.append(is_beyond(places, length))
    patch = engine.numbers(frame.pixels, inner, indices[0], indices[1], alpha=frame.has_alpha)
    return patch, beyond[0][:, np.newaxis] | beyond[1]


def _names(colours: int, alpha: bool) -> tuple[str, ...]:
    """What channels are called."""
    known = {1: ("grey",), 3: ("red", "green", "blue"), 4: ("cyan", "magenta", "yellow", "black")}
    return (*known[colours], *(("alpha",) if alpha else ()))
