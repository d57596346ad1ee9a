"""From a photograph to ink: which way round it is, even light, and where there is writing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from convfilter.names import Invert

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

PAPER_WINDOW = 0.4
"""The share of the shorter side that no stroke is as wide as; wider areas are paper, table or shadow."""

LEAST_CONTRAST = 0.06
"""Of the whole range between black and white; fainter marks are no writing."""

NOISE_FACTOR = 5.0
"""Writing stands out by so many standard deviations of the noise."""


@dataclass(frozen=True)
class Ink:
    """Writing on a page.

    Attributes:
        amount: (height, width), float32: 0 on paper, about 1 in the middle of a stroke.
        mask: (height, width): where there is ink.
        inverted: whether the picture was dark on light, the other way round than MNIST.
    """

    amount: Floats
    mask: Mask
    inverted: bool


def find_ink(gray: Floats, invert: Invert = "auto") -> Ink | None:
    """Tell writing from paper.

    Args:
        gray: (height, width), float32 in [0, 1].
        invert: ``yes`` for dark writing on light paper, ``no`` for light on dark, ``auto`` to find out.

    Returns:
        The ink, or None where the page is blank.
    """
    inverted = is_dark_on_light(gray) if invert == "auto" else invert == "yes"
    contrast = _contrast(gray, inverted)
    threshold = otsu(contrast)
    there = contrast > threshold
    if not there.any() or there.all():
        return None
    core = float(np.percentile(contrast[there], 75))
    if core < max(LEAST_CONTRAST, NOISE_FACTOR * _noise(gray)):
        return None
    # Thin and faint parts of a stroke belong to it where they hang together with a strong part.
    weak = contrast > max(0.6 * threshold, NOISE_FACTOR / 2 * _noise(gray))
    labels, _ = ndimage.label(weak, np.ones((3, 3)))
    mask = weak & np.isin(labels, np.unique(labels[there]))
    low = 0.3 * threshold
    amount = np.clip((contrast - low) / (core - low), 0, 1)
    return Ink(amount.astype(np.float32), mask, inverted)


def is_dark_on_light(gray: Floats) -> bool:
    """Whether the few pixels that differ from their surroundings, the ink, are darker than them.

    Ink covers less of a page than paper does, so differences from the local mean are skewed towards it;
    what the rim of the picture is like counts too, as a digit that fills its picture leaves little paper.
    """
    window = max(3.0, min(gray.shape) / 4)
    difference = gray - ndimage.gaussian_filter(gray, window, mode="nearest")
    spread = float(difference.std())
    if spread < 1e-6:
        return True
    skew = float((difference**3).mean()) / spread**3
    rim = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    rim_is_light = (float(np.median(rim)) - float(gray.mean())) / float(gray.std())
    return -skew + rim_is_light > 0


def otsu(values: Floats) -> float:
    """The threshold that parts values into two classes of least variance (Otsu, 1979)."""
    counts, edges = np.histogram(values, bins=256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(middles[np.nanargmax(between[:-1])])


def _contrast(gray: Floats, inverted: bool) -> Any:
    """How much every pixel differs from the paper around it, in the sense of ink; the light may be uneven."""
    paper = _paper(gray, inverted)
    if inverted:  # in a shadow the ink keeps its share of the light that the paper has
        return np.clip(1 - gray / np.maximum(paper, 0.05), 0, 1)
    return np.clip(gray - paper, 0, 1)


def _paper(gray: Floats, inverted: bool) -> Any:
    """The page without its writing: whatever is narrower than `PAPER_WINDOW` is taken away."""
    scale = max(1, min(gray.shape) // 100)
    small = ndimage.gaussian_filter(gray, scale / 2, mode="nearest")[::scale, ::scale]
    size = max(3, round(PAPER_WINDOW * min(small.shape)))
    filled = (ndimage.grey_closing if inverted else ndimage.grey_opening)(small, size=(size, size), mode="nearest")
    smooth = ndimage.gaussian_filter(filled, size / 8, mode="nearest")
    rows, columns = (
        np.minimum(np.arange(side) / scale, limit - 1) for side, limit in zip(gray.shape, small.shape, strict=True)
    )
    return ndimage.map_coordinates(smooth, np.meshgrid(rows, columns, indexing="ij"), order=1, mode="nearest")


def _noise(gray: Floats) -> float:
    """The standard deviation of the noise, from the median of second differences, which strokes hardly move."""
    second = np.abs(np.diff(gray, 2, axis=1)) if gray.shape[1] > 2 else np.zeros(1)
    return float(np.median(second)) / 0.6745 / 6**0.5
