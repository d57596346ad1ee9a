"""Writing or light: ink differs from the paper close by, far more than that paper differs from itself."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage

from convfilter.mnist.brightness import Floats, reduced
from convfilter.mnist.pieces import labelled
from convfilter.mnist.shapes import Mask

REACH = 2
"""The widths of a stroke around it within which paper is looked at; shadows and gradients are wider."""

STANDS_OUT = 3.0
"""Ink differs from that paper by so many of its standard deviations; the dark end of a ramp by two or so."""

LEAST_SHARE = 0.01
"""Of all that looked like ink, the greatest piece of writing is no less; of noise, many small pieces stand out."""

MANY = 0.8
"""Unless so much of all stands out: of a page full of small writing, nearly all does."""


def without_shadows(gray: Floats, mask: Mask, inverted: bool, width: float) -> Mask:
    """Leave out what looks like ink but is the dark of a shadow or a gradient, or noise.

    The paper around a stroke is much alike. Around the dark end of a gradient it has all shades up to that of the
    "ink"; a piece of shadow has the same shadow on one of its sides, or the rim of the picture, where it goes on.

    Args:
        gray: (height, width), float32 in [0, 1].
        mask: (height, width): where there may be ink.
        inverted: whether the ink is dark.
        width: of its strokes, in pixels.

    Returns:
        (height, width): the pieces of the mask that are ink; none where the page is blank.
    """
    labels, count = labelled(mask)
    area = np.bincount(labels.ravel(), minlength=count + 1)
    clear = np.bincount(labels[_stands_out(gray, mask, inverted, width) & mask], minlength=count + 1)
    kept = clear >= 0.5 * area
    kept[0] = False
    writing, total = area * kept, area[1:].sum()
    if writing.max() < LEAST_SHARE * total and writing.sum() < MANY * total:
        kept[:] = False
    return np.asarray(kept[labels])


def _stands_out(gray: Floats, mask: Mask, inverted: bool, width: float) -> Any:
    """Where a pixel differs from the paper close by, in the sense of ink, as ink does."""
    scale = max(1, int(width / 6))  # enough to see a stroke
    light, ink = reduced(gray, scale), reduced(mask.astype(np.float32), scale)
    light = np.log(np.maximum(light, 0.02)) if inverted else -light  # in a shadow ink keeps its share of the light
    wide = max(1.0, width / scale)
    beyond = int(wide / 2 + 0.5)  # half a stroke of what lies along the rim, as if it went on there
    light, ink = np.pad(light, beyond, mode="edge"), np.pad(ink, beyond)
    blurred = 2 * int(np.ceil(wide / 8)) + 3  # the edges of strokes are neither ink nor paper
    paper = (ndimage.maximum_filter(ink, blurred) == 0).astype(np.float32)

    def around(values: Any) -> Any:
        return ndimage.uniform_filter(values, 2 * int(np.ceil(REACH * wide)) + 1, mode="constant")

    share = around(paper)
    some = np.maximum(share, 0.03)  # less paper than that tells nothing
    mean = around(paper * light) / some
    variance = around(paper * light * light) / some - mean * mean
    clear = (share > 0.03) & (mean - light > STANDS_OUT * np.sqrt(np.maximum(variance, 0) + 0.01**2))
    rows, columns = (np.arange(extent) // scale + beyond for extent in mask.shape)
    return clear[np.ix_(rows, columns)]
