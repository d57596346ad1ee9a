"""Before and after, to look at: side by side, and as small pictures."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from convfilter.images.fitting import fit
from convfilter.images.formats import FORMATS
from convfilter.images.metadata import icc_fits
from convfilter.images.picture import Frame, Meta, Picture

GAP = 8
"""White pixels between the two."""

THUMBNAIL = 320
"""Pixels on the longer side of a small picture."""


def side_by_side(before: Picture, after: Picture) -> Picture:
    """The first frames of two pictures beside each other, tops aligned, in 8-bit RGB on white."""
    left, right = _rgb(before), _rgb(after)
    height = max(left.shape[0], right.shape[0])
    canvas = np.full((height, left.shape[1] + GAP + right.shape[1], 3), 255, np.uint8)
    canvas[: left.shape[0], : left.shape[1]] = left
    canvas[: right.shape[0], left.shape[1] + GAP :] = right
    icc = before.meta.icc if before.meta.icc and icc_fits(before.meta.icc, "RGB") else None
    return Picture((Frame(canvas, "RGB"),), "PNG", Meta(icc=icc))


def thumbnail(picture: Picture) -> bytes:
    """The first frame in 8-bit RGB on white, at most `THUMBNAIL` pixels on its longer side, as a JPEG file."""
    image = Image.fromarray(_rgb(picture))
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def _rgb(picture: Picture) -> NDArray[Any]:
    # BMP holds plain 8-bit pictures only, so fitting to it brings depth, alpha and CMYK down.
    pixels = fit(picture, FORMATS["BMP"]).frames[0].pixels
    return pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2)
