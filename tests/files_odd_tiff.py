"""Sound but unusual TIFF files: depths, byte orders, planes, tiles, compressions, colour spaces, pages."""

from __future__ import annotations

from typing import Any

import numpy as np
from files_build import grey_page, tiff_pages
from files_pixels import (
    DEEP_GREY,
    DEEP_RGB,
    GREY,
    PALETTE,
    RGB,
    numbers,
    ramp,
    saved,
    smooth,
    tiff,
    with_alpha,
)
from files_records import Odd, Pixels, animation
from PIL import Image


def _tiff(
    name: str,
    pixels: Pixels,
    mode: str,
    wanted: Pixels | None = None,
    *notes: str,
    order: str = "<",
    big: bool = False,
    tolerance: int = 0,
    **options: Any,
) -> Odd:
    """One page, whose picture is the samples themselves unless another is wanted."""
    seen = pixels if wanted is None else wanted
    make = lambda: tiff((pixels, options), order=order, big=big)  # noqa: E731
    return Odd(f"{name}.tif", make, lambda: seen, mode, tolerance, notes=notes)


def _pillow(coding: str, pixels: Pixels, tolerance: int = 0, **options: Any) -> Odd:
    """One page as Pillow's libtiff codes it, black and white in one bit."""
    mode = "L" if pixels.shape[2] == 1 else "RGB"
    image = Image.fromarray(pixels[..., 0]).convert("1") if mode == "L" else pixels
    return Odd(
        f"coding-{coding}.tif",
        lambda: saved(image, "TIFF", compression=coding, **options),
        lambda: pixels,
        mode,
        tolerance,
    )


def _twelve_bits() -> bytes:
    """Grey of 12 bits, two samples in three bytes, by hand."""
    pairs = TWELVE.reshape(-1, 2).astype(np.uint32)
    packed = (pairs[:, 0] << 12 | pairs[:, 1]).astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    return tiff_pages([grey_page(14, 7, t258=(3, 12), t279=(4, len(packed)))], packed)


def lab_to_rgb(lab: Pixels) -> Pixels:
    """CIELAB under D50, as TIFF has it, to sRGB, by the formulas of the CIE and Bradford's adaptation."""
    lightness, a, b = lab[..., 0] / 2.55, lab[..., 1].view(np.int8) * 1.0, lab[..., 2].view(np.int8) * 1.0
    f = np.stack([(lightness + 16) / 116 + a / 500, (lightness + 16) / 116, (lightness + 16) / 116 - b / 200], -1)
    xyz = np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * [0.96422, 1.0, 0.82521]
    matrix = [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
    linear = np.clip(xyz @ np.array(matrix).T, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(255 * srgb).astype(np.uint8)


BITS = numbers(9, 21, 2).astype(bool)
BLACK_WHITE = BITS.astype(np.uint8) * 255
FLOATS = ramp(11, 17, 1, "float32") * 3 - 1
TWELVE = ramp(7, 14, 1, "uint16") >> 4
LAB = np.stack([np.full((4, 6), 128), np.arange(24).reshape(4, 6) - 12, 12 - np.arange(24).reshape(4, 6)], -1).astype(
    np.uint8
)
TILED = ramp(40, 50, 3)
PREMULTIPLIED = np.array([[[0, 0, 0, 0], [51, 102, 0, 102], [255, 3, 9, 255]]], np.uint8)
STRAIGHT = np.array([[[0, 0, 0, 0], [128, 255, 0, 102], [255, 3, 9, 255]]], np.uint8)
COLOURS = np.zeros((3, 256), np.uint16)
COLOURS[:, :4] = np.array(PALETTE).T * 257
INDICES = numbers(9, 21, 4)
ALPHA = {"extrasamples": ["unassalpha"]}
LAYOUTS: dict[str, dict[str, Any]] = {
    "raw": {},
    "lzw-predictor": {"compression": "lzw", "predictor": True},
    "deflate-tiles-big-endian": {"compression": "zlib", "tile": (16, 16), "order": ">"},
    "planes-big-endian": {"planarconfig": "separate", "order": ">"},
}


def _of_every_depth() -> tuple[Odd, ...]:
    """Every mode in 8 and 16 bits and floats, in every layout."""
    kinds: dict[str, dict[str, Any]] = {
        "L": {},
        "LA": ALPHA,
        "RGB": {},
        "RGBA": ALPHA,
        "CMYK": {"photometric": "separated"},
    }
    found = []
    for mode, options in kinds.items():
        for depth in ("uint8", "uint16", "float32"):
            colour = ramp(19, 21, {"L": 1, "LA": 1, "CMYK": 4}.get(mode, 3), depth)
            pixels = with_alpha(colour) if options is ALPHA else colour
            found += [
                _tiff(f"{mode}-{depth}-{name}", pixels, mode, **options, **layout)
                for name, layout in LAYOUTS.items()
                if mode != "L" or "planarconfig" not in layout
            ]
    return tuple(found)


SINGLE = (
    _tiff("bits", BITS, "L", BLACK_WHITE),
    _tiff("bits-white-is-0", BITS, "L", 255 - BLACK_WHITE, photometric="miniswhite"),
    _pillow("group3", BLACK_WHITE),
    _pillow("group4", BLACK_WHITE),
    _pillow("tiff_ccitt", BLACK_WHITE),
    _pillow("packbits", RGB),
    _pillow("tiff_lzw", RGB),
    _pillow("jpeg", smooth(3), 5, quality=95),
    Odd(
        "grey-12-bit.tif",
        _twelve_bits,
        lambda: np.rint(TWELVE * (65535 / 4095)).astype(np.uint16),
        "L",
        notes=("12-bit samples were spread over 16 bits",),
    ),
    _tiff("half-floats", FLOATS.astype(np.float16), "L", FLOATS.astype(np.float16).astype(np.float32)),
    _tiff(
        "doubles",
        FLOATS.astype(np.float64) / 3,
        "L",
        (FLOATS.astype(np.float64) / 3).astype(np.float32),
        "64-bit floats were rounded to 32 bits",
    ),
    _tiff("floats-beyond-1", FLOATS, "L", compression="zlib", predictor=3),
    _tiff("grey-white-is-0", GREY, "L", 255 - GREY, photometric="miniswhite"),
    _tiff("grey-16-bit-white-is-0", DEEP_GREY, "L", 65535 - DEEP_GREY, photometric="miniswhite"),
    _tiff("rgba-premultiplied", PREMULTIPLIED, "RGBA", STRAIGHT, tolerance=1, extrasamples=["assocalpha"]),
    _tiff("rgb-strips", TILED, "RGB", rowsperstrip=7),
    _tiff("rgb-big-tiff", RGB, "RGB", big=True),
    _tiff(
        "palette", INDICES, "RGB", np.array(PALETTE, np.uint8)[INDICES[..., 0]], photometric="palette", colormap=COLOURS
    ),
    _tiff(  # as some programs write it
        "palette-of-8-bits",
        INDICES,
        "RGB",
        np.array(PALETTE, np.uint8)[INDICES[..., 0]],
        photometric="palette",
        colormap=COLOURS // 257,
    ),
    Odd(
        "unexplained-channel.tif",
        lambda: tiff_pages([grey_page(4, 4, t277=(3, 2), t279=(4, 32))], bytes(range(32))),
        lambda: np.arange(32, dtype=np.uint8).reshape(4, 4, 2),
        "LA",
    ),
    _tiff("lab", LAB, "RGB", lab_to_rgb(LAB), "Lab colour was converted to sRGB", tolerance=2, photometric="cielab"),
)

DEPTHS = (RGB, DEEP_GREY, ramp(5, 9, 1), BLACK_WHITE, FLOATS, DEEP_RGB)
PAGES = (
    animation(
        "pages-of-many-depths.tif",
        lambda: tiff(*((page, {}) for page in (*DEPTHS[:3], BITS, *DEPTHS[4:]))),
        DEPTHS,
        "RGB",
        modes=("RGB", "L", "L", "L", "L", "RGB"),
    ),
    animation(
        "pages-of-many-sizes.tif",
        lambda: tiff(*((page, {"compression": "zlib"}) for page in (RGB, TILED, RGB[:1, :1]))),
        (RGB, TILED, RGB[:1, :1]),
        "RGB",
    ),
    animation("pages-alike.tif", lambda: tiff((GREY, {}), (GREY, {})), (GREY, GREY), "L"),
)

TIFF = SINGLE + _of_every_depth() + PAGES
