"""Small pictures for test files, and the bytes that Pillow and tifffile make of them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import tifffile
from files_records import Pixels
from PIL import Image

PALETTE = [(255, 0, 0), (0, 200, 30), (10, 20, 250), (250, 240, 10)]


def ramp(height: int, width: int, channels: int, dtype: str = "uint8") -> Pixels:
    """A picture that no turn or flip maps to itself, with every channel its own way."""
    rows, columns, planes = np.mgrid[:height, :width, :channels]
    values = (rows * 37 + columns * 11 + planes * 71) % 251 / 250
    if dtype == "float32":
        return values.astype(np.float32)
    top = np.iinfo(dtype).max
    pixels = np.rint(values * top).astype(dtype)
    if top == 65535:
        pixels ^= (rows * 3 + columns * 5 + planes).astype(dtype)  # so that low bytes matter
    return pixels


def smooth(channels: int) -> Pixels:
    """A picture of gentle slopes, 32 x 48, that JPEG keeps to a few levels."""
    rows, columns, planes = np.mgrid[:32, :48, :channels]
    return (30 + rows * 2 + columns * (planes + 1) * 0.6).astype(np.uint8)


def with_alpha(colour: Pixels) -> Pixels:
    """A last channel of alpha that runs from transparent to opaque."""
    top = 1 if colour.dtype.kind == "f" else np.iinfo(colour.dtype).max
    alpha = np.linspace(0, top, colour.shape[0] * colour.shape[1]).reshape(*colour.shape[:2], 1)
    alpha = alpha if top == 1 else np.rint(alpha)
    return np.concatenate([colour, alpha.astype(colour.dtype)], axis=2)


def numbers(height: int, width: int, count: int) -> Pixels:
    """Palette numbers or small samples, (height, width, 1)."""
    rows, columns = np.mgrid[:height, :width]
    return ((rows * 3 + columns * columns) % count).astype(np.uint8)[..., None]


def noise(random: np.random.Generator, *shape: int, dtype: str = "uint8") -> Pixels:
    """Random samples over the whole range of a type."""
    if dtype == "float32":
        return random.random(shape, dtype=np.float32)
    return random.integers(0, np.iinfo(dtype).max + 1, shape).astype(dtype)


GREY, RGB = ramp(11, 17, 1), ramp(11, 17, 3)
DEEP_GREY, DEEP_RGB = ramp(11, 17, 1, "uint16"), ramp(11, 17, 3, "uint16")


def saved(pixels: Pixels | Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as Pillow writes it."""
    buffer = io.BytesIO()
    if not isinstance(pixels, Image.Image):
        shape = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[pixels.shape[2]]
        array = np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        mode = options.pop("mode", "I;16" if array.dtype == np.uint16 else shape)
        pixels = Image.frombytes(mode, array.shape[1::-1], array.tobytes())
    pixels.save(buffer, kind, **options)
    return buffer.getvalue()


def saved_together(frames: tuple[Pixels, ...], kind: str, **options: Any) -> bytes:
    """Frames as Pillow writes them into one file."""
    first, *others = (Image.fromarray(frame) for frame in frames)
    return saved(first, kind, save_all=True, append_images=others, **options)


def tiff(*pages: tuple[Pixels, dict[str, Any]], order: str = "<", big: bool = False) -> bytes:
    """Pages (height, width, channels) with the options of tifffile."""
    buffer = io.BytesIO()
    with tifffile.TiffWriter(buffer, byteorder=order, bigtiff=big) as writer:
        for pixels, options in pages:
            data = np.moveaxis(pixels, 2, 0) if options.get("planarconfig") == "separate" else pixels
            data = data[..., 0] if pixels.shape[2] == 1 else data
            settings = {"photometric": "minisblack" if pixels.shape[2] < 3 else "rgb"} | options
            writer.write(np.ascontiguousarray(data), metadata=None, software=False, **settings)
    return buffer.getvalue()
