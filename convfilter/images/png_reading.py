"""Read PNG through libpng, which keeps the 16 bits and the keyed colours that Pillow would blur."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from convfilter.images import chunks
from convfilter.images.exif import without_prefix
from convfilter.images.limits import check_pixels
from convfilter.images.picture import Frame, Meta, Picture, loop_of, mode_of_channels
from convfilter.images.pillow_reading import meta_of
from convfilter.images.png_frames import decoded, frames_of

_ANIMATED = (b"acTL", b"fcTL", b"fdAT")
_XMP, _RAW_EXIF = "XML:com.adobe.xmp", "Raw profile type exif"


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in a PNG or APNG; uint16 where the file has 16 bits.

    Raises:
        ImageError: it is over the limit, or frames are missing.
        Exception: whatever the decoder says of damaged data.
    """
    with Image.open(io.BytesIO(data), formats=[name]) as image:
        count = image.n_frames
        still_first = count > 1 and image.default_image
        check_pixels(max_pixels, image.width, image.height, count)
        image.verify()  # the checksums of all chunks
    meta = _meta(data, name)
    if count > 1:
        meta = replace(meta, loop=loop_of(_plays(data)))
        frames = tuple(_frame(pixels, time) for pixels, time in frames_of(data))
    else:
        frames = (_frame(decoded(chunks.split(data))),)
    picture = Picture(frames, name, meta)
    return picture.noting(*(["the still picture beside the animation is not kept"] if still_first else []))


def _frame(pixels: NDArray[Any], time: float = 0.0) -> Frame:
    return Frame(pixels, mode_of_channels(pixels.shape[2]), time)


def _plays(data: bytes) -> int:
    control = next(content for name, content in chunks.split(data) if name == b"acTL")
    return int(struct.unpack(">II", control)[1])


def _meta(data: bytes, name: str) -> Meta:
    """What the file says beside its pixels."""
    with Image.open(io.BytesIO(chunks.join(_of_one_pixel(data))), formats=[name]) as image:
        image.load()  # for the metadata behind the pixels
        meta = meta_of(image, name, data)
        text = {k: v for k, v in image.text.items() if isinstance(v, str) and k not in (_XMP, _RAW_EXIF)}
        if meta.exif is None and _RAW_EXIF in image.text:  # as ImageMagick writes it
            meta = replace(meta, exif=without_prefix(image.getexif().tobytes()))
    colorimetry = tuple((name, bytes(content)) for name, content in chunks.split(data) if name in chunks.COLORIMETRY)
    return replace(meta, text=text, colorimetry=colorimetry)


def _of_one_pixel(data: bytes) -> Iterator[tuple[bytes, bytes | memoryview]]:
    """The chunks of a still picture of one pixel with the same metadata, so that Pillow decodes no other."""
    before = b""
    for name, content in chunks.split(data):
        if name == b"IHDR":
            yield name, struct.pack(">II", 1, 1) + content[8:12] + b"\0"  # not interlaced
        elif name == b"IDAT" and before != b"IDAT":
            yield name, zlib.compress(bytes(9))  # a filter byte, and a pixel of the longest kind
        elif name != b"IDAT" and name not in _ANIMATED:
            yield name, content
        before = name
