"""From a picture of any mode to one brightness a pixel, in which its drawing stands out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from convfilter.images.channels import is_transparent, laid_on
from convfilter.images.fitting import fit
from convfilter.images.formats import FORMATS
from convfilter.images.picture import Frame, Picture
from convfilter.images.samples import to_depth

SIDE = 800
"""Pixels on the longer side of the picture in which digits are looked for; larger ones are made smaller."""

DITHER, DOTS, LEAST_DITHERED = 2.0, 0.02, 60
"""Dots of black and white may stand for greys: a Gaussian of so many pixels smooths them, where so many of the pixels
are dots, each between two others of the other level, and no side has fewer pixels than this."""

TWO_LEVELS = 0.85
"""The least share of the variance of brightness that is between two levels, where there are only two, blurred by JPEG
at most."""

Floats = NDArray[np.float32]


def brightness(picture: Picture) -> Floats:
    """The first frame as it is looked at.

    Args:
        picture: of any size, depth and mode.

    Returns:
        (height, width), float32 in [0, 1], at most `SIDE` pixels on its longer side.
    """
    frame = picture.frames[0]
    if _is_light(frame):
        picture = replace(picture, frames=(laid_on(frame, "black"),))
    pixels = fit(picture, FORMATS["BMP"]).frames[0].pixels  # 8 bits, on white, without CMYK
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    values = np.asarray(image, np.float32) / np.float32(255)
    if values.ndim == 3:
        values = values[..., 0] if np.ptp(values, axis=2).max() == 0 else _along_contrast(values)
    return ndimage.gaussian_filter(values, DITHER) if _is_dithered(values) else values


def _is_dithered(values: Floats) -> bool:
    """Whether dots stand for greys."""
    if min(values.shape) < LEAST_DITHERED or np.ptp(values) < 0.5:
        return False
    threshold = otsu(values)
    if between_levels(values, values > threshold) < TWO_LEVELS:
        return False
    light = np.pad(values > threshold, 1, mode="reflect")
    inner = light[1:-1, 1:-1]
    alone = (inner != light[:-2, 1:-1]) & (inner != light[2:, 1:-1])
    alone |= (inner != light[1:-1, :-2]) & (inner != light[1:-1, 2:])
    return float(alone.mean()) > DOTS


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


def between_levels(values: Floats, light: NDArray[np.bool_]) -> float:
    """The share of the variance of values that is between two classes of them."""
    share = float(light.mean())
    return share * (1 - share) * float(values[light].mean() - values[~light].mean()) ** 2 / float(values.var())


def _is_light(frame: Frame) -> bool:
    """Whether a frame is transparent but for something light, which would not be seen on white.

    A light page that was cut out has dark writing on it, or is mostly opaque. The faint rim of a stroke may have any
    colour: programs that change the size of pictures mix in that of what is transparent.
    """
    if not is_transparent(frame):
        return False
    pixels = to_depth(frame.pixels, "uint8")
    colour, alpha = pixels[..., :-1], pixels[..., -1]
    seen = alpha > 0.75 * alpha.max()
    return bool(0 < seen.mean() < 0.75 and np.percentile(colour[seen].mean(axis=1), 0.1) > 127)


def _along_contrast(colours: Floats) -> Floats:
    """The mixture of red, green and blue in which a picture has the most contrast, so that red stands out on green.

    It is the first principal component of the differences from the local mean; light stays light.
    """
    local = colours - ndimage.uniform_filter(colours, (max(3, min(colours.shape[:2]) // 4),) * 2 + (1,), mode="nearest")
    flat = local.reshape(-1, 3)
    _, axes = np.linalg.eigh(flat.T @ flat)
    mixture = axes[:, -1] if axes[:, -1].sum() >= 0 else -axes[:, -1]
    mixed = colours @ mixture
    darkest, lightest = np.minimum(mixture, 0).sum(), np.maximum(mixture, 0).sum()
    return np.asarray((mixed - darkest) / (lightest - darkest), np.float32)


def reduced(gray: Floats, scale: int) -> Any:
    """Smaller by a whole factor, each pixel the mean of those that it stands for: (height, width), float32."""
    return np.asarray(Image.fromarray(gray).reduce(scale)) if scale > 1 else gray


def rim_of(values: NDArray[Any]) -> NDArray[Any]:
    """The outermost values of a picture (height, width), those of its corners twice."""
    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
