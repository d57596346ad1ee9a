"""What filtering must give, computed in float64 by numpy and scipy alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.ndimage
from numpy.typing import NDArray

BORDERS = ("reflect", "symmetric", "edge", "wrap", "zero", "valid")


def pad(plane: NDArray[Any], before: tuple[int, int], after: tuple[int, int], border: str) -> NDArray[Any]:
    """Pad by numpy.pad; `zero` is its `constant`, `valid` none at all."""
    if border == "valid":
        return plane
    widths = list(zip(before, after, strict=True))
    return np.pad(plane, widths, mode="constant" if border == "zero" else border)


def correlate(
    plane: NDArray[Any],
    weights: NDArray[Any],
    border: str,
    anchor: tuple[int, int] | None = None,
    dilation: int = 1,
) -> NDArray[np.float64]:
    """Cross-correlation of a plane (height, width) in float64, the anchor at size // 2 unless given."""
    anchor = anchor or (weights.shape[0] // 2, weights.shape[1] // 2)
    spread = np.zeros([(size - 1) * dilation + 1 for size in weights.shape])
    spread[::dilation, ::dilation] = weights
    before = (anchor[0] * dilation, anchor[1] * dilation)
    after = (spread.shape[0] - 1 - before[0], spread.shape[1] - 1 - before[1])
    padded = pad(plane.astype(np.float64), before, after, border)
    height, width = padded.shape[0] - spread.shape[0] + 1, padded.shape[1] - spread.shape[1] + 1
    if max(spread.shape) > 9:  # the same sum by scipy, in compiled code; the middle of it needs no border
        centre = (spread.shape[0] // 2, spread.shape[1] // 2)
        whole = scipy.ndimage.correlate(padded, spread, mode="constant")
        return whole[centre[0] : centre[0] + height, centre[1] : centre[1] + width]
    result = np.zeros((height, width))
    for (row, column), weight in np.ndenumerate(spread):
        result += weight * padded[row : row + height, column : column + width]
    return result


def to_samples(values: NDArray[np.float64], dtype: Any) -> NDArray[Any]:
    """Round half to even and saturate."""
    return np.clip(np.rint(values), 0, np.iinfo(dtype).max).astype(dtype)


def gaussian(pixels: NDArray[Any], sigma: float) -> NDArray[Any]:
    """Blur (height, width, channels) as scipy does, with its border `mirror`."""
    planes = np.moveaxis(pixels.astype(np.float64), -1, 0)
    blurred = [scipy.ndimage.gaussian_filter(plane, sigma, mode="mirror") for plane in planes]
    return to_samples(np.stack(blurred, -1), pixels.dtype)


def assert_same_levels(found: NDArray[Any], wanted: NDArray[Any]) -> None:
    """At most one level apart, and apart at all in under 0.1 % of the samples."""
    assert found.shape == wanted.shape
    assert found.dtype == wanted.dtype
    difference = np.abs(found.astype(np.int64) - wanted.astype(np.int64))
    assert difference.max(initial=0) <= 1
    assert (difference > 0).mean() < 0.001
