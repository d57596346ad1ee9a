"""Write JPEG 2000, 8 or 16 bits, lossless unless a quality is asked for."""

from __future__ import annotations

from typing import Any, BinaryIO

import imagecodecs
import numpy as np

from convfilter.images.jp2_boxes import embedded
from convfilter.images.picture import Picture


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write an L, LA, RGB or RGBA frame of uint8 or uint16; return notes."""
    pixels = picture.frames[0].pixels
    pixels = np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    options: dict[str, Any] = {"level": 0, "reversible": True}
    if quality is not None:  # OpenJPEG asks for a signal-to-noise ratio in decibels
        options = {"level": 25 + round(quality / 4), "reversible": False}
    data = bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="jp2", **options))
    file.write(embedded(picture.meta, data))
    return []
