"""Pictures that carry an EXIF orientation or an ICC profile, in every format that holds one."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial

import numpy as np
from files_build import chunk, gif_frame, gif_header, png, sub_blocks
from files_odd_photo import with_profile
from files_pixels import PALETTE, RGB, numbers, saved, tiff
from files_records import Odd, Pixels
from PIL import ImageCms

STORE: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.transpose(1, 0, 2),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].transpose(1, 0, 2),
    8: lambda upright: np.rot90(upright, -1),
}
"""Orientation -> how the upright picture is stored so that the tag turns it back."""


def _blocks() -> Pixels:
    """24 x 40 pixels in flat squares of 8, each of its own colour, which JPEG keeps nearly exactly."""
    small = np.array(
        [[(40 * column + 30, 90 * row + 20, 200 - 35 * column) for column in range(5)] for row in range(3)]
    )
    return small.astype(np.uint8).repeat(8, axis=0).repeat(8, axis=1)


def exif(orientation: int) -> bytes:
    """An EXIF block with nothing but the orientation, without its prefix."""
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack(">HHIHHI", 0x0112, 3, 1, orientation, 0, 0)


def profile() -> bytes:
    """The sRGB profile of Little CMS, with a fixed date."""
    made = bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return made[:24] + struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + made[36:84] + bytes(16) + made[100:]


BLOCKS, ICC = _blocks(), profile()


def _jpeg(stored: Pixels, turn: int) -> bytes:
    return saved(stored, "JPEG", quality=95, subsampling=0, exif=b"Exif\0\0" + exif(turn))


def _png(stored: Pixels, turn: int) -> bytes:
    return png(stored, 2, before=[chunk(b"eXIf", exif(turn))])


def _deep_png(stored: Pixels, turn: int) -> bytes:
    return png(stored.astype(np.uint16) * 257, 2, 16, before=[chunk(b"eXIf", exif(turn))])


def _tiff(stored: Pixels, turn: int) -> bytes:
    return tiff((stored, {"extratags": [(274, 3, 1, turn, True)]}))


def _webp(stored: Pixels, turn: int) -> bytes:
    return saved(stored, "WEBP", lossless=True, exif=exif(turn))


def _avif(stored: Pixels, turn: int) -> bytes:
    return saved(stored, "AVIF", quality=100, subsampling="4:4:4", exif=exif(turn))


def _turned(kind: str, make: Callable[[Pixels, int], bytes], turn: int, tolerance: int) -> Odd:
    seen = BLOCKS.astype(np.uint16) * 257 if kind.startswith("16") else BLOCKS
    return Odd(f"turned-{turn}-{kind}", lambda: make(STORE[turn](BLOCKS), turn), lambda: seen, "RGB", tolerance)


TURNED = tuple(
    _turned(kind, make, turn, tolerance)
    for kind, make, tolerance in (
        ("8-bit.jpg", _jpeg, 3),
        ("8-bit.png", _png, 0),
        ("16-bit.png", _deep_png, 0),
        ("8-bit.tif", _tiff, 0),
        ("8-bit.webp", _webp, 0),
        ("8-bit.avif", _avif, 3),
    )
    for turn in STORE
)


def _gif() -> bytes:
    """A GIF with its profile in an application block."""
    block = b"\x21\xff\x0bICCRGBG1012" + sub_blocks(ICC)
    return gif_header(13, 7, PALETTE) + block + gif_frame(numbers(7, 13, 4)[..., 0]) + b";"


def _profiled(name: str, make: Callable[[], bytes], pixels: Pixels = RGB, tolerance: int = 0) -> Odd:
    if name.endswith(".gif"):
        return Odd(name, make, lambda: pixels, "RGB", notes=("the ICC profile of a GIF is not kept",))
    return Odd(name, make, lambda: pixels, "RGB", tolerance, icc=ICC)


PROFILED = (
    _profiled("profile.jpg", partial(saved, BLOCKS, "JPEG", quality=95, subsampling=0, icc_profile=ICC), BLOCKS, 3),
    _profiled("profile.png", partial(saved, RGB, "PNG", icc_profile=ICC)),
    _profiled("profile.tif", lambda: tiff((RGB, {"iccprofile": ICC}))),
    _profiled("profile.webp", partial(saved, RGB, "WEBP", lossless=True, icc_profile=ICC)),
    _profiled(
        "profile.avif", partial(saved, BLOCKS, "AVIF", quality=100, subsampling="4:4:4", icc_profile=ICC), BLOCKS, 3
    ),
    _profiled("profile.jp2", lambda: with_profile(saved(RGB, "JPEG2000"), ICC)),
    _profiled("profile.gif", _gif, np.array(PALETTE, np.uint8)[numbers(7, 13, 4)[..., 0]]),
)

NONSENSE = tuple(
    Odd(f"turned-{turn}-of-8.png", partial(_png, BLOCKS, turn), lambda: BLOCKS, "RGB") for turn in (0, 9, 65535)
)
"""Orientations that do not exist, so that nothing is turned."""

TAGGED = TURNED + NONSENSE + PROFILED
