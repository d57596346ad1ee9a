"""Paper around a digit that fills its picture, so that its strokes can be told from paper as on a page."""

from __future__ import annotations

import numpy as np

from convfilter.mnist.brightness import Floats, between_levels, otsu, rim_of
from convfilter.mnist.ink import LEAST_CONTRAST, is_dark_on_light
from convfilter.mnist.pieces import labelled, pieces_of
from convfilter.mnist.rules import without_rules
from convfilter.mnist.shapes import Mask, shape_of
from convfilter.names import Invert

SMALL = 64
"""A picture with a side of fewer pixels is that of a digit; of a page nothing could be read in it."""

EVEN = 0.8
"""The least share of the variance of brightness that is between ink and paper, where both are even; of a ramp from
black to white it is 0.75."""

RIM = 0.1
"""The share of the rim of a picture that ink touches, at least, where it fills the picture."""

LINE, UNEVEN = 1.3, 0.1
"""A picture so many times as wide as high is that of a line of digits, none of which holds most of the ink; the share
of dark pixels in it tells which are ink where it is so far from a half."""

PARTED = 0.15
"""Paper is parted where its greatest piece is a share of it smaller by so much than that of the ink."""

FILLS = 0.9
"""Ink fills a picture that spans so much of its height and width, or nearly all of its height."""

NARROW = 0.5
"""A picture with a width of so much of its height, at most, is cut to a 1."""

LONGEST = 0.8
"""The most of one side of the picture that a digit lies along; a table lies along all of it."""

SOLID = 0.85
"""The most of its convex hull that the ink of a digit covers; a shadow covers nearly all."""


def with_margin(gray: Floats, invert: Invert) -> tuple[Floats, Invert, int]:
    """A picture with paper around it, where it is cut close to a digit.

    Args:
        gray: (height, width), float32 in [0, 1].
        invert: as for `ink.find_ink`.

    Returns:
        The picture, whether its ink is dark where that had to be decided, and the pixels of paper on every side.
    """
    if np.ptp(gray) < LEAST_CONTRAST:
        return gray, invert, 0
    threshold = otsu(gray)
    if between_levels(gray, gray > threshold) < EVEN:
        return gray, invert, 0
    inverted = _is_dark(gray, gray <= threshold) if invert == "auto" else invert == "yes"
    ink = (gray <= threshold) if inverted else (gray > threshold)
    if min(gray.shape) >= SMALL and not _fills(ink):
        return gray, invert, 0
    margin = max(gray.shape) // 2
    return np.pad(gray, margin, constant_values=np.median(gray[~ink])), "yes" if inverted else "no", margin


def _is_dark(gray: Floats, dark: Mask) -> bool:
    """Whether the ink is dark: the rim is paper; where it is both, a digit hangs together, and parts the paper.

    Of a line of digits, the ink is what there is less of.
    """
    rim = float(rim_of(dark).mean())
    if not RIM < rim < 1 - RIM:
        return rim < 0.5
    share = float(dark.mean())
    if dark.shape[1] > LINE * dark.shape[0] and abs(share - 0.5) > UNEVEN:
        return share < 0.5
    difference = _greatest(dark) - _greatest(~dark)
    return difference > 0 if abs(difference) > PARTED else is_dark_on_light(gray)


def _greatest(mask: Mask) -> float:
    """The share of a mask that its greatest piece is."""
    labels, _ = labelled(mask)
    areas = np.bincount(labels.ravel())[1:]
    return float(areas.max() / areas.sum())


def _fills(ink: Mask) -> bool:
    """Whether the greatest piece of ink is a digit that spans the picture: no table along its rim, and no shadow."""
    labels, pieces = pieces_of(without_rules(ink))
    if not pieces:
        return False
    high, wide = pieces[0].height / ink.shape[0], pieces[0].width / ink.shape[1]
    if high < FILLS or (wide < FILLS and high < (1 + FILLS) / 2):
        return False
    if ink.shape[1] <= NARROW * ink.shape[0]:
        return True
    digit = np.isin(labels, list(pieces[0].labels))
    if max(float(side.mean()) for side in (digit[0], digit[-1], digit[:, 0], digit[:, -1])) > LONGEST:
        return False
    shape = shape_of(digit)
    return shape.solid * (1 - shape.hollow) <= SOLID
