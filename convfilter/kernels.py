"""Kernels as values: weights, anchor, bias."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.errors import KernelError
from convfilter.names import COMBINES, Combine

MAX_SIZE = 999
"""Rows and columns that a kernel may have; a Gaussian of sigma 124 still fits."""

MAX_FILTERS = 1000
"""Kernels that a bank may have; each is a part of the graph, and a thousand take ten seconds to lay out."""

MAX_WEIGHT = 1e9
"""Weights and bias stay below this, so that no sum of products leaves float32."""

ZERO_SUM = 1e-3
"""A sum below this share of the sum of absolute weights counts as zero."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel, or a bank of kernels of one size.

    Attributes:
        weights: float64, (height, width) for one kernel, (height, width, n) for a bank.
        name: how it is called in messages and on pictures.
        combine: how the n feature maps of a bank become one: ``magnitude`` is the root of the sum of
            squares, ``sum`` and ``max`` are what they say. None for a single kernel.
        bias: added after combining; 1 is the whole range of a picture.
        flip: False slides the weights as they stand (cross-correlation, as ``tf.nn.conv2d``); True
            turns them by 180 degrees first (the convolution of mathematics).
        filters: the names of the bank's kernels.
        description: one or two sentences for people.
        source: where it was published.

    Raises:
        KernelError: wrong shape, too many kernels, weights that are not finite or too large, nothing but zeros.
    """

    weights: NDArray[np.float64]
    name: str = "kernel"
    combine: Combine | None = None
    bias: float = 0.0
    flip: bool = False
    filters: tuple[str, ...] = ()
    description: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        try:
            weights = np.array(self.weights, dtype=np.float64)
        except (TypeError, ValueError):
            raise KernelError("weights are rows of numbers, all rows of one length") from None
        _check(weights, self.combine, self.bias)
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)

    def __eq__(self, other: object) -> bool:
        """Whether both filter alike."""
        return isinstance(other, Kernel) and self._filters_by == other._filters_by

    def __hash__(self) -> int:
        return hash(self._filters_by)

    @cached_property
    def _filters_by(self) -> tuple[Any, ...]:
        return self.weights.shape, self.weights.tobytes(), self.combine, self.bias, self.flip

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.weights.shape[0], self.weights.shape[1]

    @property
    def anchor(self) -> tuple[int, int]:
        """Row and column of `correlation_weights` that lie on the output pixel.

        The origin of the weights as written is ``size // 2``; flipping carries it along, so that a
        flipped kernel of even size still agrees with `scipy.ndimage.convolve`.
        """
        height, width = self.size
        if self.flip:
            return height - 1 - height // 2, width - 1 - width // 2
        return height // 2, width // 2

    @cached_property
    def correlation_weights(self) -> NDArray[np.float64]:
        """(height, width, n): what slides over the picture, after flipping and, for ``sum``, adding up."""
        weights = self.weights if self.weights.ndim == 3 else self.weights[:, :, np.newaxis]
        if self.combine == "sum":
            weights = weights.sum(axis=2, keepdims=True)
        return weights[::-1, ::-1] if self.flip else weights

    @cached_property
    def sums(self) -> NDArray[np.float64]:
        """(n,): the sum of each kernel of `correlation_weights`; 0 where it is zero but for rounding."""
        sums = self.correlation_weights.sum(axis=(0, 1))
        return np.where(_about_zero(self.correlation_weights), 0.0, sums)

    @cached_property
    def pointwise(self) -> bool:
        """True where no weight lies off the anchor: every pixel is filtered by itself."""
        off_anchor = self.correlation_weights.copy()
        off_anchor[self.anchor] = 0
        return not off_anchor.any()

    @property
    def weighs_by_alpha(self) -> bool:
        """Whether transparent pixels count less: there is a mean, and neighbours whose colour could bleed."""
        return bool(self.sums.all()) and not self.pointwise

    @cached_property
    def divisor(self) -> int:
        """The smallest whole number that makes every weight whole, 1 where none up to 65,536 does.

        Sums of whole products are exact in floating point, and one division at the end rounds
        correctly, so that kernels such as 1/9 or 1/16 are right to the last bit, ties included.
        """
        divisor = 1
        for weight in np.unique(np.abs(self.correlation_weights)):
            fraction = Fraction(float(weight)).limit_denominator(10_000)
            divisor = math.lcm(divisor, fraction.denominator)
            if abs(float(fraction) - weight) > 1e-12 * weight or divisor > 65_536:
                return 1
        return divisor

    @cached_property
    def whole_weights(self) -> NDArray[np.float64]:
        """(height, width, n): `correlation_weights` times `divisor`, whole where that is not 1."""
        if self.divisor == 1:
            return self.correlation_weights
        whole: NDArray[np.float64] = np.rint(self.correlation_weights * self.divisor)
        return whole

    def flipped(self) -> Kernel:
        """The same kernel with the other sense of `flip`."""
        return replace(self, flip=not self.flip)

    def normalized(self) -> Kernel:
        """Each kernel divided by its sum, so that brightness is kept.

        Raises:
            KernelError: a sum is zero, or about zero.
        """
        if _about_zero(self.weights).any():
            raise KernelError(
                f"{self.name}: the weights sum to about 0, so they cannot be normalised; "
                "leave normalize out, or add a bias of 0.5 to see negative values"
            )
        return replace(self, weights=self.weights / self.weights.sum(axis=(0, 1)))


def _about_zero(weights: NDArray[np.float64]) -> Any:
    """Whether the kernel, or each kernel of a bank, sums to zero but for rounding."""
    return np.abs(weights.sum(axis=(0, 1))) <= ZERO_SUM * np.abs(weights).sum(axis=(0, 1))


def _check(weights: NDArray[np.float64], combine: Combine | None, bias: float) -> None:
    """What `Kernel` promises of its weights."""
    if weights.ndim not in (2, 3) or 0 in weights.shape:
        raise KernelError(f"a kernel is (height, width), a bank (height, width, n), not {weights.shape}")
    if max(weights.shape[:2]) > MAX_SIZE:
        height, width = weights.shape[:2]
        raise KernelError(f"a kernel has at most {MAX_SIZE} rows and columns, not {height} x {width}")
    if weights.ndim == 3 and weights.shape[2] > MAX_FILTERS:
        raise KernelError(f"a bank has at most {MAX_FILTERS:,} kernels, not {weights.shape[2]:,}")
    if combine is not None and combine not in COMBINES:
        raise KernelError(f"{combine}: combine is one of {', '.join(COMBINES)}")
    if weights.ndim == 3 and combine is None:
        raise KernelError(f"a bank needs `combine` to become one picture: {', '.join(COMBINES)}")
    if weights.ndim == 2 and combine is not None:
        raise KernelError("`combine` is for a bank (name -> matrix); leave it out for one matrix")
    if not (np.isfinite(weights).all() and math.isfinite(bias)):
        raise KernelError("a weight or the bias is not a finite number")
    if max(np.abs(weights).max(), abs(bias)) > MAX_WEIGHT:
        raise KernelError(f"a weight or the bias is beyond {MAX_WEIGHT:g}; write smaller numbers")
    if not weights.astype(np.float32).any():
        raise KernelError("every weight is 0, so nothing of the picture would be left")
