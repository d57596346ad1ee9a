"""What can be said of a kernel without a picture: sum, rank, noise, range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from convfilter.kernels import Kernel


@dataclass(frozen=True)
class KernelFacts:
    """Facts about a kernel.

    Attributes:
        sums: the sum of each kernel, 1 keeps brightness, 0 leaves only differences.
        ranks: the numerical rank of each; a kernel of rank 1 separates into a column times a row.
        noise_gain: the factor by which each multiplies the variance of white noise, the sum of squared
            weights.
        least: the least value that pixels in [0, 1] can give, bias included.
        greatest: the greatest such value; for a bank by ``magnitude`` an upper bound.
        suggested_bias: the bias that shows the most of the range: 0.5 where the results lie about
            evenly around 0, else 0.
    """

    sums: tuple[float, ...]
    ranks: tuple[int, ...]
    noise_gain: tuple[float, ...]
    least: float
    greatest: float
    suggested_bias: float


def kernel_facts(kernel: Kernel) -> KernelFacts:
    """Work the facts out from the weights as they slide (after ``flip``, and added up for ``sum``)."""
    weights = kernel.correlation_weights
    lows = np.minimum(weights, 0).sum(axis=(0, 1))
    highs = np.maximum(weights, 0).sum(axis=(0, 1))
    match kernel.combine:
        case "magnitude":
            least, greatest = 0.0, float(np.sqrt((np.maximum(highs, -lows) ** 2).sum()))
        case "max":
            least, greatest = _least_of_greatest(weights), float(highs.max())
        case _:
            least, greatest = float(lows[0]), float(highs[0])
    balanced = least < 0 and abs(least + greatest) <= 0.01 * (greatest - least)
    return KernelFacts(
        sums=tuple(kernel.sums.tolist()),
        ranks=tuple(int(np.linalg.matrix_rank(weights[:, :, n])) for n in range(weights.shape[2])),
        noise_gain=tuple((weights**2).sum(axis=(0, 1)).tolist()),
        least=least + kernel.bias,
        greatest=greatest + kernel.bias,
        suggested_bias=0.5 if balanced else 0.0,
    )


def _least_of_greatest(weights: NDArray[np.float64]) -> float:
    """The least t such that for some pixels in [0, 1] no kernel of a bank (height, width, count) gives more than t."""
    from scipy.optimize import linprog  # takes a while to load, and few kernels need it

    scale = float(np.abs(weights).max())  # the solver takes numbers below 1e-9 for 0
    kernels = weights.reshape(-1, weights.shape[2]).T / scale
    pixels = [(0, 1)] * kernels.shape[1]
    found = linprog(
        np.eye(1, len(pixels) + 1, len(pixels))[0],
        np.hstack([kernels, np.full((len(kernels), 1), -1.0)]),
        np.zeros(len(kernels)),
        bounds=[*pixels, (None, None)],
    )
    return scale * float(np.asarray(found.x)[-1])
