"""The chain of operations that stands for another tool's filter, chosen by tool, kernel and depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from convfilter.errors import ImageError, OptionError
from convfilter.images.picture import Picture
from convfilter.kernel_makers import LEAST_SIGMA
from convfilter.kernels import Kernel
from convfilter.matching import imagemagick, opencv, pillow, scipy
from convfilter.names import TOOLS, Tool, one_of
from convfilter.operations import Operations

_TOOLS = {"opencv": opencv, "scipy": scipy, "imagemagick": imagemagick, "pillow": pillow}
"""Modules with functions `gaussian(size, sigma, depth)`, `mean(size, depth)` and `slide(kernel, depth)`."""

MatchedKernel = Kernel | Literal["mean", "gaussian"]


@dataclass(frozen=True)
class Match:
    """Filters of another tool, one after another, whatever the depth of the picture.

    Attributes:
        tool: whose numbers are wanted.
        kernels: as for `matched`.
        size: the same.
        sigma: the same.
    """

    tool: Tool
    kernels: tuple[MatchedKernel, ...]
    size: int | None = None
    sigma: float | None = None

    def operations(self, depth: Literal[8, 16] = 8, *, png: bool = False) -> Operations:
        """The chain for pictures of a depth; errors as for `matched`."""
        each = (matched(self.tool, one, size=self.size, sigma=self.sigma, depth=depth, png=png) for one in self.kernels)
        return tuple(operation for chain in each for operation in chain)

    def operations_for(self, picture: Picture, format_name: str) -> Operations:
        """The chain for a picture that is to be written in a format.

        Raises:
            ImageError: the tool, or its match, does not do that depth.
        """
        depths = {frame.pixels.dtype.itemsize * 8 for frame in picture.frames}
        if depths == {8}:
            return self.operations(8, png=format_name == "PNG")
        if depths != {16}:
            raise ImageError("only pictures of 8 and of 16 bits are matched; leave --match out")
        try:
            return self.operations(16, png=format_name == "PNG")
        except OptionError as error:
            raise ImageError(str(error)) from None


def matched(
    tool: Tool,
    kernel: MatchedKernel,
    *,
    size: int | None = None,
    sigma: float | None = None,
    depth: Literal[8, 16] = 8,
    png: bool = False,
) -> Operations:
    """The operations that give what another tool gives, with alpha as a channel like any other.

    Several kernels one after another are the tool called once for each, with a file between.

    Args:
        tool: whose numbers are wanted.
        kernel: ``mean``, ``gaussian``, or a single kernel, whose weights the tool gets as they are written (turned
            first where the kernel says `flip`), so that ImageMagick turns them and Pillow takes the rows from below.
        size: pixels on a side, for ``mean`` (default 3) and ``gaussian``.
        sigma: of the Gaussian; default 2, or what the tool makes of a size, or without such a rule that of
            `gaussian_kernel`.
        depth: bits of the picture's samples, which decide over kernels and rounding.
        png: whether the result becomes a PNG, for which ImageMagick cuts 16 bits down to 8 instead of rounding.

    Raises:
        OptionError: the tool cannot do it.
        KernelError: a size or sigma out of range.
    """
    one_of("match", tool, TOOLS)
    if not isinstance(kernel, Kernel):
        one_of("kernel to match", kernel, ("mean", "gaussian"))
    if depth not in (8, 16):
        raise OptionError(f"the depth is 8 or 16 bits, not {depth}")
    if tool == "pillow" and depth != 8:
        raise OptionError("Pillow filters 8 bits alone; leave --match pillow out for pictures of 16 bits")
    if isinstance(kernel, Kernel) and kernel.weights.ndim == 3:
        raise OptionError(f"{kernel.name} is a bank, and {tool} slides a single kernel; leave --match out")
    module = _TOOLS[tool]
    made: Operations
    if isinstance(kernel, Kernel):
        made = module.slide(kernel, depth)
    elif kernel == "gaussian":
        if sigma is not None and 0 < sigma < LEAST_SIGMA:
            sigma = LEAST_SIGMA
        made = module.gaussian(size, sigma, depth)
    else:
        made = module.mean(3 if size is None else size, depth)
    return (*made, *imagemagick.to_depth(depth, png)) if tool == "imagemagick" else made
