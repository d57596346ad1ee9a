"""Write BMP."""

from __future__ import annotations

from typing import BinaryIO

from convfilter.images.picture import Picture
from convfilter.images.pillow_frames import image_of


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write an 8-bit L or RGB frame; return notes."""
    options = {"dpi": picture.meta.dpi} if picture.meta.dpi else {}
    image_of(picture.frames[0]).save(file, "BMP", **options)
    return []
