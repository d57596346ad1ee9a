"""Operations as values: what a picture goes through, and how far each looks around a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from convfilter.errors import OptionError
from convfilter.names import BORDERS, GRAY_METHODS, Border, GrayMethod

if TYPE_CHECKING:
    from convfilter.kernels import Kernel


MAX_STEP = 1000
"""The greatest stride and dilation: more leaves nothing of a photograph, and TensorFlow stops counting."""


class Window(NamedTuple):
    """What one output pixel needs of the input, along one axis.

    Attributes:
        before: input pixels that it reaches back (the halo towards 0).
        after: input pixels that it reaches ahead.
        stride: input pixels from one output pixel to the next.
        border: where the pixels beyond the edge come from.
    """

    before: int
    after: int
    stride: int
    border: Border

    def source(self, first: int, last: int) -> tuple[int, int]:
        """The input positions under the output pixels first to last, which may lie beyond the edge."""
        before = 0 if self.border == "valid" else self.before
        return first * self.stride - before, last * self.stride - before + self.before + self.after

    def length(self, size: int) -> int:
        """How many output pixels an axis of `size` input pixels gives; 0 or less is none."""
        if self.border == "valid":
            size -= self.before + self.after
        return -(-size // self.stride)


# Beside its windows, an operation says with `keeps_black` whether it works on single pixels and leaves zeros
# zero: then it may come before or after the zeros of a border.


@dataclass(frozen=True)
class Convolve:
    """Slide a kernel over every colour channel, as `tf.nn.conv2d` does (cross-correlation).

    Attributes:
        kernel: weights, anchor and bias.
        stride: every stride-th pixel of every stride-th row is kept, beginning with the first.
        dilation: the weights lie this many pixels apart.
        border: where the pixels beyond the edge come from; ``valid`` takes none and gives a smaller picture.

    Raises:
        OptionError: stride or dilation out of range, or no such border.
    """

    kernel: Kernel
    stride: int = 1
    dilation: int = 1
    border: Border = "reflect"
    keeps_black = False

    def __post_init__(self) -> None:
        if not (1 <= self.stride <= MAX_STEP and 1 <= self.dilation <= MAX_STEP):
            raise OptionError(f"stride and dilation are whole numbers from 1 to {MAX_STEP}")
        if self.border not in BORDERS:
            raise OptionError(f"{self.border}: a border is one of {', '.join(BORDERS)}")

    def __str__(self) -> str:
        height, width = self.kernel.size
        steps = f", stride {self.stride}" if self.stride > 1 else ""
        holes = f", dilation {self.dilation}" if self.dilation > 1 else ""
        return f"convolve by {self.kernel.name} ({height} x {width}), border {self.border}{steps}{holes}"

    @property
    def windows(self) -> tuple[Window, Window]:
        """The window along the height and along the width."""
        down, across = (
            Window(anchor * self.dilation, (size - 1 - anchor) * self.dilation, self.stride, self.border)
            for size, anchor in zip(self.kernel.size, self.kernel.anchor, strict=True)
        )
        return down, across


_POINT = Window(0, 0, 1, "edge")


@dataclass(frozen=True)
class Grayscale:
    """Three colour channels become one; alpha stays.

    Attributes:
        method: ``mean`` of the channels; ``rec601`` (0.299, 0.587, 0.114) and ``rec709`` (0.2126,
            0.7152, 0.0722) weigh the encoded values (ITU-R BT.601, BT.709); ``linear`` weighs light
            by BT.709, between decoding and encoding sRGB.

    Raises:
        OptionError: no such method.
    """

    method: GrayMethod = "mean"
    windows = (_POINT, _POINT)
    keeps_black = True

    def __post_init__(self) -> None:
        if self.method not in GRAY_METHODS:
            raise OptionError(f"{self.method}: a method is one of {', '.join(GRAY_METHODS)}")

    def __str__(self) -> str:
        return f"make grey by {self.method}"


@dataclass(frozen=True)
class DecodeSrgb:
    """sRGB values become proportional to light (IEC 61966-2-1); alpha stays."""

    windows = (_POINT, _POINT)
    keeps_black = True

    def __str__(self) -> str:
        return "decode sRGB to light"


@dataclass(frozen=True)
class EncodeSrgb:
    """Light becomes sRGB values (IEC 61966-2-1); alpha stays."""

    windows = (_POINT, _POINT)
    keeps_black = True

    def __str__(self) -> str:
        return "encode light as sRGB"


Operation = Convolve | Grayscale | DecodeSrgb | EncodeSrgb
Operations = tuple[Operation, ...]


def output_size(operations: Operations, height: int, width: int) -> tuple[int, int]:
    """Height and width after all operations; 0 or less where nothing is left."""
    for operation in operations:
        down, across = operation.windows
        height, width = down.length(height), across.length(width)
    return height, width


def in_linear_light(operations: Operations) -> Operations:
    """The same operations between decoding and encoding sRGB.

    Luminance is then the plain BT.709 sum, as the values are linear already.
    """
    inner = tuple(Grayscale("rec709") if operation == Grayscale("linear") else operation for operation in operations)
    return (DecodeSrgb(), *inner, EncodeSrgb())
