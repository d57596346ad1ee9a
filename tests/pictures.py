"""Pictures in memory as convfilter holds them, for tests of writing."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from files_pixels import noise
from PIL import Image

from convfilter.images.formats import FORMATS
from convfilter.images.picture import CHANNELS, Frame, Mode, Picture
from convfilter.images.reading import read
from convfilter.images.writing import encode


def frame(mode: Mode = "RGB", depth: str = "uint8", height: int = 21, width: int = 34, **more: Any) -> Frame:
    """A frame of noise, another one for every size and mode, the same in every run."""
    random = np.random.default_rng((height, width, CHANNELS[mode]))
    return Frame(noise(random, height, width, CHANNELS[mode], dtype=depth), mode, **more)


def written(picture: Picture, name: str, quality: int | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a picture in a format, and the notes."""
    out = io.BytesIO()
    notes = encode(picture, FORMATS[name], out, quality=quality)
    return out.getvalue(), notes


def exif_block() -> bytes:
    """EXIF with a maker, a date, a size and a place, in the shape of `Meta.exif`."""
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8769)[0x9003] = "2020:01:01 00:00:00"
    exif.get_ifd(0x8769)[0xA002] = 9999
    exif.get_ifd(0x8825)[2] = (1.0, 2.0, 3.5)
    return exif.tobytes().removeprefix(b"Exif\0\0")


def again(picture: Picture, name: str) -> Picture:
    """A picture after a trip through a format."""
    return read(io.BytesIO(written(picture, name)[0]), max_pixels=10**8)
