"""Read PNG: check every checksum, and keep the 16 bits and the keyed colours that Pillow would blur."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from convfilter.errors import ImageError
from convfilter.images import chunks
from convfilter.images.exif import without_prefix
from convfilter.images.limits import check_pixels
from convfilter.images.picture import Frame, Picture, mode_of_channels
from convfilter.images.pillow_reading import alike, decoded_frame, meta_of
from convfilter.images.png_rows import require_all_rows

_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_ANIMATED = (b"acTL", b"fcTL", b"fdAT")
_XMP, _RAW_EXIF = "XML:com.adobe.xmp", "Raw profile type exif"


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in a PNG or APNG; uint16 where the file has 16 bits and one frame.

    Raises:
        ImageError: it is over the limit.
        Exception: whatever the decoder says of damaged data.
    """
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        check_pixels(max_pixels, image.width, image.height, getattr(image, "n_frames", 1))
        image.verify()
        require_all_rows(data)
        if image.mode == "P" and not any(chunk == b"PLTE" for chunk, _ in chunks.split(data)):
            raise ImageError("damaged: its palette is missing; get a whole copy of it")
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
        frames = tuple(decoded_frame(image, index) for index in range(count))
    meta = meta_of(image, name, data)
    text = {k: v for k, v in image.text.items() if isinstance(v, str) and k not in (_XMP, _RAW_EXIF)}
    if meta.exif is None and _RAW_EXIF in image.text:  # as ImageMagick writes it
        meta = replace(meta, exif=without_prefix(image.getexif().tobytes()))
    meta = replace(meta, text=text, colorimetry=tuple(c for c in chunks.split(data) if c[0] in chunks.COLORIMETRY))
    picture = Picture(alike(frames[still_first:]), name, meta)
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
    return tuple(Frame(p, mode_of_channels(p.shape[2]), t) for p, t in zip(pixels, times, strict=True))


def _duration(control: bytes) -> float:
    numerator, denominator = struct.unpack_from(">HH", control, 20)
    return float(1000 * numerator / (denominator or 100))
