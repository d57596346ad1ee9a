"""What one output pixel needs of the input along one axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from convfilter.names import WindowBorder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Position = TypeVar("Position", int, NDArray[np.int64])

MAX_STRIDE = 1000
"""The greatest stride and dilation: more leaves nothing of a photograph, and TensorFlow stops counting."""


class Window(NamedTuple):
    """What one output pixel needs of the input, along one axis.

    Attributes:
        before: input pixels that it reaches back (the halo towards 0).
        after: input pixels that it reaches ahead.
        stride: input pixels from one output pixel to the next.
        border: where the pixels beyond the edge come from.
        same: True for TensorFlow's ``padding="SAME"``, whose first window begins at a place that depends on the
            size of the axis: what the windows lack is shared out evenly, the odd one at the end.
    """

    before: int
    after: int
    stride: int
    border: WindowBorder
    same: bool = False

    def start(self, size: int) -> int:
        """The input position at which the first window begins; negative where it begins beyond the edge."""
        if self.border == "valid":
            return 0
        if self.same:
            missing = (self.length(size) - 1) * self.stride + self.before + self.after + 1 - size
            return -(max(missing, 0) // 2)
        return -self.before

    def source(self, first: Position, last: Position, size: int) -> tuple[Position, Position]:
        """The input positions under the output pixels first to last, which may lie beyond the edge."""
        start = self.start(size)
        return first * self.stride + start, last * self.stride + start + self.before + self.after

    def length(self, size: int) -> int:
        """How many output pixels an axis of `size` input pixels gives; 0 or less is none."""
        if self.border == "valid":
            size -= self.before + self.after
        return -(-size // self.stride)


POINT = Window(0, 0, 1, "edge")
"""The window of operations on single pixels."""
