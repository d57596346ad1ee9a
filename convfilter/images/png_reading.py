"""Reads PNG: checks every checksum, and keeps the 16 bits and the keyed colours that Pillow would blur."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import chunks
from convfilter.images.picture import Frame, Picture
from convfilter.images.pillow_reading import alike, frame_of, meta_of
from convfilter.images.png_rows import require_all_rows

if TYPE_CHECKING:
    from convfilter.images.limits import Limit
    from convfilter.images.png_rows import require_all_rows
from convfilter.images.picture import Mode

_MODES: dict[int, Mode] = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_ANIMATED = (b"acTL", b"fcTL", b"fdAT")
_XMP, _RAW_EXIF = "XML:com.adobe.xmp", "Raw profile type exif"


def read(data: bytes, name: str, limit: Limit) -> Picture:
    """The picture in a PNG or APNG; uint16 where the file has 16 bits and one frame.

    Raises:
        ImageError: it is over the limit.
        Exception: whatever the decoder says of damaged data.
    """
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        limit.check(image.width, image.height, getattr(image, "n_frames", 1))
        image.verify()
        require_all_rows(data)
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        return _picture(image, name, data)


def _picture(image: Any, name: str, data: bytes) -> Picture:
    bits, count = data[24], image.n_frames
    still_first = count > 1 and image.default_image
    key = image.info.get("transparency")
    if bits in (2, 4) and isinstance(key, int) and image.mode == "L":
        # Pillow spreads the samples over 8 bits, but not the transparent one among them
        image.info["transparency"] = key * 255 // (2**bits - 1)
    if bits == 16 or (count > 1 and bits == 8 and image.mode in ("RGB", "RGBA") and key is None):
        image.load()  # for the metadata behind the pixels
        frames = _by_libpng(data, image, np.dtype(f"uint{bits}"))
    else:
        frames = tuple(frame_of(image, index) for index in range(count))
    meta = meta_of(image, name, data)
    text = {k: v for k, v in image.text.items() if isinstance(v, str) and k not in (_XMP, _RAW_EXIF)}
    if meta.exif is None and _RAW_EXIF in image.text:  # as ImageMagick writes it
        meta = replace(meta, exif=image.getexif().tobytes().removeprefix(b"Exif\0\0"))
    picture = Picture(alike(frames[still_first:]), name, replace(meta, text=text))
    return picture.noting(*(["the still picture beside the animation is not kept"] if still_first else []))


def _by_libpng(data: bytes, image: Any, depth: np.dtype[Any]) -> tuple[Frame, ...]:
    """The frames of a 16-bit PNG, of which Pillow keeps 8 bits, or of an animation, in which it errs on disposal."""
    import imagecodecs

    count = image.n_frames
    wanted = (*_NEEDED, *_ANIMATED) if count > 1 else _NEEDED
    needed = chunks.join((name, content) for name, content in chunks.split(data) if name in wanted)
    pixels = imagecodecs.apng_decode(needed) if count > 1 else imagecodecs.png_decode(needed)[None]
    pixels = pixels[..., None] if pixels.ndim == 3 else pixels
    if pixels.dtype != depth or pixels.shape[:3] != (count, *image.size[::-1]):
        raise ImageError("damaged: its samples cannot be read; get a whole copy of it")
    times = [_duration(content) for name, content in chunks.split(data) if name == b"fcTL"]
    times = [0.0] * (count - len(times)) + times
    return tuple(Frame(p, _MODES[p.shape[2]], t) for p, t in zip(pixels, times, strict=True))


def _duration(control: bytes) -> float:
    numerator, denominator = struct.unpack_from(">HH", control, 20)
    return float(1000 * numerator / (denominator or 100))
