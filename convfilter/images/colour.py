"""Colour spaces that cannot be kept, brought to sRGB through ICC profiles by littleCMS."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms


def lab_to_rgb(image: Image.Image) -> Image.Image:
    """A Lab picture as sRGB."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return _converted(image, lab, srgb)


def cmyk_to_rgb(pixels: NDArray[np.uint8], icc: bytes | None) -> tuple[NDArray[Any], str]:
    """CMYK pixels (height, width, 4) as sRGB (height, width, 3), and a sentence that says how.

    Through the profile where there is a sound one, by Pillow's plain formula otherwise.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels), "CMYK")
    if icc and icc[16:20] == b"CMYK":
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            rgb = _converted(image, source, ImageCms.createProfile("sRGB"))
            return np.asarray(rgb), "CMYK was converted to sRGB through its ICC profile"
        except (ImageCms.PyCMSError, OSError):
            pass  # a damaged profile says as little as none
    return np.asarray(image.convert("RGB")), "CMYK was converted to RGB without an ICC profile"


def _converted(image: Image.Image, source: Any, target: Any) -> Image.Image:
    result = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    if result is None:  # only happens when converting in place
        raise ImageCms.PyCMSError("no result")
    return result
