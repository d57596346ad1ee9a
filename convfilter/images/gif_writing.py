"""Write GIF: exact palettes wherever the colours fit, every frame whole, with its time, and never merged."""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from convfilter.images.picture import Frame, Picture

_KEEP, _CLEAR = 1, 2
"""What happens to a frame before the next."""


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write 8-bit L, LA, RGB or RGBA frames; return notes.

    A frame of at most 256 colours (255 where any frame has transparency) keeps them exactly. Alpha below
    128 becomes transparent, all other opaque.
    """
    notes: list[str] = []
    clear = any(bool((frame.pixels[..., -1] < 128).any()) for frame in picture.frames if frame.has_alpha)
    height, width = picture.frames[0].pixels.shape[:2]
    file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0))
    if picture.meta.loop is not None:
        file.write(b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", min(picture.meta.loop, 65535), 0))
    if picture.meta.comment:
        file.write(b"!\xfe" + _blocks(picture.meta.comment) + b"\0")
    for frame in picture.frames:
        indexed, transparent, said = _indexed(frame, clear)
        notes += said
        options: dict[str, Any] = {} if transparent is None else {"transparency": transparent}
        for part in GifImagePlugin.getdata(
            indexed,
            duration=min(round(frame.duration / 10), 65535) * 10,
            disposal=_CLEAR if clear else _KEEP,
            include_color_table=True,
            **options,
        ):
            file.write(part)
    file.write(b";")
    return notes


def _blocks(content: bytes) -> bytes:
    return b"".join(bytes([len(content[i : i + 255])]) + content[i : i + 255] for i in range(0, len(content), 255))


def _indexed(frame: Frame, clear: bool) -> tuple[Image.Image, int | None, list[str]]:
    """The frame as palette numbers, the number that is transparent, and notes."""
    notes, pixels, hidden = [], frame.pixels, None
    if frame.has_alpha:
        alpha, pixels = pixels[..., -1], pixels[..., :-1]
        hidden = alpha < 128
        if ((alpha > 0) & (alpha < 255)).any():
            notes.append("GIF holds no partial transparency: it was made full or none")
    rgb = np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else np.ascontiguousarray(pixels)
    if hidden is not None and hidden.any():  # hidden colours are not to take a place in the palette
        rgb = np.where(hidden[..., None], rgb[~hidden][0] if not hidden.all() else np.uint8(0), rgb)
    numbers, palette = _palette(rgb, 255 if clear else 256)
    if numbers is None:
        notes.append(f"GIF holds {255 if clear else 256} colours a frame: the others were approximated")
        reduced = Image.fromarray(rgb).quantize(255 if clear else 256, dither=Image.Dither.FLOYDSTEINBERG)
        numbers = np.asarray(reduced)
        palette = (reduced.getpalette() or [])[: 3 * (int(numbers.max()) + 1)]
    transparent = len(palette) // 3 if clear else None
    if transparent is not None:
        palette = [*palette, 0, 0, 0]
        if hidden is not None:
            numbers = np.where(hidden, np.uint8(transparent), numbers)
    image = Image.fromarray(numbers)
    # Pillow leaves out the colour table of one or two colours, which it takes for none
    image.putpalette(palette + [0] * (12 - len(palette)))
    return image, transparent, notes


def _palette(rgb: NDArray[np.uint8], most: int) -> tuple[NDArray[np.uint8] | None, list[int]]:
    """Palette numbers and the palette, exact; no numbers where there are more colours than most."""
    if Image.fromarray(rgb).getcolors(most) is None:
        return None, []
    keys = (rgb[..., 0].astype(np.uint32) << 16) | (rgb[..., 1].astype(np.uint32) << 8) | rgb[..., 2]
    colours = np.unique(keys)
    numbers = np.searchsorted(colours, keys).astype(np.uint8)
    palette = np.stack([colours >> 16, (colours >> 8) & 255, colours & 255], axis=1)
    return numbers, palette.reshape(-1).tolist()
