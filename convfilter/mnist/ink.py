"""From a photograph to ink: which way round it is, even light, and where there is writing at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from convfilter.mnist.brightness import Floats, otsu, reduced, rim_of
from convfilter.mnist.light import without_shadows
from convfilter.mnist.pieces import labelled, pieces_of
from convfilter.mnist.rules import without_rules
from convfilter.mnist.shapes import Mask, stroke_width
from convfilter.names import Invert

PAPER_WINDOW = 0.4
"""The share of the shorter side that no stroke is as wide as; wider areas are paper, table or shadow."""

STROKES_IN_WINDOW = 4
"""The widths of a stroke within which paper is sure to be seen, once strokes are known."""

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
    ink = _written(gray, inverted)
    if ink is None and invert == "auto":  # the shadows may have decided it
        ink = _written(gray, not inverted)
    return ink


def _written(gray: Floats, inverted: bool) -> Ink | None:
    """The writing that is darker than its paper, or lighter; None where there is none."""
    window = PAPER_WINDOW * min(gray.shape)
    ink = _ink(_contrast(gray, inverted, window), inverted)
    if ink is None:
        return None
    # Now that the strokes are known, paper can be told from shadow more closely.
    closer = max(STROKES_IN_WINDOW * stroke_width(ink.mask), window / 5)
    if closer < window:
        ink = _ink(_contrast(gray, inverted, closer), inverted) or ink
    labels, pieces = pieces_of(ink.mask)  # a table beside the page is wider than any stroke
    width = stroke_width(np.isin(labels, [label for piece in pieces for label in piece.labels]))
    mask = without_shadows(gray, ink.mask, inverted, width)
    return replace(ink, mask=mask) if mask.any() else None


def _ink(contrast: Floats, inverted: bool) -> Ink | None:
    """Where the contrast is that of writing; None where nothing is."""
    visible = max(LEAST_CONTRAST, NOISE_FACTOR * _noise(contrast))
    if contrast.max() - contrast.min() < visible:
        return None
    threshold = otsu(contrast)
    core = float(np.percentile(contrast[contrast > threshold], 95))
    if core - float(contrast[contrast <= threshold].mean()) < visible:
        return None
    # The pale lines of ruled paper are no ink; thin and faint parts of a stroke are, where they hang together
    # with a strong part.
    strong = contrast > max(threshold, 0.5 * core)
    weak = contrast > max(0.6 * threshold, 0.4 * core, visible / 2)
    labels, count = labelled(weak)
    kept = np.zeros(count + 1, np.bool_)
    kept[np.unique(labels[strong & weak])] = True
    kept[0] = False
    low = 0.3 * threshold
    amount = np.clip((contrast - low) / (0.9 * core - low), 0, 1)
    mask = without_rules(kept[labels])
    return Ink(amount.astype(np.float32), mask, inverted) if mask.any() else None


def is_dark_on_light(gray: Floats) -> bool:
    """Whether the few pixels that differ from their surroundings, the ink, are darker than them.

    Three signs are added up, none of which decides alone. Ink covers less of a page than paper does, so
    differences from the local median are skewed towards it; a median, unlike a mean, stays on one side of the
    edge of the page, and the middle of the picture counts most. The rim of a picture is paper rather than ink.
    And paper reaches farther in every direction than a stroke is wide.
    """
    small = reduced(gray, max(1, min(gray.shape) // 60))
    window = max(3, round(PAPER_WINDOW * min(small.shape)))
    difference = small - ndimage.median_filter(small, size=window, mode="nearest")
    from_middle = np.maximum.outer(*(np.abs(np.linspace(-1, 1, side)) for side in small.shape))
    weights = np.clip(1.2 - from_middle, 0, 1) ** 2
    weights /= weights.sum()
    spread = float((weights * difference**2).sum()) ** 0.5
    if spread < 1e-6:
        return True
    skew = float((weights * difference**3).sum()) / spread**3
    rim = rim_of(small)
    rim_is_light = (float(np.median(rim)) - float(small.mean())) / max(float(small.std()), 1e-6)
    dark = small < otsu(small)
    light_is_wide = float(np.log((_reach(~dark) + 0.5) / (_reach(dark) + 0.5)))
    return bool(np.clip(-skew, -1, 1) + np.clip(rim_is_light, -0.5, 0.5) + 0.5 * light_is_wide > 0)


def _reach(mask: Mask) -> float:
    """How far the inner parts of an area lie from its edge, in pixels; the rim of the picture is no edge."""
    return float(np.percentile(ndimage.distance_transform_edt(mask), 99.5))


def _contrast(gray: Floats, inverted: bool, window: float) -> Any:
    """How much every pixel differs from the paper around it, in the sense of ink; the light may be uneven."""
    paper = _paper(gray, inverted, window)
    if inverted:  # in a shadow the ink keeps its share of the light that the paper has
        return np.clip(1 - gray / np.maximum(paper, 0.05), 0, 1)
    return np.clip(gray - paper, 0, 1)


def _paper(gray: Floats, inverted: bool, window: float) -> Any:
    """The page without its writing: whatever is narrower than the window, in pixels, is taken away."""
    scale = max(1, int(window / 24))
    small = reduced(gray, scale)
    size = max(3, round(window / scale))
    filled = (ndimage.grey_closing if inverted else ndimage.grey_opening)(small, size=(size, size), mode="nearest")
    # At the edge of a shadow, rather the shadow's paper: the other one would make ink of the shadow.
    edge = (ndimage.grey_erosion if inverted else ndimage.grey_dilation)(filled, size=(3, 3), mode="nearest")
    smooth = ndimage.gaussian_filter(edge, 1, mode="nearest")
    rows, columns = gray.shape
    return np.asarray(Image.fromarray(smooth).resize((columns, rows), Image.Resampling.BILINEAR))


def _noise(values: Floats) -> float:
    """The standard deviation of the noise, from the median of second differences, which strokes hardly move."""
    second = np.abs(np.diff(values, 2, axis=1)) if values.shape[1] > 2 else np.zeros(1)
    return float(np.median(second)) / 0.6745 / 6**0.5
