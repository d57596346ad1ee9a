"""Sound but unusual JPEG, WebP, AVIF, JPEG 2000, BMP and Netpbm files."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
from files_build import bmp, box
from files_odd_png import DEEP_GREY, DEEP_RGB, GREY, PALETTE, RGB, numbers, ramp, with_alpha
from files_records import Odd, Pixels
from PIL import Image


def smooth(channels: int) -> Pixels:
    """A picture of gentle slopes, 32 x 48, that JPEG keeps to a few levels."""
    rows, columns, planes = np.mgrid[:32, :48, :channels]
    return (30 + rows * 2 + columns * (planes + 1) * 0.6).astype(np.uint8)


def saved(pixels: Pixels, kind: str, **options: Any) -> bytes:
    """The picture as Pillow writes it."""
    buffer = io.BytesIO()
    shape = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[pixels.shape[2]]
    array = np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    mode = options.pop("mode", "I;16" if array.dtype == np.uint16 else shape)
    Image.frombytes(mode, array.shape[1::-1], array.tobytes()).save(buffer, kind, **options)
    return buffer.getvalue()


def _odd(name: str, mode: str, pixels: Pixels, make: Callable[[], bytes], tolerance: int = 0) -> Odd:
    return Odd(name, make, lambda: pixels, mode, tolerance)


def _ycck() -> bytes:
    """An Adobe JPEG of inverted CMYK, coded as YCCK."""
    return bytes(imagecodecs.jpeg8_encode(255 - SMOOTH_CMYK, 98, colorspace="CMYK", outcolorspace="YCCK"))


SMOOTH_GREY, SMOOTH_RGB, SMOOTH_CMYK = smooth(1), smooth(3), smooth(4)
JPEG = (
    _odd("grey.jpg", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95), 3),
    _odd(
        "progressive-420.jpg",
        "RGB",
        SMOOTH_RGB,
        lambda: saved(SMOOTH_RGB, "JPEG", quality=95, subsampling=2, progressive=True),
        5,
    ),
    _odd("rgb-coded.jpg", "RGB", SMOOTH_RGB, lambda: saved(SMOOTH_RGB, "JPEG", quality=95, keep_rgb=True), 4),
    _odd("cmyk-adobe.jpg", "CMYK", SMOOTH_CMYK, lambda: saved(SMOOTH_CMYK, "JPEG", quality=95, mode="CMYK"), 6),
    _odd("ycck-adobe.jpg", "CMYK", SMOOTH_CMYK, _ycck, 5),
    _odd(
        "restart-markers.jpg",
        "RGB",
        SMOOTH_RGB,
        lambda: saved(SMOOTH_RGB, "JPEG", quality=95, restart_marker_blocks=1),
        5,
    ),
    _odd("junk-after-end.jpg", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95) + b"junk" * 9, 3),
    _odd("jpg-by-content.png", "L", SMOOTH_GREY, lambda: saved(SMOOTH_GREY, "JPEG", quality=95), 3),
    _odd("one-pixel.jpg", "L", GREY[1:2, 1:2], lambda: saved(GREY[1:2, 1:2], "JPEG", quality=95), 3),
)


WEB = (
    _odd("lossless.webp", "RGB", RGB, lambda: saved(RGB, "WEBP", lossless=True)),
    _odd(
        "lossless-alpha.webp",
        "RGBA",
        with_alpha(RGB),
        lambda: saved(with_alpha(RGB), "WEBP", lossless=True, exact=True),
    ),
    _odd("plain.avif", "RGB", SMOOTH_RGB, lambda: saved(SMOOTH_RGB, "AVIF", quality=100, subsampling="4:4:4"), 3),
    _odd(
        "alpha.avif",
        "RGBA",
        with_alpha(SMOOTH_RGB),
        lambda: saved(with_alpha(SMOOTH_RGB), "AVIF", quality=100, subsampling="4:4:4"),
        3,
    ),
)

JPEG_2000 = (
    _odd("grey.jp2", "L", GREY, lambda: saved(GREY, "JPEG2000")),
    _odd("grey-alpha.jp2", "LA", with_alpha(GREY), lambda: saved(with_alpha(GREY), "JPEG2000")),
    _odd("rgb.jp2", "RGB", RGB, lambda: saved(RGB, "JPEG2000")),
    _odd("rgba.jp2", "RGBA", with_alpha(RGB), lambda: saved(with_alpha(RGB), "JPEG2000")),
    _odd("codestream.j2k", "RGB", RGB, lambda: saved(RGB, "JPEG2000", no_jp2=True)),
    _odd("grey-16-bit.jp2", "L", DEEP_GREY, lambda: saved(DEEP_GREY, "JPEG2000")),
    _odd(
        "rgb-16-bit.jp2",
        "RGB",
        DEEP_RGB,
        lambda: bytes(imagecodecs.jpeg2k_encode(DEEP_RGB, codecformat="jp2", reversible=True)),
    ),
)

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
FLOATS = ramp(7, 13, 1, "float32") * 3 - 1
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
        1,
    ),
    _odd(
        "maxval-100.ppm",
        "RGB",
        np.rint(PERCENT * 2.55).astype(np.uint8),
        lambda: b"P6 13 7 100\n" + PERCENT.tobytes(),
        1,
    ),
    _odd("comments.ppm", "RGB", RGB, lambda: b"P6\n# one\n17 # two\n11\n# three\n255\n" + RGB.tobytes()),
    _odd("float.pfm", "L", FLOATS, lambda: b"Pf\n13 7\n-1.0\n" + FLOATS[::-1].astype("<f4").tobytes()),
    _odd("float-big-endian.pfm", "L", FLOATS, lambda: b"Pf\n13 7\n1.0\n" + FLOATS[::-1].astype(">f4").tobytes()),
)

PHOTO = JPEG + WEB + JPEG_2000 + BMP + PNM


def with_profile(jp2: bytes, profile: bytes) -> bytes:
    """A JPEG 2000 whose colour box holds an ICC profile instead of a number."""
    start = jp2.index(b"jp2h") - 4
    end = start + int.from_bytes(jp2[start : start + 4], "big")
    colour = jp2.index(b"colr", start) - 4
    after = colour + int.from_bytes(jp2[colour : colour + 4], "big")
    inner = jp2[start + 8 : colour] + box(b"colr", b"\2\0\0" + profile) + jp2[after:end]
    return jp2[:start] + box(b"jp2h", inner) + jp2[end:]
