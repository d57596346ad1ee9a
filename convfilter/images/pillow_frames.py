"""Frames from Pillow's pictures of 8 bits, and Pillow's pictures from frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images.picture import CHANNELS, Frame, Mode, mode_of

_MODES: dict[str, Mode] = {mode: mode for mode in CHANNELS} | {
    "1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB",
}  # fmt: skip
"""What becomes of Pillow's modes."""

_BAND = 2**25
"""Bytes that are copied at once."""


def frame_count(image: Image.Image, name: str) -> int:
    """The frames of an open picture of the named format; of several pictures in a JPEG only the first is one."""
    return 1 if name in ("JPEG", "JPEG2000", "BMP") else getattr(image, "n_frames", 1)


def frame_of_image(image: Image.Image, duration: float = 0.0) -> Frame:
    """A loaded Pillow picture of 8 bits as a frame; palettes, bitmaps and keyed colours resolved.

    Raises:
        ImageError: its samples are of a kind that is not supported.
    """
    if image.mode == "LAB":
        from convfilter.images.colour import lab_to_rgb

        image = lab_to_rgb(image)
    if image.mode not in _MODES:
        raise ImageError(f"samples of Pillow's mode {image.mode} are not supported; convert it to 8 or 16 bits")
    mode = _MODES[image.mode]
    if "transparency" in image.info and mode in ("L", "RGB"):
        mode = mode_of(CHANNELS[mode], alpha=True)
    return Frame(_pixels(image if image.mode == mode else image.convert(mode), CHANNELS[mode]), mode, duration)


def _pixels(image: Image.Image, channels: int) -> NDArray[np.uint8]:
    """The samples of a picture, copied in bands, as Pillow has those of a whole picture in memory twice meanwhile."""
    pixels = np.empty((image.height, image.width, channels), np.uint8)
    rows = max(1, _BAND * image.height // pixels.nbytes)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        band = image if rows >= image.height else image.crop((0, top, image.width, bottom))
        pixels[top:bottom] = np.asarray(band).reshape(bottom - top, image.width, channels)
    return pixels


def image_of(frame: Frame) -> Image.Image:
    """An 8-bit frame as a Pillow picture."""
    pixels = frame.pixels[..., 0] if frame.mode == "L" else frame.pixels
    pixels = np.ascontiguousarray(pixels)
    size = (pixels.shape[1], pixels.shape[0])
    return Image.frombuffer(frame.mode, size, pixels, "raw", frame.mode, 0, 1)
