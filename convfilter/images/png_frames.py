"""The pixels of a PNG: of a still picture, and of frames, each decoded as one and laid over what was left there."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from convfilter.errors import ImageError
from convfilter.images import chunks

Pixels = NDArray[Any]

_BACKGROUND, _PREVIOUS = 1, 2
"""What becomes of a frame before the next: it is cleared, or what was there before comes back."""
_OVER = 1
"""A frame is blended over what is there; otherwise it replaces that."""


@dataclass(frozen=True)
class _Part:
    """A frame as it stands in the file: the numbers of its fcTL chunk, and its compressed data."""

    width: int
    height: int
    left: int
    top: int
    milliseconds: float
    disposal: int
    blend: int
    data: list[bytes | memoryview] = field(default_factory=list)


def decoded(said: Iterable[tuple[bytes, bytes | memoryview]]) -> Pixels:
    """The samples (height, width, channels) of a still picture in these chunks; Exception where they are damaged."""
    return np.atleast_3d(np.asarray(imagecodecs.png_decode(chunks.join(_of_pixels(said)))))


def _of_pixels(said: Iterable[tuple[bytes, bytes | memoryview]]) -> Iterator[tuple[bytes, bytes | memoryview]]:
    """The chunks that the samples follow from; libpng need not see the others."""
    entries = None
    for name, content in said:
        if name == b"IHDR":
            # There is one method of compression and one of filters, whatever the file says.
            yield name, bytes(content[:10]) + b"\0\0" + content[12:]
        elif name == b"tRNS":
            yield name, content[:entries]  # libpng leaves out the whole where it is longer than the palette
        elif name in (b"PLTE", b"IDAT", b"IEND"):
            entries = len(content) // 3 if name == b"PLTE" else entries
            yield name, content


def frames_of(data: bytes) -> list[tuple[Pixels, float]]:
    """The frames of an APNG, each (height, width, channels) with its milliseconds; libpng itself errs on several.

    The canvas begins transparent; where a frame leaves some of it so, all get alpha, whatever the file has (PNG
    specification, 3rd edition, chunk fcTL).

    Raises:
        ImageError: frames are missing, lie beyond the picture, or do not follow one another.
        Exception: whatever the decoder says of damaged data.
    """
    header, shared, parts = _taken_apart(data)
    width, height = struct.unpack_from(">II", header)
    canvas: Pixels | None = None
    found = []
    for part in parts:
        if part.left + part.width > width or part.top + part.height > height:  # before it is decoded into memory
            raise ImageError("damaged: a frame of it lies beyond the picture; get a whole copy of it")
        size = struct.pack(">II", part.width, part.height)
        data_chunks = ((b"IDAT", content) for content in part.data)
        still = _with_alpha(decoded([(b"IHDR", size + header[8:]), *shared, *data_chunks, (b"IEND", b"")]))
        if canvas is None:
            canvas = np.zeros((height, width, still.shape[2]), still.dtype)
        there = canvas[part.top : part.top + part.height, part.left : part.left + part.width]
        before = there.copy()
        there[:] = _over(there, still) if part.blend == _OVER else still
        found.append((canvas.copy(), part.milliseconds))
        if part.disposal == _BACKGROUND or (part.disposal == _PREVIOUS and len(found) == 1):
            there[:] = 0
        elif part.disposal == _PREVIOUS:
            there[:] = before
    has_alpha = header[9] in (4, 6) or any(name == b"tRNS" for name, _ in shared)
    white = np.iinfo(found[0][0].dtype).max
    if not has_alpha and all((pixels[..., -1] == white).all() for pixels, _ in found):
        return [(np.ascontiguousarray(pixels[..., :-1]), time) for pixels, time in found]
    return found


def _taken_apart(data: bytes) -> tuple[bytes, list[tuple[bytes, memoryview]], list[_Part]]:
    """The header, the palette and what is transparent, and the frames; without a still picture beside them."""
    header, shared, wanted = b"", [], 0
    parts: list[_Part] = []
    numbers = []
    for name, content in chunks.split(data):
        if name == b"IHDR":
            header = bytes(content)
        elif name in (b"PLTE", b"tRNS"):
            shared.append((name, content))
        elif name == b"acTL":
            wanted = struct.unpack_from(">I", content)[0]
        elif name == b"fcTL":
            number, width, height, left, top, shown, of, disposal, blend = struct.unpack(">IIIIIHHBB", content)
            numbers.append(number)
            parts.append(_Part(width, height, left, top, 1000 * shown / (of or 100), disposal, blend))
        elif name == b"IDAT" and parts:
            parts[0].data.append(content)
        elif name == b"fdAT" and parts:
            numbers.append(struct.unpack_from(">I", content)[0])
            parts[-1].data.append(content[4:])
    if len(parts) != wanted or not all(part.data for part in parts) or numbers != [*range(len(numbers))]:
        raise ImageError("damaged: some of its frames are missing; get a whole copy of it")
    return header, shared, parts


def _with_alpha(pixels: Pixels) -> Pixels:
    """With an alpha channel, which is white where there was none."""
    if pixels.shape[2] in (2, 4):
        return pixels
    alpha = np.full((*pixels.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
    return np.concatenate([pixels, alpha], 2)


def _over(below: Pixels, above: Pixels) -> Pixels:
    """Colours and alpha of pixels over others (PNG specification, alpha channel processing)."""
    white = np.iinfo(above.dtype).max
    top, bottom = above[..., -1:] / white, below[..., -1:] / white
    bottom = bottom * (1 - top)
    alpha = top + bottom
    colour = (above[..., :-1] * top + below[..., :-1] * bottom) / np.where(alpha > 0, alpha, 1)
    blended: Pixels = np.rint(np.concatenate([colour, alpha * white], 2)).astype(above.dtype)
    return blended
