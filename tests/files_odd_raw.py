"""Sound but unusual BMP and Netpbm files, which are hardly coded at all."""

from __future__ import annotations

import struct
from collections.abc import Callable

import numpy as np
from files_build import bmp
from files_pixels import DEEP_GREY, DEEP_RGB, GREY, PALETTE, RGB, numbers, ramp, with_alpha
from files_records import Odd, Pixels


def _odd(name: str, mode: str, pixels: Pixels, make: Callable[[], bytes], tolerance: int = 0, *notes: str) -> Odd:
    return Odd(name, make, lambda: pixels, mode, tolerance, notes=notes)


INDICES = numbers(7, 13, 4)
COLOURED = np.array(PALETTE, np.uint8)[INDICES[..., 0]]
FIVE_BITS = ramp(7, 13, 3) >> 3


def rows(data: Pixels, top_down: bool = False) -> bytes:
    """Rows (height, bytes) padded to four bytes, the last one first."""
    padded = np.pad(data, ((0, 0), (0, -data.shape[1] % 4)))
    return (padded if top_down else padded[::-1]).tobytes()


def _bits(samples: Pixels, depth: int) -> Pixels:
    """Samples of few bits packed into bytes, row by row."""
    bits = np.unpackbits(samples, axis=-1)[..., 8 - depth :]
    return np.packbits(bits.reshape(len(samples), -1), axis=1)


def _words(*planes: tuple[Pixels, int]) -> Pixels:
    """Planes shifted into 16-bit words."""
    words = sum(plane.astype(np.uint16) << shift for plane, shift in planes)
    return np.ascontiguousarray(words, "<u2").view(np.uint8)


def _rle(indices: Pixels, half: bool = False) -> bytes:
    """Runs of one pixel each, by absolute rows where that is possible; half packs two in a byte."""
    data = b""
    for row in indices[::-1].tolist():
        data += b"".join(bytes([1, value << 4 if half else value]) for value in row) + b"\0\0"
    return data + b"\0\1"


RED, GREEN, BLUE = (FIVE_BITS[..., plane] for plane in range(3))
SPREAD = np.rint(FIVE_BITS * (255 / 31)).astype(np.uint8)
SPREAD_565 = np.stack([SPREAD[..., 0], np.rint(GREEN * 2 * (255 / 63)), SPREAD[..., 2]], -1).astype(np.uint8)
MASKS_565, MASKS_8888 = (0xF800, 0x07E0, 0x001F), (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
BGR = RGB[..., ::-1]
BGRX = np.concatenate([BGR, np.zeros((*RGB.shape[:2], 1), np.uint8)], 2)
BGRA = with_alpha(RGB)[..., [2, 1, 0, 3]]
BLACK_WHITE = [(0, 0, 0), (255, 255, 255)]
BITS = numbers(7, 13, 2)
OS2 = b"BM" + struct.pack("<IHHIIHHHH", 26 + len(rows(BGR.reshape(11, -1))), 0, 0, 26, 12, 17, 11, 1, 24)

BMP = (
    _odd("bits.bmp", "L", BITS * 255, lambda: bmp(rows(_bits(BITS, 1)), 13, 7, 1, palette=BLACK_WHITE)),
    _odd(
        "bits-coloured.bmp",
        "RGB",
        np.array(PALETTE, np.uint8)[BITS[..., 0]],
        lambda: bmp(rows(_bits(BITS, 1)), 13, 7, 1, palette=PALETTE[:2]),
    ),
    _odd("palette-4-bit.bmp", "RGB", COLOURED, lambda: bmp(rows(_bits(INDICES, 4)), 13, 7, 4, palette=PALETTE)),
    _odd("palette-8-bit.bmp", "RGB", COLOURED, lambda: bmp(rows(INDICES[..., 0]), 13, 7, 8, palette=PALETTE)),
    _odd("rle8.bmp", "RGB", COLOURED, lambda: bmp(_rle(INDICES[..., 0]), 13, 7, 8, compression=1, palette=PALETTE)),
    _odd(
        "rle4.bmp",
        "RGB",
        COLOURED,
        lambda: bmp(_rle(INDICES[..., 0], half=True), 13, 7, 4, compression=2, palette=PALETTE),
    ),
    _odd("16-bit-555.bmp", "RGB", SPREAD, lambda: bmp(rows(_words((RED, 10), (GREEN, 5), (BLUE, 0))), 13, 7, 16), 1),
    _odd(
        "16-bit-565.bmp",
        "RGB",
        SPREAD_565,
        lambda: bmp(rows(_words((RED, 11), (GREEN, 6), (BLUE, 0))), 13, 7, 16, compression=3, masks=MASKS_565),
        1,
    ),
    _odd("32-bit.bmp", "RGB", RGB, lambda: bmp(rows(BGRX.reshape(11, -1)), 17, 11, 32)),
    _odd(
        "32-bit-alpha.bmp",
        "RGBA",
        with_alpha(RGB),
        lambda: bmp(rows(BGRA.reshape(11, -1)), 17, 11, 32, compression=3, masks=MASKS_8888),
    ),
    _odd("top-down.bmp", "RGB", RGB, lambda: bmp(rows(BGR.reshape(11, -1), top_down=True), 17, -11, 24)),
    _odd("os2.bmp", "RGB", RGB, lambda: OS2 + rows(BGR.reshape(11, -1))),
)


def _text(magic: str, size: str, values: Pixels) -> bytes:
    """Netpbm in ASCII, with a comment."""
    return f"{magic} # made by hand\n{size}\n{' '.join(map(str, values.ravel().tolist()))}\n".encode()


TEN_BITS, PERCENT = (ramp(7, 13, 1).astype(np.uint16) * 4, ramp(7, 13, 3) // 3)
FLOATS, FLOAT_RGB = (ramp(7, 13, channels, "float32") * 3 - 1 for channels in (1, 3))
PNM = (
    _odd("bits.pbm", "L", 255 - BITS * 255, lambda: b"P4\n13 7\n" + np.packbits(BITS[..., 0], axis=1).tobytes()),
    _odd("bits-text.pbm", "L", 255 - BITS * 255, lambda: _text("P1", "13 7", BITS)),
    _odd("text.pgm", "L", GREY, lambda: _text("P2", "17 11 255", GREY)),
    _odd("text.ppm", "RGB", RGB, lambda: _text("P3", "17 11 255", RGB)),
    _odd("16-bit.pgm", "L", DEEP_GREY, lambda: b"P5 17 11 65535\n" + DEEP_GREY.astype(">u2").tobytes()),
    _odd("16-bit.ppm", "RGB", DEEP_RGB, lambda: b"P6 17 11 65535\n" + DEEP_RGB.astype(">u2").tobytes()),
    _odd("16-bit-text.ppm", "RGB", DEEP_RGB, lambda: _text("P3", "17 11 65535", DEEP_RGB)),
    _odd(
        "maxval-1023.pgm",
        "L",
        np.rint(TEN_BITS * (65535 / 1023)).astype(np.uint16),
        lambda: b"P5 13 7 1023\n" + TEN_BITS.astype(">u2").tobytes(),
        0,
        "samples up to 1023 were spread over 16 bits",
    ),
    _odd(
        "maxval-9-text.pgm",
        "L",
        np.array([[[0], [255]], [[85], [170]]], np.uint8),
        lambda: b"P2\n# a remark\n2 2 # another\n9\n0 9\n3 6\n",
        0,
        "samples up to 9 were spread over 8 bits",
    ),
    _odd(
        "maxval-100.ppm",
        "RGB",
        np.rint(PERCENT * 2.55).astype(np.uint8),
        lambda: b"P6 13 7 100\n" + PERCENT.tobytes(),
        1,
        "samples up to 100 were spread over 8 bits",
    ),
    _odd("comments.ppm", "RGB", RGB, lambda: b"P6\n# one\n17 # two\n11\n# three\n255\n" + RGB.tobytes()),
    _odd("float.pfm", "L", FLOATS, lambda: b"Pf\n13 7\n-1.0\n" + FLOATS[::-1].astype("<f4").tobytes()),
    _odd("float-rgb.pfm", "RGB", FLOAT_RGB, lambda: b"PF\n13 7\n-1.0\n" + FLOAT_RGB[::-1].astype("<f4").tobytes()),
    _odd("float-big-endian.pfm", "L", FLOATS, lambda: b"Pf\n13 7\n1.0\n" + FLOATS[::-1].astype(">f4").tobytes()),
)

RAW = BMP + PNM
