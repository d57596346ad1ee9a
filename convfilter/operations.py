"""Operations as values: what a picture goes through, and how far each looks around a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from convfilter.errors import ImageError, OptionError
from convfilter.names import (
    PADDINGS,
    POOLS,
    SUMS,
    WINDOW_BORDERS,
    Padding,
    PoolMethod,
    Sums,
    WindowBorder,
    one_of,
    whole,
)
from convfilter.pointwise import Activate, DecodeSrgb, Dropout, EncodeSrgb, Grayscale, Round
from convfilter.windows import MAX_STRIDE, Window

if TYPE_CHECKING:
    from convfilter.kernels import Kernel

__all__ = [
    "VISIBLE",
    "Activate",
    "Convolve",
    "DecodeSrgb",
    "Dropout",
    "EncodeSrgb",
    "Grayscale",
    "Operation",
    "Operations",
    "Pool",
    "Round",
    "in_linear_light",
    "makes_gray",
    "output_size",
    "receptive_field",
    "require_output",
]

VISIBLE = 1e-6
"""Under less opacity than this share there is no colour: it would be that of rounding."""

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
        sums: in which order and precision the products are added up, see `engine.sums`; ``any`` is the fastest, the
            others are for single kernels, ``pairs`` for a symmetric row or column.

    Raises:
        OptionError: stride or dilation out of range, no such border or sums, or sums of a bank.
    """

    kernel: Kernel
    stride: int = 1
    dilation: int = 1
    border: WindowBorder = "reflect"
    sums: Sums = "any"
    keeps_black = False

    def __post_init__(self) -> None:
        whole("a stride", self.stride, 1, MAX_STRIDE)
        whole("a dilation", self.dilation, 1, MAX_STRIDE)
        one_of("border", self.border, WINDOW_BORDERS)
        one_of("sums", self.sums, SUMS)
        if self.sums != "any" and self.kernel.correlation_weights.shape[2] > 1:
            raise OptionError("the order of sums is for a single kernel, not for a bank")

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


@dataclass(frozen=True)
class Pool:
    """The greatest, or the mean, of the pixels under a window that slides over every colour channel.

    `tf.nn.max_pool2d` and `tf.nn.avg_pool2d`. Transparent pixels lend no colour: the mean is weighted by alpha, the
    greatest is that of pixels that are not wholly transparent; alpha is pooled as well.

    Attributes:
        method: ``max`` or ``mean``.
        size: rows and columns of the window.
        stride: pixels from one window to the next; None for `size`, so that the windows lie side by side.
        padding: ``valid`` takes whole windows only; with ``same`` windows may reach beyond the edge, where nothing
            counts.

    Raises:
        OptionError: a choice that is none, or a size or stride out of range.
    """

    method: PoolMethod
    size: int = 2
    stride: int | None = None
    padding: Padding = "valid"
    keeps_black = False

    def __post_init__(self) -> None:
        one_of("pool", self.method, POOLS)
        one_of("padding", self.padding, PADDINGS)
        whole("the size of a pool", self.size, 1, MAX_STRIDE)
        whole("the stride of a pool", self.step, 1, MAX_STRIDE)

    def __str__(self) -> str:
        return f"pool the {self.method} of {self.size} x {self.size}, stride {self.step}, padding {self.padding}"

    @property
    def step(self) -> int:
        """Pixels from one window to the next."""
        return self.size if self.stride is None else self.stride

    @property
    def windows(self) -> tuple[Window, Window]:
        """The window along the height and along the width."""
        # Beyond the edge the edge itself is repeated, which cannot be greater; of a mean, nothing is added.
        beyond: WindowBorder = "edge" if self.method == "max" else "zero"
        border = beyond if self.padding == "same" else "valid"
        before = (self.size - 1) // 2
        window = Window(before, self.size - 1 - before, self.step, border, same=self.padding == "same")
        return window, window


Operation = Convolve | Pool | Grayscale | DecodeSrgb | EncodeSrgb | Activate | Dropout | Round
Operations = tuple[Operation, ...]


def output_size(operations: Operations, height: int, width: int) -> tuple[int, int]:
    """Height and width after all operations; 0 or less where nothing is left."""
    for operation in operations:
        down, across = operation.windows
        height, width = down.length(height), across.length(width)
    return height, width


def makes_gray(operations: Operations) -> bool:
    """Whether one channel of colour comes out."""
    return any(isinstance(operation, Grayscale) for operation in operations)


def require_output(operations: Operations, height: int, width: int) -> None:
    """Refuse a picture of which nothing would be left.

    Raises:
        ImageError: it names its size, and the step after which nothing is left.
    """
    for count, operation in enumerate(operations, 1):
        if min(output_size(operations[:count], height, width)) < 1:
            raise ImageError(
                f"the picture is {width} x {height}, and nothing is left of it after: {operation}; take another border "
                "or padding, or a smaller window"
            )


def receptive_field(operations: Operations, axis: int) -> tuple[int, int]:
    """What output pixels see of the input along an axis, through all operations.

    Returns:
        How many input pixels one sees, and how many apart what two neighbours see begins.
    """
    size, apart = 1, 1
    for operation in operations:
        window = operation.windows[axis]
        size += apart * (window.before + window.after)
        apart *= window.stride
    return size, apart


def in_linear_light(operations: Operations) -> Operations:
    """The same operations between decoding and encoding sRGB.

    Luminance is then the plain BT.709 sum, as the values are linear already.
    """
    inner = tuple(Grayscale("rec709") if operation == Grayscale("linear") else operation for operation in operations)
    return (DecodeSrgb(), *inner, EncodeSrgb())
