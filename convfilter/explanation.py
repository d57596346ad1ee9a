"""What there is to tell of one pixel of a result: every step on the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.images.picture import Picture
from convfilter.operations import Convolve, Operation, Operations
from convfilter.step_sums import Line, Products, Values

Span = tuple[int, int]
"""The first and the last position along an axis, which may lie beyond the edge."""


@dataclass(frozen=True)
class Step:
    """What one step did on the way to the pixel.

    Attributes:
        operation: the step.
        place: row and column of its output that the pixel comes from.
        size: height and width of its output.
        apart: by how many rows and columns of the picture the fields of two neighbours lie apart.
        area: the rows and the columns of the picture that the pixel at `place` sees.
        patch: (height, width, channels): what lay under the window, in levels of the picture, border included.
        beyond: (height, width): which of these lay beyond the edge.
        values: (channels,): what the engine computed.
        products: of a convolution, every filter over every channel; else none.
        lines: how the colours follow from the patch.
        alpha: how alpha does, if there is alpha.
        patch_names: what the channels of the patch are called.
        names: what those of the output are called.
    """

    operation: Operation
    place: tuple[int, int]
    size: tuple[int, int]
    apart: tuple[int, int]
    area: tuple[Span, Span]
    patch: Values
    beyond: NDArray[np.bool_]
    values: Values
    products: tuple[Products, ...]
    lines: tuple[Line, ...]
    alpha: Line | None
    patch_names: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def field(self) -> tuple[int, int]:
        """Height and width of what a pixel of its output sees of the picture (its receptive field)."""
        rows, columns = self.area
        return rows[1] - rows[0] + 1, columns[1] - columns[0] + 1

    def seen_as(self, channel: str) -> str:
        """What a channel is called under the window."""
        return f"{channel} x opacity" if self.weighs_by_opacity and channel != "alpha" else channel

    @property
    def weighs_by_opacity(self) -> bool:
        """Whether its products are of colours weighted by alpha, and of alpha itself."""
        return bool(self.alpha and isinstance(self.operation, Convolve) and self.operation.kernel.weighs_by_alpha)


@dataclass(frozen=True)
class Explanation:
    """A pixel of a result.

    Attributes:
        before: the picture.
        after: what the operations made of it.
        place: row and column of the pixel in it.
        steps: in order.
        ending: how the numbers of the last step become samples.
        white: the level of white.
        notes: sentences about what could not be kept.
    """

    before: Picture
    after: Picture
    place: tuple[int, int]
    steps: tuple[Step, ...]
    ending: tuple[Line, ...]
    white: float
    notes: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What the channels of the result are called."""
        return self.steps[-1].names

    @property
    def pixel(self) -> NDArray[Any]:
        """(channels,): what is written."""
        written: NDArray[Any] = self.after.frames[0].pixels[self.place]
        return written

    @property
    def operations(self) -> Operations:
        """The operations of all steps."""
        return tuple(step.operation for step in self.steps)
