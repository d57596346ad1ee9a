"""Sound but unusual PNG files: every depth, palettes, colour keys, interlacing."""

from __future__ import annotations

import struct

import numpy as np
from files_build import chunk, png
from files_pixels import DEEP_GREY, DEEP_RGB, GREY, PALETTE, RGB, numbers, with_alpha
from files_records import Odd, Pixels


def keyed(pixels: Pixels) -> Pixels:
    """Alpha added: 0 where the colour is that of the first pixel."""
    key = np.all(pixels == pixels[0, 0], axis=2, keepdims=True)
    return np.concatenate([pixels, np.where(key, 0, np.iinfo(pixels.dtype).max).astype(pixels.dtype)], axis=2)


def _key(pixels: Pixels) -> bytes:
    """The tRNS chunk that names the first pixel."""
    return chunk(b"tRNS", struct.pack(f">{pixels.shape[2]}H", *pixels[0, 0].tolist()))


def _shallow(depth: int) -> Odd:
    """Grey of less than 8 bits, spread over the whole range."""
    samples = numbers(7, 13, 2**depth)
    wanted = samples * (255 // (2**depth - 1))
    return Odd(f"grey-{depth}-bit.png", lambda: png(samples, 0, depth), lambda: wanted, "L")


def _palette(name: str, depth: int, alphas: list[int], interlaced: bool = False) -> Odd:
    """Palette numbers, with the alpha of the first colours."""
    samples = numbers(7, 13, min(4, 2**depth))
    table = np.array([(*colour, alpha) for colour, alpha in zip(PALETTE, alphas + [255] * 4, strict=False)], np.uint8)
    wanted = table[samples[..., 0]][..., : 4 if alphas else 3]
    before = [chunk(b"PLTE", bytes(np.ravel(PALETTE[: 2**depth]).tolist()))]
    before += [chunk(b"tRNS", bytes(alphas))] if alphas else []
    return Odd(name, lambda: png(samples, 3, depth, before, interlaced), lambda: wanted, "RGBA" if alphas else "RGB")


def _plain(name: str, pixels: Pixels, mode: str, interlaced: bool = False) -> Odd:
    colour = {"L": 0, "LA": 4, "RGB": 2, "RGBA": 6}[mode]
    depth = pixels.dtype.itemsize * 8
    return Odd(name, lambda: png(pixels, colour, depth, (), interlaced), lambda: pixels, mode)


def _keyed(name: str, pixels: Pixels, mode: str) -> Odd:
    depth = pixels.dtype.itemsize * 8
    colour = {"LA": 0, "RGBA": 2}[mode]
    return Odd(name, lambda: png(pixels, colour, depth, [_key(pixels)]), lambda: keyed(pixels), mode)


def _shallow_keyed(depth: int) -> Odd:
    samples = numbers(7, 13, 2**depth)
    wanted = keyed(samples * (255 // (2**depth - 1)))
    return Odd(f"grey-{depth}-bit-key.png", lambda: png(samples, 0, depth, [_key(samples)]), lambda: wanted, "LA")


ALIKE = np.array([[[300], [301], [44]]], np.uint16)
"""Samples of which the first agrees with each other one in one of its bytes."""

PNG = (
    _shallow(1),
    _shallow(2),
    _shallow(4),
    _plain("grey.png", GREY, "L"),
    _plain("grey-alpha.png", with_alpha(GREY), "LA"),
    _plain("rgba.png", with_alpha(RGB), "RGBA"),
    _plain("grey-16-bit.png", DEEP_GREY, "L"),
    _plain("grey-alpha-16-bit.png", with_alpha(DEEP_GREY), "LA"),
    _plain("rgb-16-bit.png", DEEP_RGB, "RGB"),
    _plain("rgba-16-bit.png", with_alpha(DEEP_RGB), "RGBA"),
    _plain("interlaced.png", RGB, "RGB", interlaced=True),
    _plain("interlaced-16-bit.png", DEEP_RGB, "RGB", interlaced=True),
    _plain("interlaced-grey-alpha.png", with_alpha(GREY), "LA", interlaced=True),
    _plain("one-pixel.png", RGB[:1, :1], "RGB"),
    _plain("one-pixel-interlaced.png", RGB[:1, :1], "RGB", interlaced=True),
    _plain("one-row.png", RGB[:1], "RGB"),
    _plain("one-column.png", RGB[:, :1], "RGB"),
    _plain("upper.PNG", RGB, "RGB"),
    _plain("png-by-content.jpg", RGB, "RGB"),
    _plain("no-extension", RGB, "RGB"),
    _keyed("grey-key.png", GREY, "LA"),
    _keyed("rgb-key.png", RGB, "RGBA"),
    _keyed("grey-16-bit-key.png", DEEP_GREY, "LA"),
    _keyed("rgb-16-bit-key.png", DEEP_RGB, "RGBA"),
    _keyed("grey-16-bit-key-bytes.png", ALIKE, "LA"),
    *(_shallow_keyed(depth) for depth in (1, 2, 4)),
    _palette("palette.png", 8, []),
    _palette("palette-1-bit.png", 1, []),
    _palette("palette-2-bit.png", 2, []),
    _palette("palette-4-bit.png", 4, []),
    _palette("palette-one-transparent.png", 8, [255, 0]),
    _palette("palette-first-transparent.png", 2, [0]),
    _palette("palette-alphas.png", 8, [0, 85, 170, 255]),
    _palette("palette-interlaced.png", 4, [], interlaced=True),
)
