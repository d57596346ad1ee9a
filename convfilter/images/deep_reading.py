"""Read JPEG 2000 and AVIF pictures of more than 8 bits through imagecodecs, all others through Pillow."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import pillow_reading
from convfilter.images.jp2_boxes import with_boxes
from convfilter.images.limits import check_pixels
from convfilter.images.picture import Frame, Picture, mode_of_channels
from convfilter.images.samples import widened

_CODESTREAM = b"\xff\x4f\xff\x51"


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in a JPEG 2000 or AVIF file: uint8, or uint16 where it has more bits.

    Raises:
        ImageError: it is over the limit, or of a kind that is not supported.
        Exception: whatever the decoder says of damaged data.
    """
    if name == "AVIF":
        return _read(data, name, max_pixels, _avif_bits(data))
    picture = _read(data, name, max_pixels, _jpeg2000_bits(data))
    return replace(picture, meta=with_boxes(picture.meta, data))


def _read(data: bytes, name: str, max_pixels: int, bits: int) -> Picture:
    if bits <= 8:
        return pillow_reading.read(data, name, max_pixels)
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        count = getattr(image, "n_frames", 1)
        check_pixels(max_pixels, image.width, image.height, count)
        if count > 1:
            picture = pillow_reading.read(data, name, max_pixels)
            return picture.noting(f"an animation of {bits} bits was read as 8 bits")
        frame = _frame(data, name, image, bits)
        picture = Picture((frame,), name, pillow_reading.meta_of(image, name, data))
    return picture if bits == 16 else picture.noting(f"{bits}-bit samples were spread over 16 bits")


def _frame(data: bytes, name: str, image: Any, bits: int) -> Frame:
    import imagecodecs

    if name == "AVIF":
        pixels = imagecodecs.avif_decode(data)
    else:  # the bare codestream: given the whole file, it would convert the samples by the ICC profile
        pixels = imagecodecs.jpeg2k_decode(data[data.find(_CODESTREAM) :])
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    if pixels.dtype != np.uint16 or pixels.ndim != 3 or pixels.shape[:2] != image.size[::-1]:
        raise ImageError(f"{bits}-bit samples of this kind are not supported; convert it to 8 or 16 bits")
    if pixels.shape[2] > 4:
        raise ImageError(f"{pixels.shape[2]} channels are not supported; save it with 1 to 4")
    mode = "CMYK" if image.mode == "CMYK" else mode_of_channels(pixels.shape[2])
    return Frame(widened(pixels, 2**bits - 1), mode)


def _avif_bits(data: bytes) -> int:
    at = data.find(b"av1C")
    flags = data[at + 6] if at >= 0 and len(data) > at + 6 else 0
    return (12 if flags & 0x20 else 10) if flags & 0x40 else 8


def _jpeg2000_bits(data: bytes) -> int:
    """The bits of the deepest component, from the codestream header."""
    at = data.find(_CODESTREAM)
    if at < 0:
        raise ImageError("damaged or truncated: it holds no JPEG 2000 codestream; get a whole copy of it")
    (count,) = struct.unpack_from(">H", data, at + 40)
    depths = [data[at + 42 + 3 * index] for index in range(count)]
    bits = max(depth & 0x7F for depth in depths) + 1
    if bits > 16 or any(depth & 0x80 for depth in depths):
        raise ImageError(f"signed or {bits}-bit samples are not supported; convert it to 8 or 16 bits")
    return bits
