"""Read and write the Netpbm formats PBM, PGM, PPM and PFM, at the depth they have."""

from __future__ import annotations

import re
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from convfilter.errors import ImageError
from convfilter.images.integrity import truncated
from convfilter.images.limits import check_pixels
from convfilter.images.picture import Frame, Meta, Picture, mode_of
from convfilter.images.samples import white, widened

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_TOKEN = re.compile(_GAP + rb"([^\s#]{1,20})(?=\s|#|$)")


def read(data: bytes, name: str, max_pixels: int) -> Picture:
    """The picture in a Netpbm file; uint8 up to a maximum of 255, uint16 above, float32 for PFM.

    Raises:
        ImageError: it is truncated, damaged, or over the limit.
    """
    magic, at = data[:2], 2
    width, at = _integer(data, at)
    height, at = _integer(data, at)
    check_pixels(max_pixels, width, height)
    notes: tuple[str, ...] = ()
    bands = 3 if magic in (b"P3", b"P6", b"PF") else 1
    if name == "PFM":
        pixels = _floats(data, at, (height, width, bands))
    elif magic in (b"P1", b"P4"):
        pixels = _bits(data, at, magic, width, height)
    else:
        maximum, at = _integer(data, at)
        if not 0 < maximum < 65536:
            raise ImageError(f"damaged: {maximum} is not a largest sample from 1 to 65535")
        pixels = _integers(data, at, magic, (height, width, bands), maximum)
        depth = 8 if maximum < 256 else 16
        if maximum not in (255, 65535):
            notes = (f"samples up to {maximum} were spread over {depth} bits",)
    return Picture((Frame(pixels, mode_of(bands, alpha=False)),), name, Meta(), notes)


def write(picture: Picture, file: BinaryIO, quality: int | None) -> list[str]:
    """Write an L or RGB frame as binary PGM or PPM (uint8, uint16) or PFM (float32)."""
    pixels = picture.frames[0].pixels
    height, width, bands = pixels.shape
    if pixels.dtype == np.float32:
        file.write(b"%s\n%d %d\n-1.0\n" % (b"PF" if bands == 3 else b"Pf", width, height))
        file.write(np.ascontiguousarray(pixels[::-1], "<f4").data)
    else:
        file.write(b"%s\n%d %d\n%d\n" % (b"P6" if bands == 3 else b"P5", width, height, white(pixels.dtype)))
        file.write(np.ascontiguousarray(pixels, pixels.dtype.newbyteorder(">")).data)
    return []


def _token(data: bytes, at: int) -> tuple[bytes, int]:
    found = _TOKEN.match(data, at, at + 100_000)  # comments may be long, but not endless
    if not found:
        raise ImageError("damaged or truncated: its header is not sound; get a whole copy of it")
    return found[1], found.end()


def _integer(data: bytes, at: int) -> tuple[int, int]:
    token, at = _token(data, at)
    if not token.isdigit():
        raise ImageError("damaged: its header holds something that is not a number")
    return int(token), at


def _taken(data: bytes, at: int, count: int, kind: str) -> NDArray[Any]:
    """Count binary samples after the one blank that ends the header."""
    size = np.dtype(kind).itemsize * count
    if len(data) < at + 1 + size:
        raise ImageError(truncated(data))
    return np.frombuffer(data, kind, count, at + 1)


def _plain(data: bytes, at: int, count: int) -> NDArray[Any]:
    """Count samples written as decimal numbers."""
    text = re.sub(rb"#[^\r\n]*", b" ", data[at:])
    if text.translate(None, b"0123456789 \t\r\n\v\f"):
        raise ImageError("damaged: a sample is not a whole number")
    samples = np.fromstring(text, np.int64, sep=" ") if text.strip() else np.empty(0, np.int64)
    if len(samples) < count:
        raise ImageError(truncated(data))
    return samples[:count]


def _integers(data: bytes, at: int, magic: bytes, shape: tuple[int, int, int], maximum: int) -> NDArray[Any]:
    count = int(np.prod(shape, dtype=np.int64))
    if magic in (b"P2", b"P3"):
        samples = _plain(data, at, count)
    else:
        samples = _taken(data, at, count, "u1" if maximum < 256 else ">u2")
    if maximum in (255, 65535) and magic in (b"P5", b"P6"):
        return samples.astype(samples.dtype.newbyteorder("=")).reshape(shape)
    if samples.min() < 0 or samples.max() > maximum:
        raise ImageError(f"damaged: a sample is over {maximum}, the largest its header allows")
    return widened(samples.astype(np.uint16), maximum).reshape(shape)


def _bits(data: bytes, at: int, magic: bytes, width: int, height: int) -> NDArray[Any]:
    if magic == b"P1":
        digits = re.sub(rb"#[^\r\n]*|\s", b"", data[at:])[: width * height]
        if len(digits) < width * height:
            raise ImageError(truncated(data))
        if digits.strip(b"01"):
            raise ImageError("damaged: a bit is neither 0 nor 1")
        ink = np.frombuffer(digits, np.uint8).reshape(height, width) - ord("0")
    else:
        row = (width + 7) // 8
        packed = _taken(data, at, row * height, "u1").reshape(height, row)
        ink = np.unpackbits(packed, axis=1, count=width)
    pixels: NDArray[Any] = np.where(ink, np.uint8(0), np.uint8(255))[..., None]
    return pixels


def _floats(data: bytes, at: int, shape: tuple[int, int, int]) -> NDArray[Any]:
    token, at = _token(data, at)
    try:
        scale = float(token)
    except ValueError:
        scale = 0.0
    if not np.isfinite(scale) or scale == 0:
        raise ImageError("damaged: its scale is not a number other than 0")
    if data[at : at + 2] == b"\r\n":
        at += 1
    samples = _taken(data, at, int(np.prod(shape, dtype=np.int64)), "<f4" if scale < 0 else ">f4")
    pixels: NDArray[Any] = samples.reshape(shape)[::-1].astype(np.float32)
    return pixels
